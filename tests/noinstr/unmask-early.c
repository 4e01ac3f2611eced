/* SPDX-License-Identifier: MIT */
/*
 * finds: opens interrupts where RCU need not watch
 * path: door helper
 */
#include "seed.h"

static void noinstr helper(void)
{
	arch_local_irq_enable();
	__asm__ volatile("nop" ::: "memory");
	arch_local_irq_disable();
}

void noinstr door(long n)
{
	helper();
	ct_user_exit();
	instrumentation_begin();
	traced(n);
	instrumentation_end();
}
