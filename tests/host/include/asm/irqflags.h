/* SPDX-License-Identifier: MIT */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H
#include <lintel/types.h>
extern bool host_irqs_off;	/* the machine's mask bit */
void host_irqs_opened(void);	/* a test may let an interrupt arrive here, */
void host_irqs_closing(void);	/* ... and here, for the last time */

static __always_inline void arch_local_irq_enable(void) { host_irqs_off = false; host_irqs_opened(); }
static __always_inline void arch_local_irq_disable(void) { host_irqs_closing(); host_irqs_off = true; }
static __always_inline ulong arch_local_save_flags(void) { return host_irqs_off; }
static __always_inline bool arch_irqs_disabled_flags(ulong flags) { return flags; }
static __always_inline ulong arch_local_irq_save(void)
{
	ulong flags = host_irqs_off;

	host_irqs_off = true;
	return flags;
}
static __always_inline void arch_local_irq_restore(ulong flags)
{
	if (flags)
		arch_local_irq_disable();
	else
		arch_local_irq_enable();
}
static __always_inline u32 arch_read_psr(void) { return host_irqs_off; }
#endif
