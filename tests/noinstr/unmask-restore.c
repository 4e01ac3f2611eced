/* SPDX-License-Identifier: MIT */
/*
 * The mask as somebody left it: nothing says that it is closed.
 *
 * finds: interrupts where RCU need not watch
 * path: door
 */
#include "seed.h"

void noinstr door(long n)
{
#ifdef __aarch64__
	__asm__ volatile("msr daif, %0" : : "r" (n) : "memory");
#elif defined(__thumb__)
	__asm__ volatile("msr cpsr_c, %0" : : "r" (n) : "memory");
#else
	__asm__ volatile("msr cpsr_c, #0x13" ::: "memory");
#endif
	ct_user_exit();
}
