/* SPDX-License-Identifier: MIT */
/*
 * Between the parts of RCU (docs/rcu.md): the combining tree and what each CPU knows.
 *
 *	tree.c		the tree: who is waited for, who has answered. No per-CPU data, no tasks: it runs on the host
 *	gp.c		grace periods from beginning to end, and who waits for them
 *	cpu.c		what a CPU does for it: tick, context switch, softirq, IPI, going on- and offline
 *	callbacks.c	call_rcu(), rcu_barrier()
 *	stall.c		who holds a grace period up
 *	update.c	rules for readers, checked by lockdep
 *
 * There are two kinds of grace period over one tree. A normal one asks CPUs at their ticks, an expedited one by IPI.
 */
#ifndef RCU_TREE_H
#define RCU_TREE_H

#include <lintel/context_tracking.h>
#include <lintel/rcupdate.h>
#include <lintel/sched.h>
#include <lintel/spinlock.h>
#include <lintel/wait.h>

/* ---- numbers of grace periods: odd while one is in progress ---- */

static __always_inline bool rcu_seq_started(ulong s) { return s & 1; }
/* The number that says: a whole grace period, begun behind now, is over. */
static __always_inline ulong rcu_seq_snap(ulong s) { return (s + 3) & ~1UL; }
static __always_inline bool rcu_seq_reached(ulong s, ulong snap) { return (long)(s - snap) >= 0; }

/* ---- the tree ---- */

enum rcu_kind { RCU_NORMAL, RCU_EXPEDITED, NR_RCU_KINDS };

struct rcu_node {
	raw_spinlock_t	lock;
	struct {
		ulong	gp_seq;		/* the grace period that qsmask is about */
		u32	qsmask;		/* children that it waits for */
	} gp[NR_RCU_KINDS];
	u32		qsmaskinit;	/* children with a CPU that is online. ofl_lock, too */
	u32		grpmask;	/* this one in its parent's masks */
	u16		grplo, grphi;	/* its CPUs */
	u8		level;		/* 0: the root */
	struct rcu_node	*parent;	/* NULL: the root */
};

/* Written by its own CPU with interrupts off, but for `snap` and what has a lock. */
struct rcu_data {
	ulong		gp_seq;		/* the last normal grace period that this CPU has heard of */
	bool		core_needs_qs;	/* it waits for this CPU */
	/* This CPU was in no quiescent state since it heard of it. Both in one word for the context switch. */
	union { struct { bool norm, exp; } b; u16 s; } cpu_no_qs;
	u8		ticks;		/* since it heard of it */
	u32		cpu;
	u32		grpmask;	/* in mynode's masks */
	struct rcu_node	*mynode;
	const u32	*ct_state;	/* its counter */
	u32		snap[NR_RCU_KINDS];	/* the counter when the grace period began. mynode's lock */

	raw_spinlock_t	cblock;
	struct rcu_head	*cbs, **cbtail;	/* the oldest first */
	ulong		cblen;		/* with the one that runs */
	ulong		cblast;		/* the grace period that the youngest waits for */
	struct rcu_head	barrier;
};

struct rcu_gp {
	enum rcu_kind	kind;
	ulong		gp_seq;
	ulong		needed;		/* until gp_seq is this, one follows the other. Only grows */
	u32		scans;		/* of the counters, in this one */
	struct wait_queue wq;		/* its thread */
	struct wait_queue done;		/* tasks, until gp_seq is what they want */
	struct task_struct *kthread;
	ulong		started, stall_at;	/* jiffies */
	ulong		ipis;		/* since boot */
};

#define RCU_MAX_LEVELS	6U		/* 64 CPUs in twos */
#define RCU_MAX_FANOUT	32U

struct rcu_state {
	struct rcu_node	node[CONFIG_NR_CPUS + RCU_MAX_LEVELS];	/* level by level, the root first */
	struct rcu_node	*level[RCU_MAX_LEVELS + 1];	/* where each begins; behind the last, the end */
	u32		levels;
	struct rcu_data	*data[CONFIG_NR_CPUS];
	u32		cpus;
	raw_spinlock_t	ofl_lock;	/* the set of CPUs does not change while a grace period begins */
	struct rcu_gp	gp[NR_RCU_KINDS];
};
extern struct rcu_state rcu_state;

#define for_each_rcu_node(rnp)	\
	for ((rnp) = rcu_state.node; (rnp) < rcu_state.level[rcu_state.levels]; (rnp)++)
#define for_each_rcu_leaf(rnp)	\
	for ((rnp) = rcu_state.level[rcu_state.levels - 1]; (rnp) < rcu_state.level[rcu_state.levels]; (rnp)++)

/* Nodes for this many CPUs, none of them online; each with at most `fanout` (2 to 32) children. */
void rcu_tree_init(u32 cpus, u32 fanout);
void rcu_tree_add_cpu(struct rcu_data *rdp, u32 cpu, const u32 *ct_state);

/*
 * A grace period from one side. start: 1. its number is odd 2. full barrier 3. every node waits for what is online.
 * scan: a CPU that was quiescent, as its counter says, has answered, and so has `self`, where this runs, outside any
 * reader. The first scan notes the counters. Those that have not answered are in *late, a bit each; returns
 * whether there are none. end: 1. full barrier 2. number even. By the thread of the grace period only.
 */
void rcu_gp_start(struct rcu_gp *gp);
bool rcu_gp_scan(struct rcu_gp *gp, const struct rcu_data *self, u64 *late);
bool rcu_gp_answered(const struct rcu_gp *gp);
void rcu_gp_end(struct rcu_gp *gp);

/*
 * The other side, a CPU for itself, interrupts off. note: hears of a grace period; what it read until then does not
 * count as over. rcu_qs(): it reads nothing here. report: says so, if it did. The last two return whether this was
 * the answer that the grace period's thread waits for.
 */
void rcu_note_gp_changes(struct rcu_data *rdp);
bool rcu_report_qs(struct rcu_data *rdp);
bool rcu_report_exp_qs(struct rcu_data *rdp);

/* A CPU that is on its way up or down, from the CPU itself with interrupts off, or while it does not run. It
 * is waited for, or not, from here on. dead: as rcu_report_qs() for each kind, as bits. */
void rcu_tree_cpu_starting(struct rcu_data *rdp);
u32 rcu_tree_cpu_dead(struct rcu_data *rdp);

/* ---- between the others ---- */

DECLARE_PER_CPU(struct rcu_data, rcu_data);

/* The counter `needed` grows to s, and the thread wakes up for it. */
void rcu_gp_request(struct rcu_gp *gp, ulong s);
void rcu_gp_wake(struct rcu_gp *gp);
/* Over: a whole one, begun behind the snapshot that gave s. What its readers did is over for the caller. */
static __always_inline bool rcu_gp_over(struct rcu_gp *gp, ulong s)
{
	return rcu_seq_reached(__atomic_load_n(&gp->gp_seq, __ATOMIC_ACQUIRE), s);
}
/* One is in progress, or must be. */
static __always_inline bool rcu_gp_wanted(const struct rcu_gp *gp)
{
	return !rcu_seq_reached(READ_ONCE(gp->gp_seq), __atomic_load_n(&gp->needed, __ATOMIC_ACQUIRE));
}
/* A number for what the caller has done until now: a full barrier first. */
ulong rcu_gp_snap(struct rcu_gp *gp);

void rcu_late(struct rcu_gp *gp, u64 late);		/* cpu.c: asks CPUs that have not answered. A task */
void rcu_do_batch(struct rcu_data *rdp);		/* callbacks.c, softirq */
void rcu_callbacks_init(struct rcu_data *rdp);
bool rcu_cbs_ready(struct rcu_data *rdp);		/* the oldest may run, or nobody has asked for its grace period */
void rcu_stall_begin(struct rcu_gp *gp);		/* stall.c: one is asked for, begins, or ends */
void rcu_stall_check(struct rcu_gp *gp);
u32 rcu_stalls(void);
void rcu_spawn_gp_kthreads(void);

#endif
