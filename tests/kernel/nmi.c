// SPDX-License-Identifier: MIT
/* NMIs on request: the timer that they share, and what may run in one. */
#include <lintel/bug.h>
#include <lintel/nmi_timer.h>
#include <lintel/preempt.h>
#include <lintel/selftest.h>
#include <lintel/time.h>
#include <asm/processor.h>
#include <asm/timex.h>

#define SOON	(counter_freq / 20000)		/* 50 us */

/* Bounded, because what it waits for may be what is broken. */
static bool comes(const u32 *what, u32 value)
{
	u64 end = arch_counter() + counter_freq;

	while (READ_ONCE(*what) != value && arch_counter() < end)
		cpu_relax();
	return READ_ONCE(*what) == value;
}

/* ---- the timer ---- */

static struct { struct nmi_event *e; u64 at; } came[8];
static u32 nr_came;
static bool all_in_nmi;

static void note(struct nmi_event *e, struct pt_regs *regs)
{
	(void)regs;
	all_in_nmi &= !!in_nmi();
	came[nr_came].e = e;
	came[nr_came].at = arch_counter();
	WRITE_ONCE(nr_came, nr_came + 1);
}

static void begin_notes(void)
{
	nr_came = 0;
	all_in_nmi = true;
}

SELFTEST(nmi_timer_order)
{
	struct nmi_event a = { .fn = note }, b = { .fn = note }, c = { .fn = note }, d = { .fn = note };
	u64 t = arch_counter() + SOON;

	begin_notes();
	EXPECT(!nmi_event_arm(&c, t + 3 * SOON) && !nmi_event_arm(&a, t + SOON) && !nmi_event_arm(&b, t + 2 * SOON));
	EXPECT(!nmi_event_arm(&d, t));
	EXPECT(!nmi_event_arm(&d, t + 4 * SOON));		/* replaces */
	EXPECT(comes(&nr_came, 4) && all_in_nmi);
	EXPECT(came[0].e == &a && came[1].e == &b && came[2].e == &c && came[3].e == &d);
	for (u32 i = 0; i < 4; i++)
		EXPECT(came[i].at >= t + (i + 1) * SOON);
}

SELFTEST(nmi_timer_cancel)
{
	struct nmi_event a = { .fn = note }, b = { .fn = note };
	u64 t = arch_counter() + SOON;

	begin_notes();
	nmi_event_arm(&a, t);
	nmi_event_arm(&b, t + SOON);
	nmi_event_cancel(&a);
	nmi_event_cancel(&a);
	EXPECT(comes(&nr_came, 1) && came[0].e == &b && came[0].at >= t + SOON);
	nmi_event_arm(&a, arch_counter() + SOON);
	nmi_event_cancel(&a);
	EXPECT(!comes(&nr_came, 2));
}

/* One that takes its time, and comes again: what it delayed runs in the same NMI. */
static u32 rounds;

static void slow(struct nmi_event *e, struct pt_regs *regs)
{
	u64 end = arch_counter() + 4 * SOON;

	note(e, regs);
	if (rounds++ == 0)
		nmi_event_arm(e, arch_counter() + SOON);
	while (arch_counter() < end)
		cpu_relax();
}

SELFTEST(nmi_timer_delayed)
{
	struct nmi_event a = { .fn = slow }, b = { .fn = note };
	u64 t = arch_counter() + SOON;

	begin_notes();
	rounds = 0;
	nmi_event_arm(&b, t + 2 * SOON);
	nmi_event_arm(&a, t);
	EXPECT(comes(&nr_came, 3) && all_in_nmi);
	EXPECT(came[0].e == &a && rounds == 2);
	EXPECT(came[1].e == &b || came[2].e == &b);
}
