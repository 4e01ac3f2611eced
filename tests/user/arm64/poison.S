/* SPDX-License-Identifier: MIT */
#include "../poison.h"

	.text

/* x0 = in, x1 = out. Keeps the callee's registers on the stack and sp in saved_sp; then every
 * register is as in *in, and sp = out. */
	.macro	enter name
	.globl	\name
	.type	\name, %function
\name:
	stp	x29, x30, [sp, #-160]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	adrp	x2, saved_sp
	mov	x3, sp
	str	x3, [x2, #:lo12:saved_sp]
	mov	sp, x1
	mov	x30, x0
	add	x2, x30, #POISON_V
	ldp	q0, q1, [x2], #32
	ldp	q2, q3, [x2], #32
	ldp	q4, q5, [x2], #32
	ldp	q6, q7, [x2], #32
	ldp	q8, q9, [x2], #32
	ldp	q10, q11, [x2], #32
	ldp	q12, q13, [x2], #32
	ldp	q14, q15, [x2], #32
	ldp	q16, q17, [x2], #32
	ldp	q18, q19, [x2], #32
	ldp	q20, q21, [x2], #32
	ldp	q22, q23, [x2], #32
	ldp	q24, q25, [x2], #32
	ldp	q26, q27, [x2], #32
	ldp	q28, q29, [x2], #32
	ldp	q30, q31, [x2]
	ldr	x2, [x30, #POISON_FPCR]
	msr	fpcr, x2
	ldr	x2, [x30, #POISON_FPSR]
	msr	fpsr, x2
	ldr	x2, [x30, #POISON_FLAGS]
	msr	nzcv, x2
	ldp	x0, x1, [x30, #0]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x18, x19, [x30, #144]
	ldp	x20, x21, [x30, #160]
	ldp	x22, x23, [x30, #176]
	ldp	x24, x25, [x30, #192]
	ldp	x26, x27, [x30, #208]
	ldp	x28, x29, [x30, #224]
	ldr	x30, [x30, #240]
	.endm

/* Every register to *sp, then the caller's again. */
	.macro	leave name
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	str	x30, [sp, #240]
	mov	x0, sp
	str	x0, [sp, #POISON_SP]
	mrs	x0, nzcv
	str	x0, [sp, #POISON_FLAGS]
	mrs	x0, fpcr
	str	x0, [sp, #POISON_FPCR]
	mrs	x0, fpsr
	str	x0, [sp, #POISON_FPSR]
	add	x0, sp, #POISON_V
	stp	q0, q1, [x0], #32
	stp	q2, q3, [x0], #32
	stp	q4, q5, [x0], #32
	stp	q6, q7, [x0], #32
	stp	q8, q9, [x0], #32
	stp	q10, q11, [x0], #32
	stp	q12, q13, [x0], #32
	stp	q14, q15, [x0], #32
	stp	q16, q17, [x0], #32
	stp	q18, q19, [x0], #32
	stp	q20, q21, [x0], #32
	stp	q22, q23, [x0], #32
	stp	q24, q25, [x0], #32
	stp	q26, q27, [x0], #32
	stp	q28, q29, [x0], #32
	stp	q30, q31, [x0]
	msr	fpcr, xzr
	msr	fpsr, xzr
	adrp	x2, saved_sp
	ldr	x3, [x2, #:lo12:saved_sp]
	mov	sp, x3
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	ldp	x29, x30, [sp], #160
	ret
	.size	\name, . - \name
	.endm

	.globl	poison_svc_at, poison_store_at, poison_undef_at, poison_brk_at	/* the instructions that cross */
	enter	poison_svc
poison_svc_at:
	svc	#0
	leave	poison_svc

	.globl	poison_spin_at
	enter	poison_spin
poison_spin_at:
1:	sub	x0, x0, #1			// the flags are poison too
	cbnz	x0, 1b
	leave	poison_spin

	enter	poison_store
poison_store_at:
	strb	w3, [x2]
	leave	poison_store

	enter	poison_undef
poison_undef_at:
	.inst	0
	leave	poison_undef

	enter	poison_brk
poison_brk_at:
	brk	#0
	leave	poison_brk

/* void exclusive_add(unsigned int *to, unsigned long n) */
	.globl	exclusive_add
	.type	exclusive_add, %function
exclusive_add:
1:	ldaxr	w2, [x0]
	add	w2, w2, #1
	mov	w3, #20
2:	sub	w3, w3, #1
	cbnz	w3, 2b
	stlxr	w3, w2, [x0]
	cbnz	w3, 1b
	subs	x1, x1, #1
	b.ne	1b
	ret
	.size	exclusive_add, . - exclusive_add

/* int exclusive_hold(unsigned int *word, unsigned long long span[2]) */
	.globl	exclusive_hold
	.type	exclusive_hold, %function
exclusive_hold:
	ldxr	w2, [x0]
	isb
	mrs	x3, cntvct_el0
	mov	w5, #20000
1:	subs	w5, w5, #1
	b.ne	1b
	isb
	mrs	x4, cntvct_el0
	stxr	w5, w2, [x0]
	stp	x3, x4, [x1]
	mov	w0, w5
	ret
	.size	exclusive_hold, . - exclusive_hold

	.globl	set_thread_pointers
	.type	set_thread_pointers, %function
set_thread_pointers:
	msr	tpidr_el0, x0
	ret
	.size	set_thread_pointers, . - set_thread_pointers
	.globl	thread_pointers
	.type	thread_pointers, %function
thread_pointers:
	mrs	x0, tpidr_el0
	mrs	x1, tpidrro_el0		/* always 0 */
	eor	x0, x0, x1
	ret
	.size	thread_pointers, . - thread_pointers

	.section .rodata, "a", %progbits
	.balign	8
	.globl	poison_svc_other, poison_spin_other
poison_svc_other:
	.xword	0
poison_spin_other:
	.xword	0

	.bss
	.balign	8
saved_sp:
	.skip	8
