/* SPDX-License-Identifier: MIT */
/* CPSR.I alone. F is never masked by C: the FIQ is the NMI. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <lintel/types.h>
#include <asm/ptrace.h>

static __always_inline void arch_local_irq_enable(void)
{
	__asm__ volatile("cpsie	i" ::: "memory");
}
static __always_inline void arch_local_irq_disable(void)
{
	__asm__ volatile("cpsid	i" ::: "memory");
}
static __always_inline ulong arch_local_save_flags(void)
{
	ulong flags;

	__asm__ volatile("mrs	%0, cpsr" : "=r" (flags) :: "memory");
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
static __always_inline void arch_local_irq_restore(ulong flags)
{
	if (!arch_irqs_disabled_flags(flags))
		arch_local_irq_enable();
	else
		arch_local_irq_disable();
}
/* The whole of CPSR, for reports. */
static __always_inline ulong arch_read_psr(void)
{
	ulong psr;

	__asm__ volatile("mrs	%0, cpsr" : "=r" (psr));
	return psr;
}

#endif
