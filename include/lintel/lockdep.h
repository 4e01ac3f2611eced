/* SPDX-License-Identifier: MIT */
/*
 * Lockdep, the part that keeps the state of hardirqs: what the kernel *believes* about the
 * interrupt mask, to be held against what the mask is. (Lock classes and their graph come
 * with the issue on several CPUs.)
 *
 * Going on takes two steps, because the second must run where nothing may be instrumented:
 *	lockdep_hardirqs_on_prepare()	Lp: RCU watches; checks, remembers that it did
 *	lockdep_hardirqs_on()		L+: may run un-watched; only flips the bit
 * Going off is one step, L-, and is the first thing that an entry does.
 *
 * All of it is noinstr and may run in NMIs. Interrupts off in and out, except where stated.
 * Without CONFIG_LOCKDEP everything here is empty.
 */
#ifndef LINTEL_LOCKDEP_H
#define LINTEL_LOCKDEP_H

#include <lintel/percpu.h>

struct lockdep_cpu {
	u32	hardirqs_enabled;	/* what lockdep believes */
	u32	prepared;		/* Lp came, L+ has not yet */
	u32	hardirq_context;	/* depth of h+ */
};

#ifdef CONFIG_LOCKDEP
DECLARE_PER_CPU(struct lockdep_cpu, lockdep_cpu);

/* 1. warns if they are about to go on (Lp without L+), outside NMIs. 2. hardirqs are off from here, whether
 * they were on or not. Emits L-. */
void lockdep_hardirqs_off(ulong ip);
/* 1. in an NMI: nothing but the event. 2. warns if interrupts are on already, or in hardirq
 * context. 3. arms lockdep_hardirqs_on(). Emits Lp. RCU must be watching. */
void lockdep_hardirqs_on_prepare(void);
/* 1. warns if not prepared, if on already, or if interrupts are really on, outside NMIs. 2. hardirqs are on
 * from here. Emits L+. */
void lockdep_hardirqs_on(ulong ip);
/* Emits h+, h-. Nest. */
void lockdep_hardirq_enter(void);
void lockdep_hardirq_exit(void);
/* Warns if the task returns to user mode with locks held. Interrupts off, RCU watching. */
void lockdep_sys_exit(void);
/* Every held spin lock or mutex of the current task counts here. */
void lockdep_acquire(void);
void lockdep_release(void);

static __always_inline bool lockdep_hardirqs_enabled(void)
{
	return this_cpu_read(lockdep_cpu.hardirqs_enabled);
}
static __always_inline bool lockdep_prepared(void) { return this_cpu_read(lockdep_cpu.prepared); }
/* How deep. */
static __always_inline u32 lockdep_hardirq_context(void)
{
	return this_cpu_read(lockdep_cpu.hardirq_context);
}
void lockdep_assert_irqs_disabled(void);
void lockdep_assert_irqs_enabled(void);
#else
static __always_inline void lockdep_hardirqs_off(ulong ip) { (void)ip; }
static __always_inline void lockdep_hardirqs_on_prepare(void) { }
static __always_inline void lockdep_hardirqs_on(ulong ip) { (void)ip; }
static __always_inline void lockdep_hardirq_enter(void) { }
static __always_inline void lockdep_hardirq_exit(void) { }
static __always_inline void lockdep_sys_exit(void) { }
static __always_inline void lockdep_acquire(void) { }
static __always_inline void lockdep_release(void) { }
static __always_inline bool lockdep_hardirqs_enabled(void) { return false; }
static __always_inline bool lockdep_prepared(void) { return false; }
static __always_inline u32 lockdep_hardirq_context(void) { return 0; }
static __always_inline void lockdep_assert_irqs_disabled(void) { }
static __always_inline void lockdep_assert_irqs_enabled(void) { }
#endif

#define CALLER_ADDR	((ulong)__builtin_return_address(0))

#endif
