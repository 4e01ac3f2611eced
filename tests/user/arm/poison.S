/* SPDX-License-Identifier: MIT */
#include "../poison.h"

	.syntax	unified
	.arch	armv7-a
	.fpu	neon-vfpv4
	.text

/* r0 = in, r1 = out. Keeps the callee's registers on the stack and sp in saved_sp; then every
 * register is as in *in, and sp = out. The same text is assembled as A32 and as T32. */
	.macro	enter name
	.globl	\name
	.type	\name, %function
\name:
	push	{r4-r12, lr}
	vpush	{d8-d15}
	movw	r2, #:lower16:saved_sp
	movt	r2, #:upper16:saved_sp
	str	sp, [r2]
	mov	sp, r1
	mov	lr, r0
	add	r2, lr, #POISON_V
	vldmia	r2!, {d0-d15}
	vldmia	r2, {d16-d31}
	ldr	r2, [lr, #POISON_FPCR]
	vmsr	fpscr, r2
	ldr	r2, [lr, #POISON_FLAGS]
	msr	apsr_nzcvqg, r2
	ldmia	lr, {r0-r12}
	ldr	lr, [lr, #52]
	.endm

/* Every register to *sp, then the caller's again. */
	.macro	leave name
	stmia	sp, {r0-r12}
	str	lr, [sp, #52]
	mrs	r0, apsr
	str	r0, [sp, #POISON_FLAGS]
	mov	r0, sp
	str	r0, [sp, #POISON_SP]
	vmrs	r0, fpscr
	str	r0, [sp, #POISON_FPCR]
	mov	r0, #0
	str	r0, [sp, #POISON_FPSR]
	vmsr	fpscr, r0
	add	r0, sp, #POISON_V
	vstmia	r0!, {d0-d15}
	vstmia	r0, {d16-d31}
	movw	r2, #:lower16:saved_sp
	movt	r2, #:upper16:saved_sp
	ldr	sp, [r2]
	vpop	{d8-d15}
	pop	{r4-r12, pc}
	.size	\name, . - \name
	.endm

	.arm
	.globl	poison_svc_at, poison_store_at, poison_undef_at, poison_brk_at	@ the instructions that cross
	enter	poison_svc
poison_svc_at:
	svc	#0
	leave	poison_svc

	enter	poison_store
poison_store_at:
	strb	r3, [r2]
	leave	poison_store

	enter	poison_undef
poison_undef_at:
	.inst	0xe7f000f0
	leave	poison_undef

	enter	poison_brk
poison_brk_at:
	bkpt	#0
	leave	poison_brk

/* A32 has no branch that depends on a register and leaves the flags alone, but it can compute the
 * pc. r1 pays for it, and is 1 in the end. */
	.globl	poison_spin_at
	enter	poison_spin
poison_spin_at:
1:	sub	r0, r0, #1
	mov	r1, r0, lsr #31
	add	pc, pc, r1, lsl #2		@ to the branch, or past it
	nop
	b	1b
	mov	r0, #0
	leave	poison_spin

	.thumb
	.thumb_func
	enter	poison_svc_thumb
	svc	#0
	leave	poison_svc_thumb

	/* V is set: the IT block runs nothing, unless an interrupt loses the IT state. */
	.thumb_func
	enter	poison_spin_thumb
1:	itttt	vc
	mvnvc	r1, r1
	mvnvc	r2, r2
	mvnvc	r3, r3
	mvnvc	r4, r4
	sub.w	r0, r0, #1
	cbz	r0, 2f
	b	1b
2:
	leave	poison_spin_thumb

	.arm
/* void exclusive_add(unsigned int *to, unsigned long n) */
	.globl	exclusive_add
	.type	exclusive_add, %function
exclusive_add:
1:	ldrex	r2, [r0]
	add	r2, r2, #1
	mov	r3, #20
2:	subs	r3, r3, #1
	bne	2b
	strex	r3, r2, [r0]
	cmp	r3, #0
	bne	1b
	subs	r1, r1, #1
	bne	1b
	bx	lr
	.size	exclusive_add, . - exclusive_add

/* int exclusive_hold(unsigned int *word, unsigned long long span[2]) */
	.globl	exclusive_hold
	.type	exclusive_hold, %function
exclusive_hold:
	push	{r4-r7}
	ldrex	r2, [r0]
	isb
	mrrc	p15, 1, r4, r5, c14
	movw	r3, #20000
1:	subs	r3, r3, #1
	bne	1b
	isb
	mrrc	p15, 1, r6, r7, c14
	strex	r3, r2, [r0]
	stmia	r1, {r4-r7}
	mov	r0, r3
	pop	{r4-r7}
	bx	lr
	.size	exclusive_hold, . - exclusive_hold

/* TPIDRURW is the program's own; TPIDRURO is set by a private call. */
	.globl	set_thread_pointers
	.type	set_thread_pointers, %function
set_thread_pointers:
	push	{r7, lr}
	mcr	p15, 0, r0, c13, c0, 2
	mvn	r0, r0
	ldr	r7, =0x0f0005			@ __ARM_NR_set_tls
	svc	#0
	pop	{r7, pc}
	.size	set_thread_pointers, . - set_thread_pointers
	.globl	thread_pointers
	.type	thread_pointers, %function
thread_pointers:
	mrc	p15, 0, r0, c13, c0, 2
	mrc	p15, 0, r1, c13, c0, 3
	mvn	r1, r1
	cmp	r0, r1
	movne	r0, #0				@ one of the two is not what was set
	bx	lr
	.ltorg
	.size	thread_pointers, . - thread_pointers

	.section .rodata, "a", %progbits
	.balign	4
	.globl	poison_svc_other, poison_spin_other
poison_svc_other:
	.word	poison_svc_thumb
poison_spin_other:
	.word	poison_spin_thumb

	.bss
	.balign	4
saved_sp:
	.skip	4
