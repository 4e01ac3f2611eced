/* SPDX-License-Identifier: MIT */
#ifndef ASM_TIMEX_H
#define ASM_TIMEX_H

#include <lintel/types.h>

/* CNTVCT, the virtual counter. The ISB keeps the read from running ahead. */
static __always_inline u64 arch_counter(void)
{
	u64 v;

	__asm__ volatile("isb\n\tmrs	%0, cntvct_el0" : "=r" (v) :: "memory");
	return v;
}
/* CNTFRQ: counter ticks a second. */
static __always_inline u32 arch_counter_freq(void)
{
	u64 f;

	__asm__ volatile("mrs	%0, cntfrq_el0" : "=r" (f));
	return (u32)f;
}

#endif
