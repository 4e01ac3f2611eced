/* SPDX-License-Identifier: MIT */
/* For assembly files only. */
#ifndef ASM_ASM_H
#define ASM_ASM_H

	.cfi_sections .debug_frame

	/* A symbol with type and size, with unwind information by default. */
	.macro	func name
	.globl	\name
	.type	\name, %function
	.balign	4
\name:
	.cfi_startproc
	.endm
	.macro	endfunc name
	.cfi_endproc
	.size	\name, . - \name
	.endm

	/* The address of a symbol, wherever the code runs: reg = sym. */
	.macro	adr_l reg, sym
	adrp	\reg, \sym
	add	\reg, \reg, :lo12:\sym
	.endm

	/* If the instruction at `insn` faults, go on at `fixup`. */
	.macro	extable insn, fixup
	.pushsection __ex_table, "a"
	.balign	4
	.long	\insn - ., \fixup - .
	.popsection
	.endm

#endif
