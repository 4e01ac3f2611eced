/* SPDX-License-Identifier: MIT */
/* For crash=, and SErrors in tests: what the CPU would do. */
#include <asm/asm.h>
#include <asm/asm-offsets.h>
#include <asm/ptrace.h>

	.text

/* void arch_raise_serror(void): an SError at 1f, from EL1h to the slot for it, with ELR, SPSR and ESR as the
 * exception has them and D, A, I and F masked. */
func arch_raise_serror
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	.cfi_def_cfa x29, 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	adr_l	x3, vectors
	mrs	x0, daif
	add	x0, x0, #5			/* EL1h */
	mrs	x1, id_aa64mmfr1_el1
	tst	x1, #(0xf << 20)
	b.eq	2f
	mrs	x1, s3_0_c4_c2_3		/* PAN */
	orr	x0, x0, x1
2:	msr	daifset, #15
	msr	spsr_el1, x0
	adr	x1, 1f
	msr	elr_el1, x1
	mov	x2, #0xbe000000			/* EC 0x2f, IL */
	msr	esr_el1, x2
	add	x3, x3, #0x380
	br	x3
1:	ldp	x29, x30, [sp], #16
	ret
endfunc arch_raise_serror

/* void arch_at_stack_end(ulong sp, enum stack_end_event event); x29 is where the trace goes on. */
func arch_at_stack_end
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	.cfi_def_cfa x29, 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	mov	sp, x0
	cbz	w1, 2f
	cmp	w1, #1
	b.eq	1f
	brk	#0
1:	.inst	0
2:	b	2b				/* until an interrupt comes */
endfunc arch_at_stack_end

/*
 * In place of user mode: a system call that returns "to" here, in EL1h, all masked, SP_EL1 at the top of the stack, the
 * user's registers in place, finds pc and pstate as they would have been in user_serror_state. Where its
 * frame record was is room for two registers: a user frame has none.
 */
func user_serror
	stp	x0, x1, [sp, #-16]
	adr_l	x0, user_serror_state
	ldp	x0, x1, [x0]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	mov	x0, #0xbe000000			/* EC 0x2f, IL */
	msr	esr_el1, x0
	ldp	x0, x1, [sp, #-16]
	b	vectors + 0x580
endfunc user_serror
