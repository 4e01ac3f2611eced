// SPDX-License-Identifier: MIT
/*
 * Functions that wait for a grace period: on each CPU a queue, each with the number of the grace period whose end it
 * waits for. The numbers do not fall from the oldest to the youngest, so only the oldest has to be looked at.
 */
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mutex.h>
#include <lintel/rcutree.h>
#include <lintel/time.h>
#include "tree.h"

#define BATCH	64		/* in one softirq */

#define normal	(&rcu_state.gp[RCU_NORMAL])

void rcu_callbacks_init(struct rcu_data *rdp)
{
	raw_spin_lock_init(&rdp->cblock);
	rdp->cbtail = &rdp->cbs;
}

/* cblock. */
static void enqueue(struct rcu_data *rdp, struct rcu_head *head)
{
	head->next = NULL;
	*rdp->cbtail = head;
	rdp->cbtail = &head->next;
	rdp->cblast = head->gp_seq;
	WRITE_ONCE(rdp->cblen, rdp->cblen + 1);
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	struct rcu_data *rdp;
	ulong flags;
	bool ask;

	not_in_nmi("call_rcu()");
	head->func = func;
	flags = local_irq_save();
	rdp = this_cpu_ptr(&rcu_data);
	raw_spin_lock(&rdp->cblock);
	head->gp_seq = rcu_gp_snap(normal);
	enqueue(rdp, head);
	ask = !rcu_seq_reached(READ_ONCE(normal->needed), head->gp_seq);
	raw_spin_unlock(&rdp->cblock);
	/* Idle has to come by its tick again, which it may have stopped; and so may have others. */
	if (is_idle_task(current))
		resched_curr();
	tick_nohz_full_update();
	local_irq_restore(flags);
	/* Not here: the caller may hold what waking a task wants. */
	if (ask)
		raise_softirq(RCU_SOFTIRQ);
}

/* The oldest, if its time has come. */
static struct rcu_head *dequeue(struct rcu_data *rdp)
{
	ulong flags = raw_spin_lock_irqsave(&rdp->cblock);
	struct rcu_head *head = rdp->cbs;

	if (head && !rcu_gp_over(normal, head->gp_seq))
		head = NULL;
	if (head) {
		rdp->cbs = head->next;
		if (!rdp->cbs)
			rdp->cbtail = &rdp->cbs;
	}
	raw_spin_unlock_irqrestore(&rdp->cblock, flags);
	return head;
}

/* One that was dequeued has run, and may be free memory. */
static void has_run(struct rcu_data *rdp)
{
	ulong flags = raw_spin_lock_irqsave(&rdp->cblock);

	WRITE_ONCE(rdp->cblen, rdp->cblen - 1);
	raw_spin_unlock_irqrestore(&rdp->cblock, flags);
}

bool rcu_cbs_ready(struct rcu_data *rdp)
{
	const struct rcu_head *oldest = READ_ONCE(rdp->cbs);

	return oldest && (rcu_gp_over(normal, oldest->gp_seq) ||
			  !rcu_seq_reached(READ_ONCE(normal->needed), READ_ONCE(rdp->cblast)));
}

void rcu_do_batch(struct rcu_data *rdp)
{
	struct rcu_head *head;

	if (!READ_ONCE(rdp->cblen))
		return;
	rcu_gp_request(normal, READ_ONCE(rdp->cblast));
	for (u32 i = 0; i < BATCH; i++) {
		head = dequeue(rdp);
		if (!head)
			return;
		head->func(head);
		has_run(rdp);
	}
	raise_softirq(RCU_SOFTIRQ);
}

/* ---- waiting for all of them ---- */

static struct mutex barrier_mutex = MUTEX_INIT(barrier_mutex);		/* one at a time */
static raw_spinlock_t moving = RAW_SPINLOCK_INIT(moving);		/* no callback is between two queues */
static struct wait_queue barrier_done = WAIT_QUEUE_INIT(barrier_done);
static u32 barrier_left;

static void barrier_callback(struct rcu_head *head)
{
	(void)head;
	if (!__atomic_sub_fetch(&barrier_left, 1, __ATOMIC_ACQ_REL))
		wake_up(&barrier_done);
}

/* Behind the youngest, and with it; where there is none, there is nothing to wait for. */
static void barrier_entrain(struct rcu_data *rdp)
{
	ulong flags = raw_spin_lock_irqsave(&rdp->cblock);

	if (rdp->cblen) {
		__atomic_fetch_add(&barrier_left, 1, __ATOMIC_RELAXED);
		rdp->barrier.func = barrier_callback;
		rdp->barrier.gp_seq = rdp->cblast;
		enqueue(rdp, &rdp->barrier);
	}
	raw_spin_unlock_irqrestore(&rdp->cblock, flags);
}

void rcu_barrier(void)
{
	ulong flags;

	mutex_lock(&barrier_mutex);
	barrier_left = 1;
	flags = raw_spin_lock_irqsave(&moving);
	for (u32 cpu = 0; cpu < rcu_state.cpus; cpu++)
		if (rcu_state.data[cpu])
			barrier_entrain(rcu_state.data[cpu]);
	raw_spin_unlock_irqrestore(&moving, flags);
	barrier_callback(NULL);
	wait_event(&barrier_done, !__atomic_load_n(&barrier_left, __ATOMIC_ACQUIRE));
	mutex_unlock(&barrier_mutex);
}

/* ---- from a CPU that is off ---- */

static struct rcu_head *take_all(struct rcu_data *from, struct rcu_head ***tail, ulong *len)
{
	ulong flags = raw_spin_lock_irqsave(&from->cblock);
	struct rcu_head *first = from->cbs;

	*tail = from->cbtail;
	*len = from->cblen;
	from->cbs = NULL;
	from->cbtail = &from->cbs;
	from->cblen = 0;
	raw_spin_unlock_irqrestore(&from->cblock, flags);
	return first;
}

/* Behind ours: some of them may wait longer than they must. */
void rcutree_migrate_callbacks(u32 cpu)
{
	struct rcu_data *from = rcu_state.data[cpu], *to;
	struct rcu_head *first, **tail;
	ulong len, flags = raw_spin_lock_irqsave(&moving);

	first = take_all(from, &tail, &len);
	if (first) {
		to = this_cpu_ptr(&rcu_data);
		raw_spin_lock(&to->cblock);
		*to->cbtail = first;
		to->cbtail = tail;
		to->cblast = rcu_seq_reached(to->cblast, from->cblast) ? to->cblast : from->cblast;
		to->cblen += len;
		raw_spin_unlock(&to->cblock);
		tick_nohz_full_update();
		raise_softirq(RCU_SOFTIRQ);
	}
	raw_spin_unlock_irqrestore(&moving, flags);
}
