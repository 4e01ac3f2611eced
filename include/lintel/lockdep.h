/* SPDX-License-Identifier: MIT */
/*
 * Lockdep, two parts. The first (kernel/lockdep/hardirq.c) keeps the state of hardirqs: what the kernel
 * *believes* about the interrupt mask, to be held against what the mask is.
 *
 * Going on takes two steps, because the second must run where nothing may be instrumented:
 *	lockdep_hardirqs_on_prepare()	Lp: RCU watches; checks, remembers that it did
 *	lockdep_hardirqs_on()		L+: may run un-watched; only flips the bit
 * Going off is one step, L-, and is the first thing that an entry does.
 *
 * All of it is noinstr and may run in NMIs. Interrupts off in and out, except where stated.
 *
 * The second part follows the locks, below. Without CONFIG_LOCKDEP everything here is empty.
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
static __always_inline bool lockdep_hardirqs_enabled(void) { return false; }
static __always_inline bool lockdep_prepared(void) { return false; }
static __always_inline u32 lockdep_hardirq_context(void) { return 0; }
static __always_inline void lockdep_assert_irqs_disabled(void) { }
static __always_inline void lockdep_assert_irqs_enabled(void) { }
#endif

#define CALLER_ADDR	((ulong)__builtin_return_address(0))

/*
 * The locks. A lock has a struct lockdep_map in it, and tells when it is taken and let go. Locks of one class
 * (the same static lock, or initialised at the same place) are one to lockdep: what it learns of one mm's lock
 * holds for all. From every lock taken it learns
 *	- which classes were held: an edge of the graph from each (kernel/lockdep/graph.h)
 *	- in which kind of interrupt it was waited for, and which kinds could come while it was held
 * and reports, before it happens,
 *	- a task that waits for what it holds itself
 *	- classes that can wait for one another in a circle, interrupts included
 *	- a lock for which one must wait longer than the context allows
 * and besides letting go of what is not held, and returning to user mode with what is. After the first report
 * it only counts: what the tables say is no longer true.
 *
 * Any context, from the first instruction of C on; memory is static. When a table is full it says which, and
 * stops.
 */

/* How long one may wait. A lock may be taken while only locks of its own level or longer are held. */
enum lock_wait {
	LOCK_WAIT_ANY,		/* not checked */
	LOCK_WAIT_FREE,		/* does not wait: rcu_read_lock() */
	LOCK_WAIT_SPIN,		/* raw spinlocks */
	LOCK_WAIT_CONFIG,	/* spinlocks and rwlocks: spinning here, sleeping on a real-time kernel */
	LOCK_WAIT_SLEEP,	/* mutexes */
};

/* How a lock is taken: a subclass (0 to 7) for the inner one of two of a class, and some of these. */
#define LOCK_WRITE		0U
#define LOCK_READ		8U	/* waits behind a writer that waits */
#define LOCK_READ_RECURSIVE	16U	/* does not */
#define LOCK_TRY		32U	/* did not wait; it is held already */
#define LOCK_SYNC		64U	/* waits until nobody holds it, and does not hold it: synchronize_rcu() */
#define LOCK_SUBCLASS		7U

#define MAX_HELD_LOCKS		24

struct lock_class_key { char unused; };
struct lockdep_map;

#ifdef CONFIG_LOCKDEP
struct lockdep_map {
	const void	*key;		/* of the class; NULL: this static lock is one by itself */
	const char	*name;
	u8		outer, inner;	/* enum lock_wait: to take it, and to be taken while it is held */
	u16		class;		/* a guess */
};
#define LOCKDEP_MAP(n, wait)		.dep = { .name = (n), .outer = (wait), .inner = (wait) },

struct held_lock {
	struct lockdep_map *map;
	ulong	ip;			/* where it was taken */
	u32	interrupt;		/* in which context: those bits of preempt_count */
	u16	class;
	u16	how;
};

/* The function that takes a lock is the place where it is taken. */
#define __lock_inline	__always_inline

/* Around each lock: acquire before waiting, or after a try; release before letting go. Interrupts in either state. */
void lock_acquire(struct lockdep_map *map, u32 how);
void lock_release(struct lockdep_map *map);
void lockdep_init_map(struct lockdep_map *map, const char *name, const void *key, enum lock_wait outer,
		      enum lock_wait inner);
/* Does the current task hold it? */
bool lock_is_held(const struct lockdep_map *map);
/* The current task's locks, a line each; false while a self-test wants to hear nothing. */
bool lockdep_show_held(void);
#else
struct lockdep_map { };
#define LOCKDEP_MAP(n, wait)
#define __lock_inline	inline
static __always_inline void lock_acquire(struct lockdep_map *map, u32 how) { (void)map; (void)how; }
static __always_inline void lock_release(struct lockdep_map *map) { (void)map; }
static __always_inline void lockdep_init_map(struct lockdep_map *map, const char *name, const void *key,
					     enum lock_wait outer, enum lock_wait inner)
{
	(void)map; (void)name; (void)key; (void)outer; (void)inner;
}
#endif

/* Read sections of RCU are no lock, but wait like one: synchronize_rcu() in one never ends. */
extern struct lockdep_map rcu_lock_map;
#ifdef CONFIG_LOCKDEP
static __always_inline void rcu_lock_acquire(struct lockdep_map *map) { lock_acquire(map, LOCK_READ_RECURSIVE); }
static __always_inline void rcu_lock_release(struct lockdep_map *map) { lock_release(map); }
static __always_inline void rcu_lock_sync(struct lockdep_map *map) { lock_acquire(map, LOCK_SYNC); }
#else
#define rcu_lock_acquire(map)	do { } while (0)
#define rcu_lock_release(map)	do { } while (0)
#define rcu_lock_sync(map)	do { } while (0)
#endif

/* The boot argument lockdep=grid: the self-test of all this; lockdep=row: one of its rows, with its report;
 * lockdep=example: the report that docs/lockdep.md explains. Ends the machine. kernel/selftest.c, tests/kernel/lockdep.c. */
void lockdep_selftest(const char *which) __noreturn;

#endif
