/* SPDX-License-Identifier: MIT */
/* Whole pages, through as many registers as there are: C takes five times as long. */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <lintel/types.h>

#define clear_page clear_page
static inline void clear_page(void *page)
{
	char *end = (char *)page + 4096;

	__asm__ volatile(
		"mov	r2, #0\n\t"
		"mov	r3, #0\n\t"
		"mov	r4, #0\n\t"
		"mov	r5, #0\n\t"
		"mov	r6, #0\n\t"
		"mov	r8, #0\n\t"
		"mov	ip, #0\n\t"
		"mov	lr, #0\n"
		"1:\n\t"
		"stmia	%0!, {r2, r3, r4, r5, r6, r8, ip, lr}\n\t"
		"stmia	%0!, {r2, r3, r4, r5, r6, r8, ip, lr}\n\t"
		"stmia	%0!, {r2, r3, r4, r5, r6, r8, ip, lr}\n\t"
		"stmia	%0!, {r2, r3, r4, r5, r6, r8, ip, lr}\n\t"
		"cmp	%0, %1\n\t"
		"bne	1b"
		: "+r" (page) : "r" (end)
		: "r2", "r3", "r4", "r5", "r6", "r8", "ip", "lr", "cc", "memory");
}

#define copy_page copy_page
static inline void copy_page(void *to, const void *from)
{
	char *end = (char *)to + 4096;

	__asm__ volatile(
		"1:\n\t"
		"ldmia	%1!, {r3, r4, r5, r6, r8, ip}\n\t"
		"stmia	%0!, {r3, r4, r5, r6, r8, ip}\n\t"
		"ldmia	%1!, {r3, r4, r5, r6, r8, ip}\n\t"
		"stmia	%0!, {r3, r4, r5, r6, r8, ip}\n\t"
		"ldmia	%1!, {r3, r4, r5, r6}\n\t"
		"stmia	%0!, {r3, r4, r5, r6}\n\t"
		"cmp	%0, %2\n\t"
		"bne	1b"
		: "+r" (to), "+r" (from) : "r" (end)
		: "r3", "r4", "r5", "r6", "r8", "ip", "cc", "memory");
}

#endif
