/* SPDX-License-Identifier: MIT */
/*
 * The marker stands where two ways meet: does it belong to both?
 *
 * finds: two ways meet that differ in { }
 * path: door
 */
#include "seed.h"

long last;

void noinstr door(long n)
{
	ct_user_exit();
	instrumentation_begin();
	traced(n);
	if (n > 3)
		instrumentation_end();
	last = n;
}
