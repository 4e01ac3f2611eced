/* SPDX-License-Identifier: MIT */
/*
 * An array that starts empty: the compiler calls memset (on some: __aeabi_memclr).
 *
 * finds: is called outside { }: compilers make such calls by themselves (a structure is
 * path: door
 */
#include "seed.h"

void *memset(void *p, int c, size_t n);
void *memset(void *p, int c, size_t n)
{
	for (char *q = p; n--; q++) {
		*q = c;
		__asm__ volatile("" ::: "memory");
	}
	return p;
}
#ifdef __arm__
void __aeabi_memclr8(void *p, size_t n);
void __aeabi_memclr8(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memclr4(void *p, size_t n) __attribute__((alias("__aeabi_memclr8")));
void __aeabi_memclr(void *p, size_t n) __attribute__((alias("__aeabi_memclr8")));
#endif

void noinstr door(long n)
{
	long regs[160] = { 0 };

	__asm__ volatile("" : : "r" (regs) : "memory");
	ct_user_exit();
}
