/* SPDX-License-Identifier: MIT */
/* The generic timer: the physical one (tick) and the virtual one (NMI), through cp15. */
#ifndef ASM_ARCH_TIMER_H
#define ASM_ARCH_TIMER_H

#include <lintel/types.h>

static __always_inline void arch_timer_set_phys(u64 when)
{
	__asm__ volatile("mcrr	p15, 2, %0, %1, c14" :: "r" ((u32)when), "r" ((u32)(when >> 32)));
}
static __always_inline void arch_timer_ctl_phys(u32 ctl)
{
	__asm__ volatile("mcr	p15, 0, %0, c14, c2, 1\n\tisb" :: "r" (ctl) : "memory");
}
static __always_inline void arch_timer_set_virt(u64 when)
{
	__asm__ volatile("mcrr	p15, 3, %0, %1, c14" :: "r" ((u32)when), "r" ((u32)(when >> 32)));
}
static __always_inline void arch_timer_ctl_virt(u32 ctl)
{
	__asm__ volatile("mcr	p15, 0, %0, c14, c3, 1\n\tisb" :: "r" (ctl) : "memory");
}
/* CNTPCT; arch_counter() is CNTVCT. */
static __always_inline u64 arch_counter_phys(void)
{
	u32 lo, hi;

	__asm__ volatile("isb\n\tmrrc	p15, 0, %0, %1, c14" : "=r" (lo), "=r" (hi) :: "memory");
	return (u64)hi << 32 | lo;
}
/* User mode may read the virtual counter, and nothing else of the timer. */
static __always_inline void arch_timer_user_access(void)
{
	__asm__ volatile("mcr	p15, 0, %0, c14, c1, 0\n\tisb" :: "r" (2));
}

#endif
