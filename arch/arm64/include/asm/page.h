/* SPDX-License-Identifier: MIT */
/* Whole pages: cleared by cache blocks where that is allowed, copied by eight registers. */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <lintel/types.h>

#define DCZID_PROHIBITED	(1UL << 4)

#define clear_page clear_page
static inline void clear_page(void *page)
{
	ulong id, at = (ulong)page;

	__asm__("mrs	%0, dczid_el0" : "=r" (id));
	if (id & DCZID_PROHIBITED)
		__asm__ volatile(
			"1:	stp	xzr, xzr, [%0], #16\n\t"
			"tst	%0, #0xfff\n\t"
			"b.ne	1b"
			: "+r" (at) :: "cc", "memory");
	else	/* blocks have 2 KiB at most, so two fit */
		__asm__ volatile(
			"1:	dc	zva, %0\n\t"
			"add	%0, %0, %1\n\t"
			"dc	zva, %0\n\t"
			"add	%0, %0, %1\n\t"
			"tst	%0, #0xfff\n\t"
			"b.ne	1b"
			: "+r" (at) : "r" (4UL << (id & 0xf)) : "cc", "memory");
}

#define copy_page copy_page
static inline void copy_page(void *to, const void *from)
{
	ulong a, b, c, d, e, f, g, h;

	__asm__ volatile(
		"1:	ldp	%2, %3, [%1]\n\t"
		"ldp	%4, %5, [%1, #16]\n\t"
		"ldp	%6, %7, [%1, #32]\n\t"
		"ldp	%8, %9, [%1, #48]\n\t"
		"add	%1, %1, #64\n\t"
		"stp	%2, %3, [%0]\n\t"
		"stp	%4, %5, [%0, #16]\n\t"
		"stp	%6, %7, [%0, #32]\n\t"
		"stp	%8, %9, [%0, #48]\n\t"
		"add	%0, %0, #64\n\t"
		"tst	%0, #0xfff\n\t"
		"b.ne	1b"
		: "+r" (to), "+r" (from), "=&r" (a), "=&r" (b), "=&r" (c), "=&r" (d), "=&r" (e),
		  "=&r" (f), "=&r" (g), "=&r" (h)
		:: "cc", "memory");
}

#endif
