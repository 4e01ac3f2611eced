/* SPDX-License-Identifier: MIT */
/* For crash=serror: what the CPU would do. */
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
1:	.inst	0xe7f000f0			@ nobody comes back
endfunc arch_raise_serror
	.ltorg
