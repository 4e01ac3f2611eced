/* SPDX-License-Identifier: MIT */
/* What the rest of the kernel tells RCU, and the tests ask it. */
#ifndef LINTEL_RCUTREE_H
#define LINTEL_RCUTREE_H

#include <lintel/percpu.h>

void rcu_init(void);			/* boot CPU, before its first tick */
/* There are so many CPUs; before another one starts. Until then nobody can wait for a grace period, nor must: one
 * CPU runs, and the caller is no reader. Task context. */
void rcu_start(u32 nr);

/* The tick, hardirq. 1. what it interrupted may be a quiescent state 2. raises RCU_SOFTIRQ if there is something to do
 * 3. lets go of a tick that was forced 4. looks for stalls. */
void rcu_sched_clock_irq(void);
/* Before the task changes, interrupts off, no lock of the scheduler held: this CPU reads nothing. */
void rcu_note_context_switch(void);
/* This CPU must keep its tick, idle or not: it has callbacks, or was asked. Interrupts off. */
bool rcu_needs_cpu(void);

/* CPUs on and off. prepare: once, by another CPU. starting: the CPU itself, before anything that reads. dead: when it reads no more (and does not
 * come back from there), from itself or on its behalf. Then some other CPU takes its callbacks over. */
void rcu_cpu_prepare(u32 cpu);
void rcutree_report_cpu_starting(u32 cpu);
void rcutree_report_cpu_dead(u32 cpu);
void rcutree_migrate_callbacks(u32 cpu);

/* ---- for tests ---- */

struct rcu_counts { ulong normal, expedited, ipis; u32 stalls; };
struct rcu_counts rcu_counts(void);	/* completed since boot */
void rcu_set_stall_timeout(u32 ms);
void rcu_forget_stalls(void);		/* those were meant */

#endif
