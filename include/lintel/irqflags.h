/* SPDX-License-Identifier: MIT */
/*
 * Interrupt masking (I alone; F, A and D are the doors' business), in two forms:
 *	raw_local_irq_*()	only the machine: noinstr code, and the keepers themselves
 *	local_irq_*()		with the keepers told, in Linux's order: before going on
 *				(Tp Lp L+), after going off (L- T-)
 * and the tracer of hardirqs-off periods behind them.
 */
#ifndef LINTEL_IRQFLAGS_H
#define LINTEL_IRQFLAGS_H

#include <asm/irqflags.h>	/* arch_local_irq_{enable,disable,save,restore}(), ..._flags() */
#include <lintel/lockdep.h>

#define raw_local_irq_enable()		arch_local_irq_enable()
#define raw_local_irq_disable()		arch_local_irq_disable()
#define raw_local_irq_save(f)		((f) = arch_local_irq_save())
#define raw_local_irq_restore(f)	arch_local_irq_restore(f)
#define raw_irqs_disabled_flags(f)	arch_irqs_disabled_flags(f)
#define irqs_disabled()			arch_irqs_disabled_flags(arch_local_save_flags())

#ifdef CONFIG_TRACE_IRQFLAGS
/* The longest hardirqs-off period of this CPU, in counter ticks, and where it began. */
struct irqsoff { u32 off; u64 since; ulong ip; u64 max; ulong max_ip; u32 nmi; };
DECLARE_PER_CPU(struct irqsoff, irqsoff);

/* A period begins unless one is running. Emits T-. Called on entry, after L-, RCU watching. */
void trace_hardirqs_off_finish(void);
/* The period ends. Emits Tp. Called before Lp; RCU watching, interrupts still off. */
void trace_hardirqs_on_prepare(void);
/* The whole of L- T-, and of Tp Lp L+. */
void trace_hardirqs_off(void);
void trace_hardirqs_on(void);
/* First and last instrumentable act of an NMI. Emit F. */
void trace_nmi_enter(void);
void trace_nmi_exit(void);
#else
static __always_inline void trace_hardirqs_off_finish(void) { }
static __always_inline void trace_hardirqs_on_prepare(void) { }
static __always_inline void trace_hardirqs_off(void) { lockdep_hardirqs_off(0); }
static __always_inline void trace_hardirqs_on(void)
{
	lockdep_hardirqs_on_prepare();
	lockdep_hardirqs_on(0);
}
static __always_inline void trace_nmi_enter(void) { }
static __always_inline void trace_nmi_exit(void) { }
#endif

static __always_inline void local_irq_enable(void)
{
	trace_hardirqs_on();
	raw_local_irq_enable();
}
static __always_inline void local_irq_disable(void)
{
	bool was_on = IS_ENABLED(CONFIG_TRACE_IRQFLAGS) && !irqs_disabled();

	raw_local_irq_disable();
	if (was_on)
		trace_hardirqs_off();
}
static __always_inline ulong local_irq_save(void)
{
	ulong flags;

	raw_local_irq_save(flags);
	if (IS_ENABLED(CONFIG_TRACE_IRQFLAGS) && !raw_irqs_disabled_flags(flags))
		trace_hardirqs_off();
	return flags;
}
static __always_inline void local_irq_restore(ulong flags)
{
	if (IS_ENABLED(CONFIG_TRACE_IRQFLAGS) && !raw_irqs_disabled_flags(flags))
		trace_hardirqs_on();
	raw_local_irq_restore(flags);
}

#endif
