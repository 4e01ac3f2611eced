/* SPDX-License-Identifier: MIT */
/*
 * The last call of a function, which becomes a jump.
 *
 * finds: traced is called outside { }, as a tail call
 * path: door helper
 */
#include "seed.h"

static void noinstr helper(long n)
{
	ct_user_exit();
	traced(n);
}

void noinstr door(long n)
{
	helper(n);
	ct_user_enter();
}
