// SPDX-License-Identifier: MIT
/* NMIs on request: the timer that they share, and what may run in one. */
#include <lintel/bug.h>
#include <lintel/irq.h>
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

/* fn in an NMI, as a timer's event: there none comes in between, however busy the host is. */
static struct { struct nmi_event event; void (*fn)(void); u32 done; } visit;

static void visit_nmi(struct nmi_event *e, struct pt_regs *regs)
{
	(void)e;
	(void)regs;
	visit.fn();
	WRITE_ONCE(visit.done, 1);
}

static void in_nmi_do(void (*fn)(void))
{
	nr_came = 0;
	all_in_nmi = true;
	visit.event.fn = visit_nmi;
	visit.fn = fn;
	visit.done = 0;
	EXPECT(!nmi_event_arm(&visit.event, arch_counter()));
	EXPECT(comes(&visit.done, 1));
}

static struct nmi_event a = { .fn = note }, b = { .fn = note }, c = { .fn = note }, d = { .fn = note };
static u64 start;

static void arm_four(void)
{
	start = arch_counter();
	nmi_event_arm(&c, start + 3 * SOON);
	nmi_event_arm(&a, start + SOON);
	nmi_event_arm(&b, start + 2 * SOON);
	nmi_event_arm(&d, start);
	nmi_event_arm(&d, start + 4 * SOON);		/* replaces */
}

SELFTEST(nmi_timer_order)
{
	in_nmi_do(arm_four);
	EXPECT(comes(&nr_came, 4) && all_in_nmi);
	EXPECT(came[0].e == &a && came[1].e == &b && came[2].e == &c && came[3].e == &d);
	for (u32 i = 0; i < 4; i++)
		EXPECT(came[i].at >= start + (i + 1) * SOON);
}

static void arm_and_cancel(void)
{
	start = arch_counter();
	nmi_event_arm(&a, start + SOON);
	nmi_event_arm(&b, start + 2 * SOON);
	nmi_event_cancel(&a);
	nmi_event_cancel(&a);
}

SELFTEST(nmi_timer_cancel)
{
	in_nmi_do(arm_and_cancel);
	EXPECT(comes(&nr_came, 1) && came[0].e == &b && came[0].at >= start + 2 * SOON);
}

/* One that takes its time: what it delayed runs in the same NMI. */
static u32 counted;			/* NMIs served before that one */
static bool same_nmi;

static void slow(struct nmi_event *e, struct pt_regs *regs)
{
	u64 end = arch_counter() + 4 * SOON;

	note(e, regs);
	counted = irq_desc[timer_irq_virt].count;
	while (arch_counter() < end)
		cpu_relax();
}

static void delayed(struct nmi_event *e, struct pt_regs *regs)
{
	same_nmi = irq_desc[timer_irq_virt].count == counted;
	note(e, regs);
}

static struct nmi_event hog = { .fn = slow }, late = { .fn = delayed };

static void arm_slow_first(void)
{
	start = arch_counter();
	nmi_event_arm(&late, start + 2 * SOON);
	nmi_event_arm(&hog, start + SOON);
}

SELFTEST(nmi_timer_delayed)
{
	in_nmi_do(arm_slow_first);
	EXPECT(comes(&nr_came, 2) && all_in_nmi && same_nmi);
	EXPECT(came[0].e == &hog && came[1].e == &late);
}
