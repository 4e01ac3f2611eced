/* SPDX-License-Identifier: MIT */
/*
 * A vector table whose way back opens interrupts, where RCU may not have been told to watch, and a
 * conditional call.
 *
 * finds: opens interrupts where RCU need not watch
 * finds: interrupts are open where the frame is reloaded
 * finds: traced is called outside { }
 * path: vectors door
 */
	.syntax unified
	.arch	armv7-a
	.arm
	.section .entry.text, "ax"
	.globl	vectors
	.type	vectors, %function
vectors:
	.rept	7
	b	slot
	.endr
slot:
	cpsie	a
	bl	door
	cpsie	i
	rfeia	sp!
	.size	vectors, . - vectors

	.section .noinstr.text, "ax"
	.globl	door
	.type	door, %function
door:
	push	{r4, lr}
	cmp	r0, #0
	blne	traced
	mrs	r0, cpsr
	orr	r0, r0, #0x80
	msr	cpsr_c, r0		/* certainly masked */
	popeq	{r4, pc}
	ldr	r3, =ct_user_exit
	blx	r3
	pop	{r4, pc}
	.size	door, . - door
	.ltorg
	.globl	ct_user_exit
	.type	ct_user_exit, %function
ct_user_exit:
	bx	lr
	.size	ct_user_exit, . - ct_user_exit

	.text
	.type	traced, %function
traced:
	bx	lr
	.size	traced, . - traced
