/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_SPINLOCK_H
#define LINTEL_SPINLOCK_H

#include <lintel/instrumentation.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <asm/processor.h>	/* cpu_relax(): a yield; every wait loop needs one */

typedef struct { u32 locked; } spinlock_t;
#define SPINLOCK_INIT { 0 }

/* The only form that NMIs may use: they may have interrupted the holder, and must do without. No keeper is
 * told, so lockdep and printk may use it as well. Preemption off. */
static __always_inline bool raw_spin_trylock(spinlock_t *l)
{
	return !__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE);
}
static __always_inline void raw_spin_unlock(spinlock_t *l)
{
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

static inline void spin_lock(spinlock_t *l)
{
	instrumentation_needed();
	not_in_nmi("spin_lock()");
	preempt_disable();
	lockdep_acquire();
	while (!raw_spin_trylock(l))
		cpu_relax();
}
static inline void spin_unlock(spinlock_t *l)
{
	raw_spin_unlock(l);
	lockdep_release();
	preempt_enable();
}
static inline ulong spin_lock_irqsave(spinlock_t *l)
{
	ulong flags = local_irq_save();

	spin_lock(l);
	return flags;
}
static inline void spin_unlock_irqrestore(spinlock_t *l, ulong flags)
{
	raw_spin_unlock(l);
	lockdep_release();
	local_irq_restore(flags);
	preempt_enable();
}

#endif
