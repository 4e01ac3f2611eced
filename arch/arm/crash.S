/* SPDX-License-Identifier: MIT */
/* For crash=, and asynchronous aborts in tests: what the CPU would do. */
#include <asm/assembler.h>
#include <asm/ptrace.h>

	.text

/*
 * void arch_raise_serror(void): an asynchronous external abort of the instruction at 1f. Like the exception,
 * to ABT mode with A and I masked, return address + 8, the status in SPSR and DFSR.
 */
func arch_raise_serror
	.save	{r4, lr}
	push	{r4, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset lr, -4
	movw	r1, #0x406			@ FS = 0x16
	mcr	p15, 0, r1, c5, c0, 0		@ DFSR
	ldr	r2, =vectors
	mrs	r0, cpsr
	cpsid	ai, #ABT_MODE
	msr	spsr_cxsf, r0
	adr	lr, 1f
	add	lr, lr, #8
	add	pc, r2, #0x10			@ the slot of data aborts
1:	pop	{r4, pc}
endfunc arch_raise_serror
	.ltorg

/* void arch_at_stack_end(ulong sp, enum stack_end_event event); r4 is where the trace goes on. */
func arch_at_stack_end
	.save	{r4, lr}
	push	{r4, lr}
	.setfp	r4, sp
	mov	r4, sp
	.cfi_def_cfa 4, 8
	.cfi_offset lr, -4
	mov	sp, r0
	cmp	r1, #1
	blo	2f
	beq	1f
	bkpt	#0
1:	.inst	0xe7f000f0
2:	b	2b				@ until an interrupt comes
endfunc arch_at_stack_end

/*
 * In place of user mode: a system call that returns "to" here, in SVC mode, A and I masked, sp_svc as user mode has it,
 * the user's registers in place, finds pc and cpsr as they would have been in user_serror_state. lr_svc and
 * ABT mode's sp and lr are free.
 */
func user_serror
	.cantunwind
	movw	lr, #0x406			@ FS = 0x16
	mcr	p15, 0, lr, c5, c0, 0		@ DFSR
	cps	#ABT_MODE
	ldr	sp, =user_serror_state
	ldr	lr, [sp, #4]
	msr	spsr_cxsf, lr
	ldr	lr, [sp]
	add	lr, lr, #8
	ldr	sp, =vectors
	add	pc, sp, #0x10			@ the slot of data aborts
endfunc user_serror
	.ltorg
