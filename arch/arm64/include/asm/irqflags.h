/* SPDX-License-Identifier: MIT */
/*
 * PSTATE.I, or with nmi=pmr the priority mask. D, A and F (and there I) are never masked by C, but
 * for the declared windows of doors, idle and boot.
 */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <lintel/nmi.h>
#include <lintel/types.h>
#include <asm/ptrace.h>

/* What PMR says, turned round: bit 7 is set where interrupts are off, as in DAIF. */
static __always_inline ulong pmr_flags(void) { return pmr_read() ^ PMR_IRQS_ON; }

static __always_inline void arch_local_irq_enable(void)
{
	if (nmi_by_pmr())
		return pmr_write(PMR_IRQS_ON);
	__asm__ volatile("msr	daifclr, %0" : : "i" (DAIF_I) : "memory");
}
static __always_inline void arch_local_irq_disable(void)
{
	if (nmi_by_pmr())
		return pmr_write(PMR_IRQS_OFF);
	__asm__ volatile("msr	daifset, %0" : : "i" (DAIF_I) : "memory");
}
static __always_inline ulong arch_local_save_flags(void)
{
	ulong flags;

	if (nmi_by_pmr())
		return pmr_flags();
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
	if (nmi_by_pmr())
		return pmr_write(flags ^ PMR_IRQS_ON);
	__asm__ volatile("msr	daif, %0" : : "r" (flags) : "memory");
}
/* DAIF, for reports; its I as local_irq_*() mean it. */
static __always_inline ulong arch_read_psr(void)
{
	ulong psr;

	__asm__ volatile("mrs	%0, daif" : "=r" (psr));
	if (nmi_by_pmr())
		psr = (psr & ~(ulong)PSR_I_BIT) | (pmr_flags() & PSR_I_BIT);
	return psr;
}

#endif
