/* SPDX-License-Identifier: MIT */
/*
 * A callee that closes its caller's bracket.
 *
 * finds: } without {
 * finds: { without }: returns inside it
 * path: door helper
 */
#include "seed.h"

static void noinstr helper(long n)
{
	__asm__ volatile("" : : "r" (n) : "memory");
	instrumentation_end();
	__asm__ volatile("" ::: "memory");
}

void noinstr door(long n)
{
	ct_user_exit();
	instrumentation_begin();
	traced(n);
	helper(n);
	__asm__ volatile("" ::: "memory");
}
