/* SPDX-License-Identifier: MIT */
/* A lock for which one sleeps: task context, interrupts on, preemption possible. */
#ifndef LINTEL_MUTEX_H
#define LINTEL_MUTEX_H

#include <lintel/lockdep.h>
#include <lintel/sched.h>
#include <lintel/wait.h>

struct mutex { u32 locked; struct wait_queue queue; struct lockdep_map dep; };

#define MUTEX_INIT(name)								\
	{ .queue = WAIT_QUEUE_INIT((name).queue), LOCKDEP_MAP(#name, LOCK_WAIT_SLEEP) }
#define mutex_init(m)									\
	do {										\
		static struct lock_class_key __mutex_key;				\
											\
		(m)->locked = 0;							\
		init_waitqueue(&(m)->queue);						\
		lockdep_init_map(&(m)->dep, #m, &__mutex_key, LOCK_WAIT_SLEEP, LOCK_WAIT_SLEEP);	\
	} while (0)

void __mutex_wait(struct mutex *m);		/* kernel/mutex.c */
void __mutex_wake(struct mutex *m);

static __always_inline bool __mutex_try(struct mutex *m)
{
	return !__atomic_exchange_n(&m->locked, 1, __ATOMIC_ACQUIRE);
}
static __lock_inline void mutex_lock_nested(struct mutex *m, u32 subclass)
{
	might_sleep();
	lock_acquire(&m->dep, subclass);
	if (!__mutex_try(m))
		__mutex_wait(m);
}
static __lock_inline void mutex_lock(struct mutex *m) { mutex_lock_nested(m, 0); }
static __lock_inline bool mutex_trylock(struct mutex *m)
{
	if (!__mutex_try(m))
		return false;
	lock_acquire(&m->dep, LOCK_TRY);
	return true;
}
static __lock_inline void mutex_unlock(struct mutex *m)
{
	lock_release(&m->dep);
	__mutex_wake(m);
}

#endif
