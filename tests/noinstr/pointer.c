/* SPDX-License-Identifier: MIT */
/*
 * A hook.
 *
 * finds: goes where a pointer says, outside { }
 * path: door
 */
#include "seed.h"

void (*hook)(long) = traced;

void noinstr door(long n)
{
	hook(n);
	ct_user_exit();
}
