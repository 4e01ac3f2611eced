/* SPDX-License-Identifier: MIT */
/* For the sweeps: interrupted code of the kernel that has something in every register. */
#include <asm/asm.h>

#define BREAK_SWEEP	0x900			/* kernel/sweep.c */

	.text

	.macro	pattern reg, n
	mov	\reg, #0x5a00 + \n
	movk	\reg, #0xa5a5, lsl #48
	.endm
	.macro	all_but_x0 op
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20,21,22,23,24,25,26,27,28,30
	\op	\n
	.endr
	.endm
	.macro	fill n
	pattern	x\n, \n
	.endm
	.macro	compare n
	pattern	x0, \n
	cmp	x\n, x0
	b.ne	9f
	.endm

/* u32 sweep_spin(u32 rounds): see lintel/sweep.h. x18 is `current`, x29 the frame's record. */
func sweep_spin
	stp	x29, x30, [sp, #-96]!
	.cfi_def_cfa_offset 96
	.cfi_offset x29, -96
	.cfi_offset x30, -88
	mov	x29, sp
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x1, #0xc0000000			/* N and Z */
	msr	nzcv, x1
	all_but_x0 fill
	mov	w0, w0
	cbz	x0, 2f
1:	sub	x0, x0, #1
	cbnz	x0, 1b
	b	3f
	.globl	sweep_break
sweep_break:
2:	brk	#BREAK_SWEEP
3:
	mrs	x0, nzcv
	eor	x0, x0, #0xc0000000
	cbnz	x0, 8f
	mov	x0, sp
	cmp	x0, x29
	b.ne	8f
	all_but_x0 compare
	mov	x0, #0
	b	10f
8:	mov	x0, #31
9:	and	x0, x0, #0xff
	add	x0, x0, #1
10:	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
endfunc sweep_spin
