/* SPDX-License-Identifier: MIT */
/*
 * The EABI's divisions, which compilers call: ARMv7-A need not have a divide instruction, and the
 * toolchain's libgcc is built for hard float, which the kernel is not. Shift and subtract, from the
 * first bit that can be in the quotient.
 */
#include <asm/assembler.h>

	.text

/* unsigned: r0 / r1 -> quotient r0, remainder r1. Clobbers r2, r3. */
func __aeabi_uidivmod
	.globl	__aeabi_uidiv
	.type	__aeabi_uidiv, %function
__aeabi_uidiv:
	cmp	r1, #0
	beq	div_by_zero
	mov	r2, #0
	clz	r3, r0
	clz	ip, r1
	subs	r3, ip, r3		@ bits of the quotient, less one
	bmi	2f
1:	cmp	r0, r1, lsl r3
	subhs	r0, r0, r1, lsl r3
	adc	r2, r2, r2		@ the carry is the next bit
	subs	r3, r3, #1
	bpl	1b
2:	mov	r1, r0
	mov	r0, r2
	bx	lr
endfunc __aeabi_uidivmod

/* signed: the remainder has the sign of the dividend. */
func __aeabi_idivmod
	.globl	__aeabi_idiv
	.type	__aeabi_idiv, %function
__aeabi_idiv:
	push	{r4, lr}
	.save	{r4, lr}
	eor	r4, r0, r1		@ bit 31: sign of the quotient
	bic	r4, r4, #1
	orr	r4, r4, r0, lsr #31	@ bit 0: sign of the remainder
	cmp	r0, #0
	rsblt	r0, r0, #0
	cmp	r1, #0
	rsblt	r1, r1, #0
	bl	__aeabi_uidivmod
	cmp	r4, #0
	rsblt	r0, r0, #0
	tst	r4, #1
	rsbne	r1, r1, #0
	pop	{r4, pc}
endfunc __aeabi_idivmod

/* unsigned: r1:r0 / r3:r2 -> quotient r1:r0, remainder r3:r2. */
func __aeabi_uldivmod
	push	{r4-r8, lr}
	.save	{r4-r8, lr}
	orrs	r4, r2, r3
	beq	div_by_zero
	clz	r4, r1			@ leading zeros of the dividend
	cmp	r1, #0
	clzeq	r4, r0
	addeq	r4, r4, #32
	clz	r5, r3			@ of the divisor
	cmp	r3, #0
	clzeq	r5, r2
	addeq	r5, r5, #32
	mov	r6, #0			@ r7:r6 = quotient
	mov	r7, #0
	subs	r4, r5, r4
	bmi	4f
	subs	r5, r4, #32		@ divisor <<= r4
	lslge	r3, r2, r5
	movge	r2, #0
	bge	2f
	rsb	r5, r4, #32
	lsl	r3, r3, r4
	orr	r3, r3, r2, lsr r5
	lsl	r2, r2, r4
2:	subs	r5, r0, r2
	sbcs	r8, r1, r3
	movhs	r0, r5
	movhs	r1, r8
	adcs	r6, r6, r6
	adc	r7, r7, r7
	lsrs	r3, r3, #1
	rrx	r2, r2
	subs	r4, r4, #1
	bpl	2b
4:	mov	r2, r0
	mov	r3, r1
	mov	r0, r6
	mov	r1, r7
	pop	{r4-r8, pc}
endfunc __aeabi_uldivmod

/* signed */
func __aeabi_ldivmod
	push	{r4, lr}
	.save	{r4, lr}
	eor	r4, r1, r3
	bic	r4, r4, #1
	orr	r4, r4, r1, lsr #31
	cmp	r1, #0
	bge	1f
	rsbs	r0, r0, #0
	rsc	r1, r1, #0
1:	cmp	r3, #0
	bge	2f
	rsbs	r2, r2, #0
	rsc	r3, r3, #0
2:	bl	__aeabi_uldivmod
	cmp	r4, #0
	bge	3f
	rsbs	r0, r0, #0
	rsc	r1, r1, #0
3:	tst	r4, #1
	beq	4f
	rsbs	r2, r2, #0
	rsc	r3, r3, #0
4:	pop	{r4, pc}
endfunc __aeabi_ldivmod

/* SIGFPE; raise() panics and does not return. */
func div_by_zero
	mov	r0, #8
	b	raise
endfunc div_by_zero

	.section .note.GNU-stack, "", %progbits
