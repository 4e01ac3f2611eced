/* SPDX-License-Identifier: MIT */
/*
 * A lock that is all inline, so that there is no call; taken right before { it is wrong, right behind
 * it is right.
 *
 * finds: a lock is taken outside { }
 * path: door
 */
#include "seed.h"

static volatile unsigned int lock;

static inline void take(void)
{
	instrumentation_needed();
	while (lock)
		;
	lock = 1;		/* (the real one exchanges) */
}

void noinstr door(long n)
{
	ct_user_exit();
	take();
	instrumentation_begin();
	take();
	traced(n);
	instrumentation_end();
	__asm__ volatile("" ::: "memory");
}
