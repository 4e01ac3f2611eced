/* SPDX-License-Identifier: MIT */
/*
 * Many readers or one writer, spinning. A writer that waits keeps new readers out, or it might wait for ever; so
 * a task must not read-lock twice. An interrupt may: it passes the waiting writer, because the reader that it
 * interrupted may be whom that waits for. Preemption is off while one is held.
 */
#ifndef LINTEL_RWLOCK_H
#define LINTEL_RWLOCK_H

#include <lintel/spinlock.h>

#define RW_WRITER	0x80000000U
#define RW_WAITING	0x40000000U	/* a writer is; the rest counts readers */

typedef struct { u32 word; struct lockdep_map dep; } rwlock_t;

#define RWLOCK_INIT(name)	{ LOCKDEP_MAP(#name, LOCK_WAIT_CONFIG) }
#define rwlock_init(l)									\
	do {										\
		static struct lock_class_key __key;					\
											\
		(l)->word = 0;								\
		lockdep_init_map(&(l)->dep, #l, &__key, LOCK_WAIT_CONFIG, LOCK_WAIT_CONFIG);	\
	} while (0)

static __always_inline bool __rw_try(rwlock_t *l, u32 old, u32 new)
{
	return __atomic_compare_exchange_n(&l->word, &old, new, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}
static __always_inline bool __read_try(rwlock_t *l)
{
	u32 old = __atomic_load_n(&l->word, __ATOMIC_RELAXED);

	return !(old & (in_interrupt() ? RW_WRITER : RW_WRITER | RW_WAITING)) && __rw_try(l, old, old + 1);
}
/* Of several that wait the next marks itself again. */
static __always_inline bool __write_try(rwlock_t *l)
{
	u32 old = __atomic_load_n(&l->word, __ATOMIC_RELAXED);

	return !(old & ~RW_WAITING) && __rw_try(l, old, RW_WRITER);
}
static __always_inline u32 __read_how(void) { return in_interrupt() ? LOCK_READ_RECURSIVE : LOCK_READ; }

static __lock_inline void read_lock(rwlock_t *l)
{
	instrumentation_needed();
	preempt_disable();
	lock_acquire(&l->dep, __waiting("read_lock()", __read_how()));
	while (!__read_try(l))
		cpu_relax();
}
static __lock_inline void write_lock(rwlock_t *l)
{
	instrumentation_needed();
	preempt_disable();
	lock_acquire(&l->dep, __waiting("write_lock()", LOCK_WRITE));
	while (!__write_try(l)) {
		__atomic_fetch_or(&l->word, RW_WAITING, __ATOMIC_RELAXED);
		cpu_relax();
	}
}
static __lock_inline bool read_trylock(rwlock_t *l)
{
	instrumentation_needed();
	preempt_disable();
	if (__read_try(l)) {
		lock_acquire(&l->dep, __read_how() | LOCK_TRY);
		return true;
	}
	preempt_enable();
	return false;
}
static __lock_inline bool write_trylock(rwlock_t *l)
{
	instrumentation_needed();
	preempt_disable();
	if (__write_try(l)) {
		lock_acquire(&l->dep, LOCK_WRITE | LOCK_TRY);
		return true;
	}
	preempt_enable();
	return false;
}
static __lock_inline void read_unlock(rwlock_t *l)
{
	lock_release(&l->dep);
	__atomic_fetch_sub(&l->word, 1, __ATOMIC_RELEASE);
	preempt_enable();
}
static __lock_inline void write_unlock(rwlock_t *l)
{
	lock_release(&l->dep);
	__atomic_fetch_and(&l->word, ~RW_WRITER, __ATOMIC_RELEASE);
	preempt_enable();
}

#endif
