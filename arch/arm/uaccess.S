/* SPDX-License-Identifier: MIT */
/*
 * User memory. The user's domain is open between uaccess_open and uaccess_close only; an exception
 * in between saves that in its frame, closes it for its handler and opens it again (row 33).
 * A fault that cannot be served goes on at the fix-up: a whole group falls back to single bytes,
 * a byte ends the copy, so what is reported as not copied is exact.
 */
#include <asm/assembler.h>
#include <asm/pgtable.h>

	.text

.macro	uaccess_open tmp
	mov	\tmp, #DACR_UACCESS
	mcr	p15, 0, \tmp, c3, c0, 0
	isb
.endm
.macro	uaccess_close tmp
	mov	\tmp, #DACR_KERNEL
	mcr	p15, 0, \tmp, c3, c0, 0
	isb
.endm

/*
 * The body of a copy: r0 = to, r1 = from, r2 = bytes; returns in r0 what was not copied.
 * \user names the side that may fault: `load` or `store`.
 */
.macro	copy_body user
	push	{r4-r6, lr}
	.save	{r4-r6, lr}
	.cfi_def_cfa_offset 16
	.cfi_offset 14, -4
	uaccess_open r3
	orr	r3, r0, r1
	tst	r3, #3
	bne	3f
	subs	r2, r2, #16
	blo	2f
1:
81:	ldmia	r1, {r3-r6}
82:	stmia	r0, {r3-r6}
	add	r1, r1, #16
	add	r0, r0, #16
	subs	r2, r2, #16
	bhs	1b
2:	add	r2, r2, #16
3:	subs	r2, r2, #1
	blo	4f
83:	ldrb	r3, [r1]
84:	strb	r3, [r0]
	add	r1, r1, #1
	add	r0, r0, #1
	b	3b
4:	add	r0, r2, #1
	uaccess_close r3
	pop	{r4-r6, pc}
	.ifc	\user, load
	extable	81b, 2b
	extable	83b, 4b
	.else
	extable	82b, 2b
	extable	84b, 4b
	.endif
.endm

/* size_t arch_copy_from_user(void *to, const void __user *from, size_t n) */
func arch_copy_from_user
	copy_body load
endfunc arch_copy_from_user

/* size_t arch_copy_to_user(void __user *to, const void *from, size_t n) */
func arch_copy_to_user
	copy_body store
endfunc arch_copy_to_user

/* size_t arch_clear_user(void __user *to, size_t n) */
func arch_clear_user
	uaccess_open r3
	mov	r2, #0
	mov	r3, #0
	tst	r0, #3
	bne	3f
	subs	r1, r1, #8
	blo	2f
1:
81:	stmia	r0, {r2, r3}
	add	r0, r0, #8
	subs	r1, r1, #8
	bhs	1b
2:	add	r1, r1, #8
3:	subs	r1, r1, #1
	blo	4f
82:	strb	r2, [r0]
	add	r0, r0, #1
	b	3b
4:	add	r0, r1, #1
	uaccess_close r3
	bx	lr
	extable	81b, 2b
	extable	82b, 4b
endfunc arch_clear_user

/* bool arch_probe_word(const void *va, u32 *out): any kernel address */
func arch_probe_word
1:	ldr	r2, [r0]
	str	r2, [r1]
	mov	r0, #1
	bx	lr
2:	mov	r0, #0
	bx	lr
	extable	1b, 2b
endfunc arch_probe_word

	.section .note.GNU-stack, "", %progbits
