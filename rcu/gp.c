// SPDX-License-Identifier: MIT
/*
 * Grace periods from beginning to end: a thread for each kind. It starts one when somebody needs it, looks at the CPUs'
 * counters, sleeps until the rest have answered (with a look from time to time), and wakes who waited. So whoever
 * needs one pays for asking and for sleeping, however many CPUs there are.
 */
#include <lintel/bug.h>
#include <lintel/rcutree.h>
#include <asm/barrier.h>
#include "tree.h"

/* Between two looks. CPUs answer a normal one at their ticks. */
static const u32 scan_ticks[NR_RCU_KINDS] = { [RCU_NORMAL] = 3, [RCU_EXPEDITED] = 1 };

/* ---- asking ---- */

ulong rcu_gp_snap(struct rcu_gp *gp)
{
	/* What the caller took away is away before the number is read: with an old one it counts on a
	 * grace period whose beginning, behind a barrier too, comes later. */
	smp_mb();
	return rcu_seq_snap(READ_ONCE(gp->gp_seq));
}

void rcu_gp_wake(struct rcu_gp *gp)
{
	wake_up(&gp->wq);
}

void rcu_gp_request(struct rcu_gp *gp, ulong s)
{
	ulong needed = READ_ONCE(gp->needed);

	while (!rcu_seq_reached(needed, s)) {
		/* (first: a tick may come in between) */
		if (!rcu_gp_wanted(gp))
			rcu_stall_begin(gp);
		if (__atomic_compare_exchange_n(&gp->needed, &needed, s, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
			rcu_gp_wake(gp);
			return;
		}
	}
}

/* ---- the threads ---- */

/* The thread is no reader, so neither is its CPU. */
static bool scan(struct rcu_gp *gp)
{
	bool answered;
	u64 late;

	preempt_disable();
	answered = rcu_gp_scan(gp, this_cpu_ptr(&rcu_data), &late);
	preempt_enable();
	if (!answered)
		rcu_late(gp, late);
	return answered;
}

static void until_answered(struct rcu_gp *gp)
{
	u64 pause = (u64)scan_ticks[gp->kind] * (counter_freq / HZ);

	while (!scan(gp)) {
		if (wait_event_until(&gp->wq, rcu_gp_answered(gp), arch_counter() + pause))
			break;
		rcu_stall_check(gp);
	}
}

static int gp_kthread(void *arg)
{
	struct rcu_gp *gp = arg;

	for (;;) {
		wait_event(&gp->wq, rcu_gp_wanted(gp));
		rcu_stall_begin(gp);
		rcu_gp_start(gp);
		until_answered(gp);
		rcu_stall_begin(gp);
		rcu_gp_end(gp);
		wake_up(&gp->done);
	}
	return 0;
}

void rcu_spawn_gp_kthreads(void)
{
	static const char *const names[NR_RCU_KINDS] = { "rcu_gp", "rcu_exp" };

	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++) {
		struct rcu_gp *gp = &rcu_state.gp[kind];

		gp->kthread = kthread_create(gp_kthread, gp, names[kind]);
		if (!gp->kthread)
			panic("no memory for %s", names[kind]);
	}
}

/* ---- waiting ---- */

/* Without the threads there is one task on one CPU, and it is no reader. */
static void wait_for_one(struct rcu_gp *gp)
{
	ulong s;

	might_sleep();
	rcu_lock_sync(&rcu_lock_map);
	if (!gp->kthread)
		return;
	s = rcu_gp_snap(gp);
	rcu_gp_request(gp, s);
	wait_event(&gp->done, rcu_gp_over(gp, s));
	smp_mb();
}

void synchronize_rcu(void)
{
	wait_for_one(&rcu_state.gp[RCU_NORMAL]);
}

void synchronize_rcu_expedited(void)
{
	wait_for_one(&rcu_state.gp[RCU_EXPEDITED]);
}

struct rcu_counts rcu_counts(void)
{
	const struct rcu_gp *n = &rcu_state.gp[RCU_NORMAL], *e = &rcu_state.gp[RCU_EXPEDITED];

	return (struct rcu_counts){
		.normal = READ_ONCE(n->gp_seq) / 2, .expedited = READ_ONCE(e->gp_seq) / 2,
		.ipis = READ_ONCE(n->ipis) + READ_ONCE(e->ipis), .stalls = rcu_stalls(),
	};
}
