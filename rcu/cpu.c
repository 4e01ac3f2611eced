// SPDX-License-Identifier: MIT
/*
 * What a CPU does for grace periods. For a normal one: hears of it at a tick, passes a quiescent state (another task, or
 * a tick that finds it outside readers), and says so at a tick, from the softirq. For an expedited one: answers the IPI,
 * or at the next switch of tasks. A CPU that is idle or in tracked user mode does nothing: its counter says so.
 */
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/rcutree.h>
#include <lintel/smp.h>
#include <lintel/time.h>
#include "tree.h"

DEFINE_PER_CPU(struct rcu_data, rcu_data);

#define PATIENT_TICKS	5	/* then the task that does not let go of the CPU has to */
#define PATIENT_SCANS	3	/* then a CPU that does not answer gets an IPI */

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
	rcu_stall_check(&rcu_state.gp[RCU_EXPEDITED]);
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

static u32 count_cpus(u64 mask)
{
	u32 n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

/* IPI. A reader answers when it has let go of the CPU; idle that is watched, when it has been somewhere else. */
static void exp_handler(void *unused)
{
	struct rcu_data *rdp = this_cpu_ptr(&rcu_data);

	(void)unused;
	rdp->cpu_no_qs.b.exp = true;
	if (interrupted_no_reader())
		rcu_qs(rdp);
	else
		resched_curr();
}

/* Those that have heard nothing for some ticks have none: they get one (row 30), with the next interrupt at the latest. */
static void ask_urgently(struct rcu_gp *gp, u64 late)
{
	u32 cpu;

	for_each_cpu(cpu, late) {
		WRITE_ONCE(per_cpu_ptr(&context_tracking, cpu)->urgent_qs, true);
		gp->ipis++;
		smp_send_reschedule(cpu);
	}
}

void rcu_late(struct rcu_gp *gp, u64 late)
{
	if (gp->kind == RCU_NORMAL) {
		if (gp->scans >= PATIENT_SCANS)
			ask_urgently(gp, late);
		return;
	}
	if (gp->scans > 1)
		return;
	gp->ipis += count_cpus(late);
	smp_call_function_many(late, exp_handler, NULL);
}

/* ---- on- and offline ---- */

void rcu_cpu_prepare(u32 cpu)
{
	struct rcu_data *rdp = per_cpu_ptr(&rcu_data, cpu);

	rcu_tree_add_cpu(rdp, cpu, &per_cpu_ptr(&context_tracking, cpu)->state);
	rcu_callbacks_init(rdp);
}

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

/* The tree has one CPU until it is known how many there are. */
void rcu_init(void)
{
	rcu_tree_init(1, CONFIG_RCU_FANOUT);
	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++) {
		init_waitqueue(&rcu_state.gp[kind].wq);
		init_waitqueue(&rcu_state.gp[kind].done);
	}
	rcu_cpu_prepare(0);
	rcutree_report_cpu_starting(0);
	open_softirq(RCU_SOFTIRQ, rcu_core);
}

void rcu_start(u32 nr)
{
	ulong flags = local_irq_save();

	rcu_tree_init(nr, CONFIG_RCU_FANOUT);
	rcu_tree_add_cpu(this_cpu_ptr(&rcu_data), 0, &this_cpu_ptr(&context_tracking)->state);
	rcutree_report_cpu_starting(0);
	local_irq_restore(flags);
	rcu_spawn_gp_kthreads();
}
