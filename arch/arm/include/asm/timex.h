/* SPDX-License-Identifier: MIT */
#ifndef ASM_TIMEX_H
#define ASM_TIMEX_H

#include <lintel/types.h>

/* CNTVCT, the virtual counter. The ISB keeps the read from running ahead. */
static __always_inline u64 arch_counter(void)
{
	u32 lo, hi;

	__asm__ volatile("isb\n\tmrrc	p15, 1, %0, %1, c14" : "=r" (lo), "=r" (hi) :: "memory");
	return (u64)hi << 32 | lo;
}
/* CNTFRQ: counter ticks a second. */
static __always_inline u32 arch_counter_freq(void)
{
	u32 f;

	__asm__ volatile("mrc	p15, 0, %0, c14, c0, 0" : "=r" (f));
	return f;
}

#endif
