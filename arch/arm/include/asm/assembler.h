/* SPDX-License-Identifier: MIT */
/* Macros for assembly files. Every function has a size, unwind information and a section. */
#ifndef ASM_ASSEMBLER_H
#define ASM_ASSEMBLER_H

	.syntax unified
	.arm
	.arch	armv7-a
	.cfi_sections .debug_frame

/* A function that C calls. Its unwind information is what `.save` and the like say between. */
.macro func name
	.globl	\name
	.type	\name, %function
	.balign	4
\name:
	.fnstart
	.cfi_startproc
.endm
.macro endfunc name
	.cfi_endproc
	.fnend
	.size	\name, . - \name
.endm

/* If the instruction at label \insn faults, go on at \fixup (struct extable_entry). */
.macro extable insn, fixup
	.pushsection __ex_table, "a"
	.balign	4
	.long	\insn - .
	.long	\fixup - .
	.popsection
.endm

#endif
