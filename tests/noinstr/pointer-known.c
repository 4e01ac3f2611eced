/* SPDX-License-Identifier: MIT */
/*
 * A pointer that says plainly where it leads: movw/movt, adrp/add or a literal.
 *
 * finds: traced is called through a pointer outside { }
 * path: door
 */
#include "seed.h"

void noinstr door(long n)
{
	void (*fn)(long) = traced;

	__asm__ volatile("" : "+r" (n));
#ifdef __aarch64__
	__asm__ volatile("adrp x9, traced\n\tadd x9, x9, :lo12:traced\n\tblr x9" ::: "x9", "x30", "memory");
#elif defined(__thumb__)
	__asm__ volatile("movw r3, #:lower16:traced\n\tmovt r3, #:upper16:traced\n\tblx r3" ::: "r3", "lr", "memory");
#else
	__asm__ volatile("ldr r3, =traced\n\tblx r3" ::: "r3", "lr", "memory");
#endif
	(void)fn;
	ct_user_exit();
}
