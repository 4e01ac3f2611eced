/* SPDX-License-Identifier: MIT */
/* PSTATE.I. D, A and F are never masked by C, but for the declared windows of doors and boot. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <lintel/types.h>
#include <asm/ptrace.h>

static __always_inline void arch_local_irq_enable(void)
{
	__asm__ volatile("msr	daifclr, %0" : : "i" (DAIF_I) : "memory");
}
static __always_inline void arch_local_irq_disable(void)
{
	__asm__ volatile("msr	daifset, %0" : : "i" (DAIF_I) : "memory");
}
static __always_inline ulong arch_local_save_flags(void)
{
	ulong flags;

	__asm__ volatile("mrs	%0, daif" : "=r" (flags) :: "memory");
	return flags;
}
static __always_inline ulong arch_local_irq_save(void)
{
	ulong flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}
static __always_inline bool arch_irqs_disabled_flags(ulong flags)
{
	return flags & PSR_I_BIT;
}
/* Writes D, A and F too: they are as they were at the save. */
static __always_inline void arch_local_irq_restore(ulong flags)
{
	__asm__ volatile("msr	daif, %0" : : "r" (flags) : "memory");
}
/* DAIF, for reports. */
static __always_inline ulong arch_read_psr(void)
{
	ulong psr;

	__asm__ volatile("mrs	%0, daif" : "=r" (psr));
	return psr;
}

#endif
