/* SPDX-License-Identifier: MIT */
/*
 * finds: { without }: returns inside it | two ways meet that differ in { }
 * path: door
 */
#include "seed.h"

void noinstr door(long n)
{
	ct_user_exit();
	instrumentation_begin();
	traced(n);
	if (n > 3)
		return;
	traced(n + 1);
	instrumentation_end();
}
