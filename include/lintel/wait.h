/* SPDX-License-Identifier: MIT */
/*
 * Sleeping until something is true. The condition is tested after the task is marked as
 * sleeping, so a wake-up between the test and schedule() is not lost: it marks the task runnable
 * again, and schedule() comes straight back.
 */
#ifndef LINTEL_WAIT_H
#define LINTEL_WAIT_H

#include <lintel/list.h>
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/sched.h>
#include <lintel/time.h>
#include <asm/timex.h>

struct waiter { struct list_head list; struct task_struct *task; };

#define WAIT_QUEUE_INIT(name)	{ SPINLOCK_INIT((name).lock), LIST_HEAD_INIT((name).waiters) }
#define init_waitqueue(q)						\
	do {								\
		spin_lock_init(&(q)->lock);				\
		INIT_LIST_HEAD(&(q)->waiters);				\
	} while (0)

/* kernel/sched.c. Whoever has waited is awake again after wait_end(). */
void wait_begin(struct wait_queue *q, struct waiter *w);
void wait_end(struct wait_queue *q, struct waiter *w);

/* Task context, interrupts on. 0 when `cond` holds, -EINTR when the task must die first. */
#define wait_event_killable(q, cond)					\
	({								\
		struct waiter __waiter;					\
		int __err = 0;						\
									\
		wait_begin((q), &__waiter);				\
		for (;;) {						\
			set_current_state(TASK_SLEEPING);		\
			if (cond)					\
				break;					\
			if (test_thread_flag(TIF_SIGPENDING)) {		\
				__err = -EINTR;				\
				break;					\
			}						\
			schedule();					\
		}							\
		wait_end((q), &__waiter);					\
		__err;							\
	})

/* Whatever happens to the task; for kernel threads, and where nobody waits long. */
#define wait_event(q, cond)	__wait_event(q, cond, schedule())
/* ... but no longer than until `when`, a counter value. Whether `cond` holds. */
#define wait_event_until(q, cond, when)					\
	({								\
		u64 __when = (when);					\
									\
		__wait_event(q, (cond) || arch_counter() >= __when, schedule_until(__when));	\
		(cond);							\
	})
#define __wait_event(q, cond, sleep)					\
	do {								\
		struct waiter __waiter;					\
									\
		wait_begin((q), &__waiter);				\
		for (;;) {						\
			set_current_state(TASK_SLEEPING);		\
			if (cond)					\
				break;					\
			sleep;						\
		}							\
		wait_end((q), &__waiter);				\
	} while (0)

/* Wakes every waiter; any context but NMI. kernel/sched.c. */
void wake_up(struct wait_queue *q);

#endif
