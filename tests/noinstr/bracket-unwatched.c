/* SPDX-License-Identifier: MIT */
/*
 * finds: RCU stops watching inside { }
 * path: door
 */
#include "seed.h"

void noinstr door(long n)
{
	ct_user_exit();
	instrumentation_begin();
	traced(n);
	ct_user_enter();
	instrumentation_end();
}
