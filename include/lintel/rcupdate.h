/* SPDX-License-Identifier: MIT */
/*
 * RCU, for those who read and those who change. What was reachable for a reader stays as it is until the reader has
 * left; who takes something away waits that long (docs/rcu.md).
 *
 * A reader runs from rcu_read_lock() to rcu_read_unlock(), in any context where RCU watches, NMIs included. It nests,
 * and does not sleep: preemption is off. Code with interrupts or softirqs or preemption off is a reader as well.
 */
#ifndef LINTEL_RCUPDATE_H
#define LINTEL_RCUPDATE_H

#include <lintel/context_tracking.h>
#include <lintel/instrumentation.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>

struct rcu_head { struct rcu_head *next; void (*func)(struct rcu_head *head); ulong gp_seq; };

/* Any context but NMI: func(head) runs in a softirq of some CPU, when all who read now have left. On one CPU in the
 * order of the calls. */
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
/* Tasks that may sleep; no reader. Return when all who were reading have left; all CPUs have a full barrier in
 * between. The expedited one interrupts CPUs that are neither idle nor in tracked user mode, and is soon over. */
void synchronize_rcu(void);
void synchronize_rcu_expedited(void);
/* Returns when every function that call_rcu() was called with until now has run. Tasks that may sleep. */
void rcu_barrier(void);

/* ---- readers, checked ---- */

#ifdef CONFIG_LOCKDEP
/* False once lockdep has stopped, and where it does not follow. */
bool debug_lockdep_rcu_enabled(void);
/* True if there is nothing to complain about: also when nothing is checked. */
bool rcu_read_lock_held(void);
bool rcu_read_lock_any_held(void);	/* ... or preemption or interrupts are off */
void lockdep_rcu_suspicious(const char *file, int line, const char *why);

#define RCU_LOCKDEP_WARN(cond, why)						\
	do {									\
		static bool __said;						\
										\
		if (unlikely(!__said && (cond)) && debug_lockdep_rcu_enabled()) {	\
			__said = true;						\
			lockdep_rcu_suspicious(__FILE__, __LINE__, why);	\
		}								\
	} while (0)
#else
static __always_inline bool rcu_read_lock_held(void) { return true; }
static __always_inline bool rcu_read_lock_any_held(void) { return true; }
#define RCU_LOCKDEP_WARN(cond, why)	do { } while (0 && (cond))
#endif

static __lock_inline void rcu_read_lock(void)
{
	instrumentation_needed();
	preempt_disable();
	rcu_lock_acquire(&rcu_lock_map);
	RCU_LOCKDEP_WARN(!rcu_is_watching(), "rcu_read_lock() used illegally while idle");
}
static __lock_inline void rcu_read_unlock(void)
{
	RCU_LOCKDEP_WARN(!rcu_is_watching(), "rcu_read_unlock() used illegally while idle");
	rcu_lock_release(&rcu_lock_map);
	preempt_enable();
}

/* ---- pointers that they follow ---- */

/* Readers. _check: or where `c` holds, a lock of whoever changes it for example. An address that depends on the
 * pointer is loaded behind it on every Arm. */
#define rcu_dereference_check(p, c)							\
	({										\
		__typeof__(p) __p = READ_ONCE(p);					\
		RCU_LOCKDEP_WARN(!(c) && !rcu_read_lock_held(), "suspicious rcu_dereference_check() usage");	\
		__p;									\
	})
#define rcu_dereference(p)		rcu_dereference_check(p, false)
/* Those who change it, and hold off others: no reader. */
#define rcu_dereference_protected(p, c)							\
	({										\
		RCU_LOCKDEP_WARN(!(c), "suspicious rcu_dereference_protected() usage");	\
		(p);									\
	})
#define rcu_access_pointer(p)		READ_ONCE(p)	/* only the value, not what is there */
/* What was stored before is there for whoever follows p. */
#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)	/* nobody follows it yet, or v is NULL */

#endif
