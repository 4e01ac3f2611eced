/* SPDX-License-Identifier: MIT */
/*
 * finds: } without {
 * path: door
 */
#include "seed.h"

void noinstr door(long n)
{
	ct_user_exit();
	instrumentation_begin();
	traced(n);
	instrumentation_end();
	__asm__ volatile("" ::: "memory");
	instrumentation_end();
}
