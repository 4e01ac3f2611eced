/* SPDX-License-Identifier: MIT */
/* A hook whose only function is noinstr, and says so; also as the last act. */
#include "seed.h"

static void noinstr __attribute__((noinline, used)) quiet(long n)
{
	__asm__ volatile("" : : "r" (n) : "memory");
}

void (*hook)(long) = quiet;

void noinstr door(long n)
{
	noinstr_target(quiet);
	hook(n);
	ct_user_exit();
	noinstr_target(quiet);
	hook(n);
}
