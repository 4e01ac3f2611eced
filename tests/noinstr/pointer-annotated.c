/* SPDX-License-Identifier: MIT */
/*
 * A hook whose functions are declared in front of the call: one is noinstr as well, the other is not. The
 * second call has no such declaration, and the first one's does not count for it.
 *
 * finds: traced is called through a pointer outside { }
 * finds: goes where a pointer says, outside { }
 * path: door
 */
#include "seed.h"

static void noinstr __attribute__((noinline, used)) quiet(long n)
{
	__asm__ volatile("" : : "r" (n) : "memory");
}

void (*hook)(long) = quiet;

void noinstr door(long n)
{
	noinstr_target(quiet);
	noinstr_target(traced);
	hook(n);
	hook(n + 1);
	ct_user_exit();
}
