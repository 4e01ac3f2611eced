/* SPDX-License-Identifier: MIT */
/*
 * A print in a helper, before RCU watches.
 *
 * finds: traced is called outside { }
 * path: door helper
 */
#include "seed.h"

static void noinstr helper(long n)
{
	traced(n);
	ct_user_exit();
}

void noinstr door(long n)
{
	helper(n);
	instrumentation_begin();
	traced(n);
	instrumentation_end();
}
