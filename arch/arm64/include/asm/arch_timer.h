/* SPDX-License-Identifier: MIT */
/* The generic timer: the physical one (tick) and the virtual one (NMI). */
#ifndef ASM_ARCH_TIMER_H
#define ASM_ARCH_TIMER_H

#include <lintel/types.h>

static __always_inline void arch_timer_set_phys(u64 when)
{
	__asm__ volatile("msr	cntp_cval_el0, %0" :: "r" (when));
}
static __always_inline void arch_timer_ctl_phys(u32 ctl)
{
	__asm__ volatile("msr	cntp_ctl_el0, %0\n\tisb" :: "r" ((u64)ctl) : "memory");
}
static __always_inline void arch_timer_set_virt(u64 when)
{
	__asm__ volatile("msr	cntv_cval_el0, %0" :: "r" (when));
}
static __always_inline void arch_timer_ctl_virt(u32 ctl)
{
	__asm__ volatile("msr	cntv_ctl_el0, %0\n\tisb" :: "r" ((u64)ctl) : "memory");
}
/* CNTPCT; arch_counter() is CNTVCT. */
static __always_inline u64 arch_counter_phys(void)
{
	u64 v;

	__asm__ volatile("isb\n\tmrs	%0, cntpct_el0" : "=r" (v) :: "memory");
	return v;
}
/* User mode may read the virtual counter, and nothing else of the timer. */
static __always_inline void arch_timer_user_access(void)
{
	__asm__ volatile("msr	cntkctl_el1, %0\n\tisb" :: "r" (2UL));
}

#endif
