// SPDX-License-Identifier: MIT
/*
 * Row 29 as an exhibit (docs/row29.md). CPU 0's idle task has woken from WFI and RCU watches; an interrupt comes, and
 * its handler waits until a task on CPU 1 has been interrupted, too. A state that the two share is the other one's when
 * CPU 0 leaves. With one CPU the handler's softirq is interrupted instead, which is all that can come there.
 */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/evlog.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/percpu.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <asm/processor.h>
#include <asm/timex.h>

#define ROUNDS		10U
#define PATIENCE	(5 * (u64)counter_freq)

static u32 round, came[2];		/* the round in which the interrupt came last, on each of the two */
static u32 counter_then;		/* CPU 0's, in the handler */
static u32 mark[2];			/* where the round begins in its ring */
static bool over;

/* In vain if the other one does not come: then the test fails. */
static bool reached(const u32 *word, u32 value)
{
	u64 end = arch_counter() + PATIENCE;

	while (READ_ONCE(*word) != value && !READ_ONCE(over) && arch_counter() < end)
		cpu_relax();
	return READ_ONCE(*word) == value;
}

static void interrupt_softirq(void)
{
	irq_chip->send_self(SGI_TEST);
	reached(&came[1], READ_ONCE(round));
}

static void comes(u32 irq, void *arg)
{
	u32 now = READ_ONCE(round);

	(void)irq;
	(void)arg;
	if (smp_processor_id() || came[0] == now) {
		WRITE_ONCE(came[1], now);
		return;
	}
	WRITE_ONCE(counter_then, this_cpu_read(context_tracking.state));
	WRITE_ONCE(came[0], now);
	if (nr_cpus > 1)
		reached(&came[1], now);
	else
		raise_softirq(TASKLET_SOFTIRQ);
}

/* The idle task's visitor, which leaves with interrupts off: what it sends ends the next WFI. */
static void idle_is_visited(void)
{
	idle_set_visitor(NULL);
	local_irq_disable();
	mark[0] = evlog_mark();
	irq_chip->send_self(SGI_TEST);
}

/* A task that never sleeps. */
static int other(void *arg)
{
	(void)arg;
	sched_setaffinity(current, CPU_MASK(1));
	irq_chip->enable(SGI_TEST, false);
	for (u32 i = 1; i <= ROUNDS && reached(&came[0], i); i++) {
		mark[1] = evlog_mark();
		irq_chip->send_self(SGI_TEST);
		reached(&round, i + 1);
	}
	return 0;
}

/* Asleep for so long that what it waits for is over, mostly: its own timer is no part of the exhibit. */
static bool sleep_until_not(const u32 *word, u32 value)
{
	u64 end = arch_counter() + PATIENCE;

	while (READ_ONCE(*word) == value && arch_counter() < end)
		nanosleep_until(arch_counter() + counter_freq / 25);
	return READ_ONCE(*word) != value;
}

/* Over when CPU 0 has been idle once more: its counter says so. */
static bool play(u32 i)
{
	WRITE_ONCE(round, i);
	idle_set_visitor(idle_is_visited);
	return sleep_until_not(&came[0], i - 1) && sleep_until_not(&came[1], i - 1) &&
	       sleep_until_not(&per_cpu_ptr(&context_tracking, 0)->state, READ_ONCE(counter_then));
}

/* ---- what was recorded ---- */

#define SHOWN	64U

static struct evrec records[2][SHOWN];
static u32 nr_records[2];

/* On that CPU. To the end of CPU 1's crossing, and to CPU 0's next idle. */
static void fetch(u32 cpu)
{
	struct evrec *r = records[cpu];
	bool left = false;
	u32 n;

	for (n = 0; n < SHOWN && !evlog_read(mark[cpu] + n, r + n); n++) {
		left |= r[n].event == EV_RETURN;
		if (left && (cpu || r[n].event == EV_RCU_EXIT)) {
			n++;
			break;
		}
	}
	nr_records[cpu] = n;
}

static const struct evrec *earlier(u32 at[2])
{
	u32 cpu = at[0] == nr_records[0] || (at[1] < nr_records[1] && records[1][at[1]].time < records[0][at[0]].time);

	return at[cpu] < nr_records[cpu] ? &records[cpu][at[cpu]++] : NULL;
}

/* What one CPU did in a row; V and a changed count begin a new line. */
static struct line { u64 from; struct evrec first; char text[96]; } line;

/* The count is 0 in idle and NONIDLE in a task, with 2 for each interrupt that found RCU watching; a record has its
 * lower half. */
static void end_line(void)
{
	const struct evrec *r = &line.first;
	s32 above = (s32)(r->nmi_nesting - (u32)CT_NESTING_IRQ_NONIDLE);
	char nesting[24] = "0";

	if (!line.text[0])
		return;
	if (r->nesting)
		snprintf(nesting, sizeof(nesting), "NONIDLE%s%d", above < 0 ? "" : "+", above);
	pr_notice("# row29: %4llu us  CPU %u  nmi_nesting %-9s %s\n",
		  (unsigned long long)counter_to_ns(r->time - line.from) / 1000, r->cpu, nesting, line.text);
	line.text[0] = 0;
}

static void add_record(const struct evrec *r)
{
	size_t n;

	if (strlen(line.text) > 80 || r->event == EV_DOOR || r->cpu != line.first.cpu || r->nesting != line.first.nesting ||
	    r->nmi_nesting != line.first.nmi_nesting)
		end_line();
	n = strlen(line.text);
	if (!n)
		line.first = *r;
	snprintf(line.text + n, sizeof(line.text) - n, r->event == EV_DOOR ? " %s (from %s)" : " %s", evlog_letter(r->event),
		 context_name(r->ctx));
}

static void show_timeline(void)
{
	u32 at[2] = { };
	const struct evrec *r;

	nr_records[1] = 0;
	fetch(0);
	if (nr_cpus > 1) {
		sched_setaffinity(current, CPU_MASK(1));
		fetch(1);
		sched_setaffinity(current, CPU_MASK(0));
	}
	line.from = records[0][0].time;
	while ((r = earlier(at)))
		add_record(r);
	end_line();
}

SELFTEST(smp_row29)
{
	u32 played = 0, warned = 0;

	over = false;
	EXPECT(!request_irq(SGI_TEST, comes, NULL, "row 29"));
	if (nr_cpus > 1)
		EXPECT(kthread_create(other, NULL, "other"));
	else
		open_softirq(TASKLET_SOFTIRQ, interrupt_softirq);
	for (u32 i = 1; i <= ROUNDS; i++) {
		u32 before = warn_count();

		played += play(i);
		warned += warn_count() != before;
		if (i == ROUNDS)
			show_timeline();
	}
	WRITE_ONCE(round, ROUNDS + 1);
	WRITE_ONCE(over, true);
	pr_notice("# row29: %u CPUs, %u rounds, %u of them with a warning\n", nr_cpus, played, warned);
	EXPECT(played == ROUNDS && !warned);
}
