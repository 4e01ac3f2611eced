/* SPDX-License-Identifier: MIT */
/*
 * The service opens interrupts, as it may; nobody masks them again.
 *
 * finds: RCU stops watching with interrupts open
 * path: door
 */
#include "seed.h"

void noinstr door(long n)
{
	ct_user_exit();
	instrumentation_begin();
	arch_local_irq_enable();
	traced(n);
	instrumentation_end();
	ct_user_enter();
	__asm__ volatile("" ::: "memory");
}
