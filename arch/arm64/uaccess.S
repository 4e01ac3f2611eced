/* SPDX-License-Identifier: MIT */
/*
 * The way to user memory: LDTR and STTR, which have the permissions of EL0 whatever PAN says. So
 * user memory is never open to the kernel, not even while it is being copied, and there is no
 * window to close again; and a kernel address gets nowhere, checked or not.
 *
 * Each returns in x0 how many bytes are left to do. A fault in a large step starts the step again
 * in single bytes, so that the count is exact. doors.c lets faults between __uaccess_start and
 * __uaccess_end reach handle_mm_fault() first.
 */
#include <asm/asm.h>

	.text
	.globl	__uaccess_start, __uaccess_end
__uaccess_start:

/* size_t arch_copy_from_user(void *to, const void *from, size_t n). Clobbers x1 - x6. */
func arch_copy_from_user
1:	subs	x2, x2, #32
	b.lo	3f
10:	ldtr	x3, [x1]
11:	ldtr	x4, [x1, #8]
12:	ldtr	x5, [x1, #16]
13:	ldtr	x6, [x1, #24]
	stp	x3, x4, [x0], #16
	stp	x5, x6, [x0], #16
	add	x1, x1, #32
	b	1b
3:	add	x2, x2, #32
4:	subs	x2, x2, #8
	b.lo	5f
14:	ldtr	x3, [x1]
	str	x3, [x0], #8
	add	x1, x1, #8
	b	4b
5:	add	x2, x2, #8
6:	cbz	x2, 7f
15:	ldtrb	w3, [x1]
	strb	w3, [x0], #1
	add	x1, x1, #1
	sub	x2, x2, #1
	b	6b
7:	mov	x0, x2
	ret
8:	add	x2, x2, #32
	b	6b
	extable	10b, 8b
	extable	11b, 8b
	extable	12b, 8b
	extable	13b, 8b
	extable	14b, 5b
	extable	15b, 7b
endfunc arch_copy_from_user

/* size_t arch_copy_to_user(void *to, const void *from, size_t n). Clobbers x1 - x6. */
func arch_copy_to_user
1:	subs	x2, x2, #32
	b.lo	3f
	ldp	x3, x4, [x1]
	ldp	x5, x6, [x1, #16]
10:	sttr	x3, [x0]
11:	sttr	x4, [x0, #8]
12:	sttr	x5, [x0, #16]
13:	sttr	x6, [x0, #24]
	add	x0, x0, #32
	add	x1, x1, #32
	b	1b
3:	add	x2, x2, #32
4:	subs	x2, x2, #8
	b.lo	5f
	ldr	x3, [x1]
14:	sttr	x3, [x0]
	add	x0, x0, #8
	add	x1, x1, #8
	b	4b
5:	add	x2, x2, #8
6:	cbz	x2, 7f
	ldrb	w3, [x1]
15:	sttrb	w3, [x0]
	add	x0, x0, #1
	add	x1, x1, #1
	sub	x2, x2, #1
	b	6b
7:	mov	x0, x2
	ret
8:	add	x2, x2, #32
	b	6b
	extable	10b, 8b
	extable	11b, 8b
	extable	12b, 8b
	extable	13b, 8b
	extable	14b, 5b
	extable	15b, 7b
endfunc arch_copy_to_user

/* size_t arch_clear_user(void *to, size_t n). Clobbers x1. */
func arch_clear_user
1:	subs	x1, x1, #8
	b.lo	2f
10:	sttr	xzr, [x0]
	add	x0, x0, #8
	b	1b
2:	add	x1, x1, #8
3:	cbz	x1, 4f
11:	sttrb	wzr, [x0]
	add	x0, x0, #1
	sub	x1, x1, #1
	b	3b
4:	mov	x0, x1
	ret
	extable	10b, 2b
	extable	11b, 4b
endfunc arch_clear_user
__uaccess_end:

/* bool arch_probe_word(const void *va, u32 *out): a kernel address that may fault. Clobbers x2. */
func arch_probe_word
1:	ldr	w2, [x0]
	str	w2, [x1]
	mov	w0, #1
	ret
2:	mov	w0, wzr
	ret
	extable	1b, 2b
endfunc arch_probe_word
