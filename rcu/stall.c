// SPDX-License-Identifier: MIT
/* A grace period that does not end: who holds it up, and what is that CPU doing? Found by the grace period's thread or,
 * because it may be the one that does not run, by any CPU's tick. */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/printk.h>
#include <lintel/rcutree.h>
#include <lintel/stacktrace.h>
#include <lintel/string.h>
#include "tree.h"

static ulong stall_ticks = CONFIG_RCU_STALL_TIMEOUT * HZ;
static u32 stalls;

void rcu_set_stall_timeout(u32 ms)
{
	WRITE_ONCE(stall_ticks, max((ulong)ms * HZ / 1000, 2UL));
}

static int set_rcu_stall(const char *value)
{
	ulong v;

	if (kstrtoul(value, &v) || v < 1 || v > 300)
		return -EINVAL;
	rcu_set_stall_timeout((u32)v * 1000);
	return 0;
}
BOOT_PARAM("rcu_stall", set_rcu_stall);

u32 rcu_stalls(void) { return READ_ONCE(stalls); }
void rcu_forget_stalls(void) { WRITE_ONCE(stalls, 0); }

/* (Several CPUs may come here at once, with nearly the same.) */
void rcu_stall_begin(struct rcu_gp *gp)
{
	WRITE_ONCE(gp->started, (ulong)jiffies);
	WRITE_ONCE(gp->stall_at, (ulong)jiffies + stall_ticks);
}

static void show_cpu(const struct rcu_data *rdp, const struct rcu_node *rnp, enum rcu_kind kind)
{
	static const char *const states[] = { "the kernel", "idle", "user mode", "a guest" };
	const struct context_tracking *ct = container_of(rdp->ct_state, struct context_tracking, state);
	u32 word = READ_ONCE(ct->state);

	printk(LOG_EMERG, "  CPU %u: in %s, %s, counter %#x (%#x when it was asked), nesting %ld, nmi_nesting %#lx\n",
	       rdp->cpu, states[word & CT_STATE_MASK], word & CT_RCU_WATCHING ? "watched" : "not watched", word,
	       rdp->snap[kind], ct->nesting, ct->nmi_nesting);
	printk(LOG_EMERG, "         %s, quiescent since: %s, callbacks %lu%s%s%s\n",
	       rdp->gp_seq == rnp->gp[RCU_NORMAL].gp_seq ? "has heard of it" : "has not heard of the normal one",
	       rdp->cpu_no_qs.s ? "no" : "it has not said", rdp->cblen, ct->urgent_qs ? ", urgent" : "",
	       ct->forced_tick ? ", its tick was turned on" : "", rnp->qsmaskinit & rdp->grpmask ? "" : ", OFFLINE");
}

/* Returns how many hold it up. */
static u32 show_cpus(enum rcu_kind kind)
{
	struct rcu_node *rnp;
	u32 n = 0;

	for_each_rcu_leaf(rnp)
		for (u32 cpu = rnp->grplo; cpu <= rnp->grphi; cpu++)
			if (rcu_state.data[cpu] && (READ_ONCE(rnp->gp[kind].qsmask) & rcu_state.data[cpu]->grpmask)) {
				show_cpu(rcu_state.data[cpu], rnp, kind);
				n++;
			}
	return n;
}

static void report(struct rcu_gp *gp, ulong now)
{
	static const char *const kinds[NR_RCU_KINDS] = { "normal", "expedited" };

	printk(LOG_EMERG, "rcu: stall: the %s grace period %lu %s for %lu ms, because of\n", kinds[gp->kind], gp->gp_seq / 2 + 1,
	       rcu_seq_started(gp->gp_seq) ? "has lasted" : "has not begun", (now - gp->started) * (1000 / HZ));
	if (!show_cpus(gp->kind))
		printk(LOG_EMERG, "  its thread %s[%d], which does not come to run\n", gp->kthread->comm, gp->kthread->pid);
	backtrace_all();
	__atomic_fetch_add(&stalls, 1, __ATOMIC_RELAXED);	/* once it is said: a test may go on then */
	WARN(true, "rcu: a grace period does not end\n");
}

void rcu_stall_check(struct rcu_gp *gp)
{
	ulong now = (ulong)jiffies, at = READ_ONCE(gp->stall_at);

	if (likely(!rcu_gp_wanted(gp) || (long)(now - at) < 0))
		return;
	/* One report, and the next when it has lasted that long again. */
	if (__atomic_compare_exchange_n(&gp->stall_at, &at, now + stall_ticks, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		report(gp, now);
}
