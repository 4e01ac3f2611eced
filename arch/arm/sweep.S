/* SPDX-License-Identifier: MIT */
/* For the sweeps: interrupted code of the kernel that has something in every register. */
#include <asm/assembler.h>

#define BREAK_SWEEP	0x900			@ kernel/sweep.c

	.text

.macro	pattern reg, n
	movw	\reg, #0x5a00 + \n
	movt	\reg, #0xa5a5
.endm
.macro	all_but_r0 op
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14
	\op	\n
	.endr
.endm
.macro	fill n
	pattern	r\n, \n
.endm
.macro	compare n
	pattern	r0, \n
	cmp	r\n, r0
	bne	9f
.endm

/* u32 sweep_spin(u32 rounds): see lintel/sweep.h. r9 is `current`; of the flags Q and GE, which counting leaves. */
func sweep_spin
	push	{r4-r8, r10, r11, lr}
	.save	{r4-r8, r10, r11, lr}
	.cfi_def_cfa_offset 32
	.cfi_offset lr, -4
	ldr	r1, =0x080a0000
	msr	apsr_nzcvqg, r1
	all_but_r0 fill
	cmp	r0, #0
	beq	2f
1:	subs	r0, r0, #1
	bne	1b
	b	3f
	.globl	sweep_break
sweep_break:
2:	bkpt	#BREAK_SWEEP
3:
	mrs	r0, apsr
	lsr	r0, r0, #16
	bic	r0, r0, #0xf700			@ the condition flags; what is between them and GE reads as 0
	eor	r0, r0, #0x0800
	eors	r0, r0, #0x000a
	movne	r0, #15
	bne	9f
	all_but_r0 compare
	mov	r0, #0
	b	10f
9:	uxtb	r0, r0
	add	r0, r0, #1
10:	pop	{r4-r8, r10, r11, pc}
endfunc sweep_spin
	.ltorg

	.section .note.GNU-stack, "", %progbits
