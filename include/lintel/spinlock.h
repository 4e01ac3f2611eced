/* SPDX-License-Identifier: MIT */
/*
 * Spinning locks, each known to lockdep. Preemption is off while one is held; an interrupt that takes the same
 * lock wants the _irqsave forms.
 *
 *	arch_spinlock_t	the bit itself, and no more: no keeper is told, so lockdep and printk may use it
 *	raw_spinlock_t	always spins, also on a real-time kernel; in an NMI only as a try-lock: the holder may be what
 *			the NMI interrupted
 *	spinlock_t	the usual one
 */
#ifndef LINTEL_SPINLOCK_H
#define LINTEL_SPINLOCK_H

#include <lintel/instrumentation.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <asm/processor.h>	/* cpu_relax(): a yield; every wait loop needs one */

typedef struct { u32 locked; } arch_spinlock_t;

/* Preemption off. */
static __always_inline bool arch_spin_trylock(arch_spinlock_t *l)
{
	return !__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE);
}
static __always_inline void arch_spin_lock(arch_spinlock_t *l)
{
	while (!arch_spin_trylock(l))
		cpu_relax();
}
static __always_inline void arch_spin_unlock(arch_spinlock_t *l)
{
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

typedef struct { arch_spinlock_t lock; struct lockdep_map dep; } raw_spinlock_t;
typedef struct { arch_spinlock_t lock; struct lockdep_map dep; } spinlock_t;

#define RAW_SPINLOCK_INIT(name)	{ LOCKDEP_MAP(#name, LOCK_WAIT_SPIN) }
#define SPINLOCK_INIT(name)	{ LOCKDEP_MAP(#name, LOCK_WAIT_CONFIG) }

/* The place of the initialisation is the class. */
#define __spin_lock_init(l, wait)							\
	do {										\
		static struct lock_class_key __key;					\
											\
		(l)->lock.locked = 0;							\
		lockdep_init_map(&(l)->dep, #l, &__key, wait, wait);			\
	} while (0)
#define raw_spin_lock_init(l)	__spin_lock_init(l, LOCK_WAIT_SPIN)
#define spin_lock_init(l)	__spin_lock_init(l, LOCK_WAIT_CONFIG)

/* ---- what they have in common ---- */

/* How a lock is taken by who waits for it. In an NMI that is a warning, each time; lockdep need not say it again. */
static __always_inline u32 __waiting(const char *what, u32 how)
{
	not_in_nmi(what);
	return IS_ENABLED(CONFIG_DEBUG_ENTRY) && in_nmi() ? how | LOCK_TRY : how;
}

static __always_inline void __spin_lock(arch_spinlock_t *l, struct lockdep_map *dep, u32 how)
{
	instrumentation_needed();
	preempt_disable();
	lock_acquire(dep, how);
	arch_spin_lock(l);
}
static __always_inline bool __spin_trylock(arch_spinlock_t *l, struct lockdep_map *dep)
{
	instrumentation_needed();
	preempt_disable();
	if (arch_spin_trylock(l)) {
		lock_acquire(dep, LOCK_TRY);
		return true;
	}
	preempt_enable();
	return false;
}
static __always_inline void __spin_unlock(arch_spinlock_t *l, struct lockdep_map *dep)
{
	lock_release(dep);
	arch_spin_unlock(l);
}

/* ---- raw ---- */

static __lock_inline void raw_spin_lock(raw_spinlock_t *l)
{
	__spin_lock(&l->lock, &l->dep, __waiting("raw_spin_lock()", LOCK_WRITE));
}
/* The only form that NMIs may use. */
static __lock_inline bool raw_spin_trylock(raw_spinlock_t *l) { return __spin_trylock(&l->lock, &l->dep); }
static __lock_inline void raw_spin_unlock(raw_spinlock_t *l)
{
	__spin_unlock(&l->lock, &l->dep);
	preempt_enable();
}
static __lock_inline ulong raw_spin_lock_irqsave(raw_spinlock_t *l)
{
	ulong flags = local_irq_save();

	raw_spin_lock(l);
	return flags;
}
static __lock_inline void raw_spin_unlock_irqrestore(raw_spinlock_t *l, ulong flags)
{
	__spin_unlock(&l->lock, &l->dep);
	local_irq_restore(flags);
	preempt_enable();
}

/* ---- the usual ---- */

/* The inner one of two of a class says so with a subclass, 1 to 7. */
static __lock_inline void spin_lock_nested(spinlock_t *l, u32 subclass)
{
	__spin_lock(&l->lock, &l->dep, __waiting("spin_lock()", subclass));
}
static __lock_inline void spin_lock(spinlock_t *l) { spin_lock_nested(l, 0); }
static __lock_inline bool spin_trylock(spinlock_t *l) { return __spin_trylock(&l->lock, &l->dep); }
static __lock_inline void spin_unlock(spinlock_t *l)
{
	__spin_unlock(&l->lock, &l->dep);
	preempt_enable();
}
/* `what` is what an NMI must not do. */
static __lock_inline ulong spin_lock_irqsave_for(spinlock_t *l, const char *what)
{
	ulong flags = local_irq_save();

	__spin_lock(&l->lock, &l->dep, __waiting(what, LOCK_WRITE));
	return flags;
}
static __lock_inline ulong spin_lock_irqsave(spinlock_t *l) { return spin_lock_irqsave_for(l, "spin_lock()"); }
static __lock_inline void spin_unlock_irqrestore(spinlock_t *l, ulong flags)
{
	__spin_unlock(&l->lock, &l->dep);
	local_irq_restore(flags);
	preempt_enable();
}

#endif
