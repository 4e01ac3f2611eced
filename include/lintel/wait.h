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

struct waiter { struct list_head list; struct task_struct *task; };

static inline void wait_begin(struct wait_queue *q, struct waiter *w)
{
	ulong flags;

	not_in_nmi("sleeping");
	flags = local_irq_save();
	w->task = current;
	list_add_tail(&w->list, &q->waiters);
	local_irq_restore(flags);
}
static inline void wait_end(struct waiter *w)
{
	ulong flags = local_irq_save();

	list_del_init(&w->list);
	local_irq_restore(flags);
	set_current_state(TASK_RUNNING);
}

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
		wait_end(&__waiter);					\
		__err;							\
	})

/* Wakes every waiter; any context but NMI. kernel/sched.c. */
void wake_up(struct wait_queue *q);

#endif
