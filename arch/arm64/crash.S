/* SPDX-License-Identifier: MIT */
/* For crash=serror: what the CPU would do. */
#include <asm/asm.h>
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
	msr	daifset, #15
	msr	spsr_el1, x0
	adr	x1, 1f
	msr	elr_el1, x1
	mov	x2, #0xbe000000			/* EC 0x2f, IL */
	msr	esr_el1, x2
	add	x3, x3, #0x380
	br	x3
1:	.inst	0				/* nobody comes back */
endfunc arch_raise_serror
