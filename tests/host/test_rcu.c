// SPDX-License-Identifier: MIT
/*
 * RCU's tree with simulated CPUs. Each goes its own way, step by step in random order: reads, stops reading, sleeps,
 * is in user mode, hears of a grace period, claims a quiescent state, says so, answers an IPI, goes off and on; the
 * grace period is begun, scans and ends between any two of their steps. The oracle knows one thing: in which CPUs a
 * reader was when the grace period began, and whether it has left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <rcu/tree.h>

static struct thread_info host_ti;
struct thread_info *host_current = &host_ti;
bool host_irqs_off;
void host_irqs_opened(void) { }
void host_irqs_closing(void) { }
void preempt_schedule(void) { }

#define MAX_CPUS	64U

struct cpu {
	struct rcu_data	rdp;
	u32		counter;		/* as rcu/context_tracking.c keeps it */
	bool		online, reading;
	ulong		reader;			/* which of its readers */
	ulong		before[NR_RCU_KINDS];	/* ... was there when the grace period began; 0: none */
	bool		asked;			/* the IPI has come while it read */
};

static struct cpu cpus[MAX_CPUS];
static u32 nr, nr_online;
static ulong readers, ended[NR_RCU_KINDS];
static bool last_answer[NR_RCU_KINDS];
static u64 seed;

static u32 rnd(u32 n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(seed >> 33) % n;
}

static struct cpu *some_cpu(void) { return &cpus[rnd(nr)]; }
static bool watched(const struct cpu *c) { return c->counter & CT_RCU_WATCHING; }

static void cpu_on(struct cpu *c)
{
	rcu_tree_cpu_starting(&c->rdp);
	c->online = true;
	c->counter |= CT_RCU_WATCHING;
	nr_online++;
}

static void start(u32 n, u32 fanout)
{
	memset(cpus, 0, sizeof(cpus));
	memset(&rcu_state, 0, sizeof(rcu_state));
	nr = n;
	nr_online = 0;
	rcu_tree_init(n, fanout);
	for (u32 i = 0; i < n; i++) {
		rcu_tree_add_cpu(&cpus[i].rdp, i, &cpus[i].counter);
		cpu_on(&cpus[i]);
	}
}

/* ---- what a CPU does ---- */

static void note(enum rcu_kind kind, bool was_last) { last_answer[kind] |= was_last; }

/* It reads nothing: a switch of tasks, or a tick that finds so. As rcu_qs() of rcu/cpu.c. */
static void quiescent(struct cpu *c)
{
	c->rdp.cpu_no_qs.b.norm = false;
	if (c->rdp.cpu_no_qs.b.exp)
		note(RCU_EXPEDITED, rcu_report_exp_qs(&c->rdp));
}

static void read_some(struct cpu *c)
{
	c->reading = !c->reading;
	if (c->reading)
		c->reader = ++readers;
}

/* Out of the kernel, or back. */
static void cross(struct cpu *c)
{
	if (!c->reading)
		c->counter += CT_RCU_WATCHING;
}

/* The whole way, and perhaps a reader at once: in an NMI in user mode for example. */
static void visit(struct cpu *c)
{
	if (watched(c))
		return;
	c->counter += CT_RCU_WATCHING;
	if (rnd(2))
		read_some(c);
	else
		c->counter += CT_RCU_WATCHING;
}

static void answer_ipi(struct cpu *c)
{
	if (!c->reading)
		note(RCU_EXPEDITED, rcu_report_exp_qs(&c->rdp));
	else
		c->rdp.cpu_no_qs.b.exp = true;
}

static void cpu_off(struct cpu *c)
{
	u32 last;

	if (c->reading || nr_online == 1)
		return;
	c->online = false;
	nr_online--;
	last = rcu_tree_cpu_dead(&c->rdp);
	for (u32 kind = 0; kind < NR_RCU_KINDS; kind++)
		note(kind, last & BIT(kind));
}

static void cpu_step(struct cpu *c)
{
	if (!c->online) {
		if (!rnd(4))
			cpu_on(c);
		return;
	}
	if (!watched(c)) {
		(rnd(2) ? visit : cross)(c);
		return;
	}
	switch (rnd(c->asked ? 8 : 7)) {
	case 0: case 1: read_some(c); return;
	case 2: cross(c); return;
	case 3: rcu_note_gp_changes(&c->rdp); return;
	case 4: if (!c->reading) quiescent(c); return;
	case 5: note(RCU_NORMAL, rcu_report_qs(&c->rdp)); return;
	case 6: if (!rnd(8)) cpu_off(c); return;
	default: c->asked = false; answer_ipi(c);
	}
}

/* ---- what the grace period does, and the oracle ---- */

static void check_over(enum rcu_kind kind)
{
	for (u32 i = 0; i < nr; i++)
		if (cpus[i].before[kind] && cpus[i].reading && cpus[i].reader == cpus[i].before[kind])
			fail_msg("%u CPUs: grace period %lu is over, and CPU %u reads since before it", nr,
				 rcu_state.gp[kind].gp_seq, i);
}

static void gp_step(struct rcu_gp *gp)
{
	struct cpu *self = some_cpu();
	u64 late;

	if (!rcu_seq_started(gp->gp_seq)) {
		/* Readers that begin while it begins are not its business. */
		for (u32 i = 0; i < nr; i++)
			cpus[i].before[gp->kind] = cpus[i].reading ? cpus[i].reader : 0;
		last_answer[gp->kind] = false;
		rcu_gp_start(gp);
		return;
	}
	if (rnd(3)) {
		rcu_gp_scan(gp, self->online && watched(self) && !self->reading ? &self->rdp : NULL, &late);
		for (u32 i = 0; gp->kind == RCU_EXPEDITED && i < nr; i++)
			cpus[i].asked |= late >> i & 1;
	}
	if (!rcu_gp_answered(gp))
		return;
	check_over(gp->kind);
	rcu_gp_end(gp);
	ended[gp->kind]++;
}

static void go(u32 steps)
{
	for (u32 i = 0; i < steps; i++) {
		if (!rnd(nr))
			gp_step(&rcu_state.gp[rnd(NR_RCU_KINDS)]);
		cpu_step(some_cpu());
	}
}

/* Everybody reads no more, and answers: then it ends. */
static void finish(enum rcu_kind kind)
{
	struct rcu_gp *gp = &rcu_state.gp[kind];
	u64 late;

	for (u32 i = 0; i < nr; i++) {
		struct cpu *c = &cpus[i];

		if (!c->online)
			continue;
		c->reading = false;
		rcu_note_gp_changes(&c->rdp);
		quiescent(c);
		rcu_report_qs(&c->rdp);
		answer_ipi(c);
	}
	if (!rcu_seq_started(gp->gp_seq))
		return;
	rcu_gp_scan(gp, NULL, &late);
	assert_true(rcu_gp_answered(gp));
	assert_int_equal(late, 0);
	rcu_gp_end(gp);
}

static const u32 fanouts[] = { 2, 3, 4, 7, 8, 16, 32 };

static void in_every_order(void **state)
{
	ulong least = ~0UL;

	(void)state;
	for (u32 f = 0; f < ARRAY_SIZE(fanouts); f++)
		for (u32 n = 1; n <= MAX_CPUS; n += n < 9 ? 1 : 11) {
			seed = f * 1000 + n;
			ended[0] = ended[1] = 0;
			start(n, fanouts[f]);
			go(4000 * n);
			least = min(least, min(ended[0], ended[1]));
			finish(RCU_NORMAL);
			finish(RCU_EXPEDITED);
		}
	assert_true(least > 20);
}

/* ---- the shape ---- */

static void check_shape(u32 n, u32 fanout)
{
	struct rcu_node *rnp, *end = rcu_state.level[rcu_state.levels];
	u32 next = 0;

	assert_true(end <= rcu_state.node + ARRAY_SIZE(rcu_state.node));
	assert_null(rcu_state.node[0].parent);
	for_each_rcu_node(rnp) {
		assert_true(rnp->grplo <= rnp->grphi && rnp->grphi < n);
		assert_true(rnp->qsmaskinit && (fanout == 32 || !(rnp->qsmaskinit >> fanout)));
		if (rnp->parent) {
			assert_true(rnp->parent->level == rnp->level - 1 && rnp->parent->grplo <= rnp->grplo);
			assert_true(rnp->grphi <= rnp->parent->grphi && (rnp->parent->qsmaskinit & rnp->grpmask));
		}
	}
	for_each_rcu_leaf(rnp) {
		assert_int_equal(rnp->grplo, next);
		assert_int_equal(__builtin_popcount(rnp->qsmaskinit), rnp->grphi - rnp->grplo + 1);
		next = rnp->grphi + 1U;
	}
	assert_int_equal(next, n);
}

static void shapes(void **state)
{
	(void)state;
	for (u32 n = 1; n <= MAX_CPUS; n++)
		for (u32 fanout = 2; fanout <= RCU_MAX_FANOUT; fanout++) {
			start(n, fanout);
			check_shape(n, fanout);
		}
	start(64, 4);
	assert_int_equal(rcu_state.levels, 3);
	start(64, 2);
	assert_int_equal(rcu_state.levels, 6);
	start(4, 4);
	assert_int_equal(rcu_state.levels, 1);
}

/* ---- who says the last word ---- */

/* Each answer but the last one leaves the grace period waiting; exactly one is the last. */
static void one_is_the_last(void **state)
{
	struct rcu_gp *gp = &rcu_state.gp[RCU_NORMAL];

	(void)state;
	start(64, 4);
	for (u32 round = 0; round < 50; round++) {
		u32 order[64], lasts = 0;

		seed = round;
		for (u32 i = 0; i < 64; i++) {
			u32 j = rnd(i + 1);

			order[i] = order[j];
			order[j] = i;
		}
		rcu_gp_start(gp);
		for (u32 i = 0; i < 64; i++) {
			struct rcu_data *rdp = &cpus[order[i]].rdp;

			rcu_note_gp_changes(rdp);
			assert_true(rdp->core_needs_qs && rdp->cpu_no_qs.b.norm);
			assert_false(rcu_report_qs(rdp));	/* it has not been quiescent */
			rdp->cpu_no_qs.b.norm = false;
			assert_false(rcu_gp_answered(gp));
			lasts += rcu_report_qs(rdp);
			assert_false(rcu_report_qs(rdp));
		}
		assert_true(lasts == 1 && rcu_gp_answered(gp));
		rcu_gp_end(gp);
	}
}

/* ---- numbers ---- */

static void numbers(void **state)
{
	(void)state;
	/* Idle: the next one. In one: not this one, whose beginning may have been missed, but the next. */
	assert_int_equal(rcu_seq_snap(4), 6);
	assert_int_equal(rcu_seq_snap(5), 8);
	for (ulong s = -20UL; s != 20; s++) {
		ulong snap = rcu_seq_snap(s);

		assert_false(rcu_seq_started(snap));
		assert_false(rcu_seq_reached(s, snap));
		assert_false(rcu_seq_reached(snap - 1, snap));
		assert_true(rcu_seq_reached(snap, snap) && rcu_seq_reached(snap + 7, snap));
		assert_true(snap - s >= 2 && snap - s <= 3);
	}
}

/* ---- an answer comes too late ---- */

/* Claimed in one grace period, said in the next, of which the CPU has not heard. */
static void stale_answer(void **state)
{
	struct rcu_gp *gp = &rcu_state.gp[RCU_NORMAL];
	struct rcu_data *rdp = &cpus[0].rdp;
	u64 late;

	(void)state;
	start(1, 4);
	rcu_gp_start(gp);
	rcu_note_gp_changes(rdp);
	rdp->cpu_no_qs.b.norm = false;
	cpus[0].counter = 0;			/* it sleeps, and that is seen */
	assert_true(rcu_gp_scan(gp, NULL, &late));
	rcu_gp_end(gp);
	cpus[0].counter = CT_RCU_WATCHING;
	rcu_gp_start(gp);
	assert_false(rcu_report_qs(rdp));
	assert_false(rcu_gp_answered(gp));
	/* A counter that does not move says nothing; one that has, does. */
	assert_false(rcu_gp_scan(gp, NULL, &late));
	assert_false(rcu_gp_scan(gp, NULL, &late));
	assert_int_equal(late, 1);
	cpus[0].counter += 2 * CT_RCU_WATCHING;
	assert_true(rcu_gp_scan(gp, NULL, &late));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(shapes),
		cmocka_unit_test(one_is_the_last),
		cmocka_unit_test(stale_answer),
		cmocka_unit_test(in_every_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
