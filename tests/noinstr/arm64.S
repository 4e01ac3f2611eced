/* SPDX-License-Identifier: MIT */
/*
 * A vector table whose way back opens interrupts, and a door that leaves by its end.
 *
 * finds: interrupts are open where the frame is reloaded
 * finds: runs off the end of door into next
 * path: vectors door
 */
	.section .entry.text, "ax"
	.balign	2048
	.globl	vectors
	.type	vectors, %function
vectors:
	.rept	16
	.balign	128
	b	slot
	.endr
	.balign	128
slot:
	mrs	x23, spsr_el1
	orr	x23, x23, #0x80
	msr	daif, x23		/* certainly masked */
	bl	door
	msr	daifclr, #0xf
	eret
	.size	vectors, . - vectors

	.section .noinstr.text, "ax"
	.globl	door
	.type	door, %function
door:
	cbz	x0, 1f
	adrp	x9, ct_user_exit
	add	x9, x9, :lo12:ct_user_exit
	br	x9
1:	nop
	.size	door, . - door
	.type	next, %function
next:
	ret
	.size	next, . - next
	.globl	ct_user_exit
	.type	ct_user_exit, %function
ct_user_exit:
	ret
	.size	ct_user_exit, . - ct_user_exit
