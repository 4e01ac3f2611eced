// SPDX-License-Identifier: MIT
/*
 * What a CPU does for grace periods. For a normal one: hears of it at a tick, passes a quiescent state (another task, or
 * a tick that finds it outside readers), and says so at a tick, from the softirq. For an expedited one: answers the IPI,
 * or at the next switch of tasks. A CPU that is idle or in tracked user mode does nothing: its counter says so.
 */
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/rcutree.h>
#include <lintel/time.h>
#include "tree.h"

DEFINE_PER_CPU(struct rcu_data, rcu_data);

#define PATIENT_TICKS	5	/* then the task that does not let go of the CPU has to */

/* ---- quiescent states ---- */

/* Interrupts off; this CPU reads nothing. */
static void rcu_qs(struct rcu_data *rdp)
{
	rdp->cpu_no_qs.b.norm = false;
	if (rdp->cpu_no_qs.b.exp && rcu_report_exp_qs(rdp))
		rcu_gp_wake(&rcu_state.gp[RCU_EXPEDITED]);
}

void rcu_note_context_switch(void)
{
	struct rcu_data *rdp = this_cpu_ptr(&rcu_data);

	if (unlikely(rdp->cpu_no_qs.s))
		rcu_qs(rdp);
}

/*
 * First level of interrupts, and RCU was not watching below it. An interrupt of an interrupt of idle counts one more
 * (row 7): what it interrupted may read.
 */
static bool is_cpu_rrupt_from_idle(void)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	return ct->nesting == 0 && ct->nmi_nesting == 1;
}

/* Hardirq. Whoever can be preempted is no reader, user mode included. */
static bool interrupted_no_reader(void)
{
	return preempt_count() == HARDIRQ_OFFSET || is_cpu_rrupt_from_idle();
}

/* ---- the tick ---- */

static bool rcu_pending(struct rcu_data *rdp)
{
	return (rdp->core_needs_qs && !rdp->cpu_no_qs.b.norm) || rcu_cbs_ready(rdp) ||
	       READ_ONCE(rdp->mynode->gp[RCU_NORMAL].gp_seq) != rdp->gp_seq;
}

/* Row 30: what rcu_irq_enter_check_tick() turned on was for a grace period that has its answer. */
static void release_tick(void)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	if (!ct->forced_tick || ct->urgent_qs)
		return;
	WRITE_ONCE(ct->forced_tick, false);
	tick_nohz_unforce();
}

void rcu_sched_clock_irq(void)
{
	struct rcu_data *rdp = this_cpu_ptr(&rcu_data);

	if (rdp->cpu_no_qs.s && interrupted_no_reader())
		rcu_qs(rdp);
	if (rdp->cpu_no_qs.b.norm && ++rdp->ticks >= PATIENT_TICKS) {
		rdp->ticks = 0;
		resched_curr();
	}
	if (rcu_pending(rdp))
		raise_softirq(RCU_SOFTIRQ);
	release_tick();
	rcu_stall_check(&rcu_state.gp[RCU_NORMAL]);
}

bool rcu_needs_cpu(void)
{
	return READ_ONCE(this_cpu_ptr(&rcu_data)->cblen);
}

/* ---- the softirq ---- */

static void rcu_core(void)
{
	struct rcu_data *rdp = this_cpu_ptr(&rcu_data);
	ulong flags = local_irq_save();
	bool last;

	rcu_note_gp_changes(rdp);
	last = rcu_report_qs(rdp);
	if (!rdp->core_needs_qs)
		WRITE_ONCE(this_cpu_ptr(&context_tracking)->urgent_qs, false);
	local_irq_restore(flags);
	if (last)
		rcu_gp_wake(&rcu_state.gp[RCU_NORMAL]);
	rcu_do_batch(rdp);
}

/* ---- asked by others ---- */

/* One CPU runs in this version, and it is the one that asks: it is never late. */
void rcu_late(struct rcu_gp *gp, u64 late)
{
	(void)gp;
	(void)late;
}

/* ---- on- and offline ---- */

void rcutree_report_cpu_starting(u32 cpu)
{
	rcu_tree_cpu_starting(rcu_state.data[cpu]);
}

void rcutree_report_cpu_dead(u32 cpu)
{
	u32 last = rcu_tree_cpu_dead(rcu_state.data[cpu]);

	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++)
		if (last & BIT(kind))
			rcu_gp_wake(&rcu_state.gp[kind]);
}

void rcu_init(void)
{
	struct rcu_data *rdp = this_cpu_ptr(&rcu_data);

	rcu_tree_init(CONFIG_NR_CPUS, CONFIG_RCU_FANOUT);
	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++) {
		INIT_LIST_HEAD(&rcu_state.gp[kind].wq.waiters);
		INIT_LIST_HEAD(&rcu_state.gp[kind].done.waiters);
	}
	rcu_tree_add_cpu(rdp, 0, &this_cpu_ptr(&context_tracking)->state);
	rcu_callbacks_init(rdp);
	open_softirq(RCU_SOFTIRQ, rcu_core);
	rcutree_report_cpu_starting(0);
}
