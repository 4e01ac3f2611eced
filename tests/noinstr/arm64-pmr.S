/* SPDX-License-Identifier: MIT */
/*
 * Interrupts masked by I or by the priority mask, each of which is enough: a door that goes from one to the
 * other and back is right. The next one lets PMR go too early, and idle opens it with nothing else closed.
 *
 * finds: `msr daifclr, #2` opens interrupts where RCU need not watch
 * finds: opens interrupts where RCU need not watch
 * path: vectors
 */
#define PMR	s3_0_c4_c6_0

	.macro	pmr value
	mov	x3, #\value
	msr	PMR, x3
	.endm

	.section .entry.text, "ax"
	.balign	2048
	.globl	vectors
	.type	vectors, %function
vectors:
	b	right
	.balign	128
	b	wrong
	.rept	14
	.balign	128
	b	right
	.endr
	.balign	128
right:
	pmr	0x60
	msr	daifclr, #2
	msr	daifset, #2
	ldr	x3, [sp]		/* whatever it was */
	msr	PMR, x3
	eret
wrong:
	pmr	0xf0
	msr	daifclr, #2
	msr	daifset, #2
	eret
	.size	vectors, . - vectors

	.section .noinstr.text, "ax"
	.globl	idle
	.type	idle, %function
idle:
	pmr	0xf0
	pmr	0x60
	ret
	.size	idle, . - idle
	.globl	ct_user_exit
	.type	ct_user_exit, %function
ct_user_exit:
	ret
	.size	ct_user_exit, . - ct_user_exit
