/* SPDX-License-Identifier: MIT */
/* The mask bit of the modelled CPU. An interrupt may come as long as it is clear: also in the
 * last moment before it is set. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H
#include <lintel/types.h>

void arch_local_irq_enable(void);
void arch_local_irq_disable(void);
ulong arch_local_save_flags(void);
static __always_inline bool arch_irqs_disabled_flags(ulong flags) { return flags; }
static __always_inline ulong arch_local_irq_save(void)
{
	ulong flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}
static __always_inline void arch_local_irq_restore(ulong flags)
{
	if (flags)
		arch_local_irq_disable();
	else
		arch_local_irq_enable();
}
static __always_inline ulong arch_read_psr(void) { return arch_local_save_flags(); }
#endif
