// SPDX-License-Identifier: MIT
/*
 * The combining tree. A grace period waits for CPUs, each leaf for some of them, each other node for its children: a
 * bit each in qsmask. Who clears the last bit of a node clears the node's own bit in its parent; whoever comes to the
 * root and leaves it empty has seen the last answer. So a CPU that answers takes one lock that few others want, and
 * hardly ever more.
 *
 * A node's lock is let go before its parent's is taken. In between the grace period can be over, and the next have
 * begun: an answer carries the number that it is about, and another number's is worth nothing.
 */
#include <asm/barrier.h>
#include "tree.h"

struct rcu_state rcu_state;

/* ---- its shape ---- */

static u32 divide_up(u32 n, u32 by)
{
	return (n + by - 1) / by;
}

/* Level by level from the root; `span` CPUs are below each node of this one. */
static struct rcu_node *init_level(struct rcu_node *rnp, u32 level, u32 span, u32 fanout)
{
	u32 nr = divide_up(rcu_state.cpus, span);

	rcu_state.level[level] = rnp;
	for (u32 i = 0; i < nr; i++, rnp++) {
		*rnp = (struct rcu_node){
			.level = (u8)level, .grplo = (u16)(i * span), .grphi = (u16)(min((i + 1) * span, rcu_state.cpus) - 1),
			.parent = level ? rcu_state.level[level - 1] + i / fanout : NULL,
			.grpmask = (u32)BIT(i % fanout),
		};
		raw_spin_lock_init(&rnp->lock);
	}
	return rnp;
}

void rcu_tree_init(u32 cpus, u32 fanout)
{
	struct rcu_node *rnp = rcu_state.node;
	u32 span = fanout, level = 0;

	while (span < cpus)
		span *= fanout;
	rcu_state.cpus = cpus;
	for (; span >= fanout; span /= fanout)
		rnp = init_level(rnp, level++, span, fanout);
	rcu_state.levels = level;
	rcu_state.level[level] = rnp;
	raw_spin_lock_init(&rcu_state.ofl_lock);
	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++)
		rcu_state.gp[kind].kind = kind;
}

void rcu_tree_add_cpu(struct rcu_data *rdp, u32 cpu, const u32 *ct_state)
{
	struct rcu_node *rnp;

	for_each_rcu_leaf(rnp)
		if (rnp->grphi >= cpu)
			break;
	rdp->cpu = cpu;
	rdp->ct_state = ct_state;
	rdp->mynode = rnp;
	rdp->grpmask = (u32)BIT(cpu - rnp->grplo);
	rcu_state.data[cpu] = rdp;
}

/* ---- a grace period ---- */

void rcu_gp_start(struct rcu_gp *gp)
{
	struct rcu_node *rnp;
	ulong flags = raw_spin_lock_irqsave(&rcu_state.ofl_lock);

	gp->scans = 0;
	WRITE_ONCE(gp->gp_seq, gp->gp_seq + 1);
	/* Who counts on this one has changed what it changes before it read the old number. So all that readers
	 * do behind this, they do with the change; and what a counter says below, it says behind it. */
	smp_mb();
	for_each_rcu_node(rnp) {
		raw_spin_lock(&rnp->lock);
		rnp->gp[gp->kind].qsmask = rnp->qsmaskinit;
		rnp->gp[gp->kind].gp_seq = gp->gp_seq;
		raw_spin_unlock(&rnp->lock);
	}
	raw_spin_unlock_irqrestore(&rcu_state.ofl_lock, flags);
}

bool rcu_gp_answered(const struct rcu_gp *gp)
{
	return !__atomic_load_n(&rcu_state.node[0].gp[gp->kind].qsmask, __ATOMIC_ACQUIRE);
}

void rcu_gp_end(struct rcu_gp *gp)
{
	struct rcu_node *rnp;

	/* What readers did is over for all who see the number. */
	smp_mb();
	for_each_rcu_node(rnp) {
		ulong flags = raw_spin_lock_irqsave(&rnp->lock);

		rnp->gp[gp->kind].gp_seq = gp->gp_seq + 1;
		raw_spin_unlock_irqrestore(&rnp->lock, flags);
	}
	__atomic_store_n(&gp->gp_seq, gp->gp_seq + 1, __ATOMIC_RELEASE);
}

/* ---- answers ---- */

/* `mask` of rnp's children have answered in the grace period `seq`. Interrupts off. True: the root is empty. */
static bool report_qs_rnp(enum rcu_kind kind, struct rcu_node *rnp, u32 mask, ulong seq)
{
	bool more;

	for (;;) {
		raw_spin_lock(&rnp->lock);
		if (rnp->gp[kind].gp_seq != seq || !(rnp->gp[kind].qsmask & mask)) {
			raw_spin_unlock(&rnp->lock);
			return false;
		}
		/* (whoever sees the root empty without its lock sees what came before) */
		more = __atomic_and_fetch(&rnp->gp[kind].qsmask, ~mask, __ATOMIC_RELEASE);
		raw_spin_unlock(&rnp->lock);
		if (more || !rnp->parent)
			return !more;
		mask = rnp->grpmask;
		rnp = rnp->parent;
	}
}

void rcu_note_gp_changes(struct rcu_data *rdp)
{
	struct rcu_node *rnp = rdp->mynode;
	ulong flags;

	if (READ_ONCE(rnp->gp[RCU_NORMAL].gp_seq) == rdp->gp_seq)
		return;
	flags = raw_spin_lock_irqsave(&rnp->lock);
	rdp->gp_seq = rnp->gp[RCU_NORMAL].gp_seq;
	rdp->core_needs_qs = rcu_seq_started(rdp->gp_seq) && (rnp->gp[RCU_NORMAL].qsmask & rdp->grpmask);
	rdp->cpu_no_qs.b.norm = rdp->core_needs_qs;
	rdp->ticks = 0;
	raw_spin_unlock_irqrestore(&rnp->lock, flags);
}

bool rcu_report_qs(struct rcu_data *rdp)
{
	if (!rdp->core_needs_qs || rdp->cpu_no_qs.b.norm)
		return false;
	rdp->core_needs_qs = false;
	/* Of the grace period that it was noted for: another may have begun since, unheard of. */
	return report_qs_rnp(RCU_NORMAL, rdp->mynode, rdp->grpmask, rdp->gp_seq);
}

/* The expedited one that asks now: the CPU reads nothing, so nothing that any asks about. */
bool rcu_report_exp_qs(struct rcu_data *rdp)
{
	rdp->cpu_no_qs.b.exp = false;
	return report_qs_rnp(RCU_EXPEDITED, rdp->mynode, rdp->grpmask, READ_ONCE(rcu_state.gp[RCU_EXPEDITED].gp_seq));
}

/* ---- answers that are found ---- */

/*
 * Has this CPU been where nobody reads since the grace period began? The counter is even there, and every way out
 * of there and back changes it (docs/counter.md). Acquire: R- was a release. Leaf's lock.
 */
static bool was_quiescent(struct rcu_data *rdp, enum rcu_kind kind, bool first)
{
	u32 now = __atomic_load_n(rdp->ct_state, __ATOMIC_ACQUIRE);

	if (first)
		rdp->snap[kind] = now;
	return !(now & CT_RCU_WATCHING) || now != rdp->snap[kind];
}

/* Those of the leaf that have not. */
static u32 scan_leaf(struct rcu_gp *gp, struct rcu_node *rnp, bool first, const struct rcu_data *self)
{
	ulong flags = raw_spin_lock_irqsave(&rnp->lock);
	u32 asked = rnp->gp[gp->kind].qsmask, found = 0;

	for (u32 cpu = rnp->grplo; cpu <= rnp->grphi; cpu++) {
		struct rcu_data *rdp = rcu_state.data[cpu];

		if (rdp && (asked & rdp->grpmask) && (rdp == self || was_quiescent(rdp, gp->kind, first)))
			found |= rdp->grpmask;
	}
	raw_spin_unlock(&rnp->lock);
	/* (some may have answered for themselves since) */
	if (found)
		report_qs_rnp(gp->kind, rnp, found, gp->gp_seq);
	local_irq_restore(flags);
	return asked & ~found;
}

bool rcu_gp_scan(struct rcu_gp *gp, const struct rcu_data *self, u64 *late)
{
	bool first = !gp->scans++;
	struct rcu_node *rnp;

	*late = 0;
	smp_mb();
	for_each_rcu_leaf(rnp)
		if (READ_ONCE(rnp->gp[gp->kind].qsmask))
			*late |= (u64)scan_leaf(gp, rnp, first, self) << rnp->grplo;
	return rcu_gp_answered(gp);
}

/* ---- CPUs come and go ---- */

/* The first CPU below a node, or the last one, changes its parent as well. */
static void change_online(struct rcu_node *rnp, u32 mask, bool on)
{
	bool others;

	for (; rnp; mask = rnp->grpmask, rnp = rnp->parent) {
		raw_spin_lock(&rnp->lock);
		rnp->qsmaskinit &= ~mask;
		others = rnp->qsmaskinit;
		if (on)
			rnp->qsmaskinit |= mask;
		raw_spin_unlock(&rnp->lock);
		if (others)
			break;
	}
}

void rcu_tree_cpu_starting(struct rcu_data *rdp)
{
	ulong flags = raw_spin_lock_irqsave(&rcu_state.ofl_lock);

	change_online(rdp->mynode, rdp->grpmask, true);
	raw_spin_lock(&rdp->mynode->lock);
	rdp->gp_seq = rdp->mynode->gp[RCU_NORMAL].gp_seq;
	rdp->core_needs_qs = false;
	rdp->cpu_no_qs.s = 0;
	raw_spin_unlock(&rdp->mynode->lock);
	raw_spin_unlock_irqrestore(&rcu_state.ofl_lock, flags);
}

u32 rcu_tree_cpu_dead(struct rcu_data *rdp)
{
	ulong flags = raw_spin_lock_irqsave(&rcu_state.ofl_lock);
	u32 last = 0;

	change_online(rdp->mynode, rdp->grpmask, false);
	rdp->core_needs_qs = false;
	rdp->cpu_no_qs.s = 0;
	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++)
		if (report_qs_rnp(kind, rdp->mynode, rdp->grpmask, rcu_state.gp[kind].gp_seq))
			last |= (u32)BIT(kind);
	raw_spin_unlock_irqrestore(&rcu_state.ofl_lock, flags);
	return last;
}
