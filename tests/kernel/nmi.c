// SPDX-License-Identifier: MIT
/* NMIs on request: the timer that they share, and what may run in one. */
#include <lintel/bug.h>
#include <lintel/irq.h>
#include <lintel/nmi_timer.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/spinlock.h>
#include <lintel/time.h>
#include <lintel/wait.h>
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

/* ---- one waits until the other is over: from the first line of its door to the last ---- */

static u32 waves, deepest;

static void ask_again(u32 irq, void *arg)
{
	(void)arg;
	deepest = max(deepest, (u32)((preempt_count() & NMI_MASK) / NMI_OFFSET));
	if (waves < 3)
		irq_chip->send_self(irq);
	WRITE_ONCE(waves, waves + 1);
}

SELFTEST(nmi_waits_for_nmi)
{
	irq_handler_t usual = irq_desc[SGI_BACKTRACE].handler;

	waves = deepest = 0;
	irq_desc[SGI_BACKTRACE].handler = ask_again;
	irq_chip->send_self(SGI_BACKTRACE);
	EXPECT(comes(&waves, 4) && deepest == 1);
	irq_desc[SGI_BACKTRACE].handler = usual;
}

/* ---- what must not run in one says so ---- */

static spinlock_t lock = SPINLOCK_INIT(lock);
static raw_spinlock_t raw_lock = RAW_SPINLOCK_INIT(raw_lock);
static struct wait_queue queue = WAIT_QUEUE_INIT(queue);
static bool got[2];

static void lock_it(void)
{
	spin_lock(&lock);
	spin_unlock(&lock);
}

static void lock_it_irqsave(void)
{
	spin_unlock_irqrestore(&lock, spin_lock_irqsave(&lock));
}

static void try_it(void)
{
	got[0] = raw_spin_trylock(&raw_lock);
	got[1] = raw_spin_trylock(&raw_lock);
	if (got[0])
		raw_spin_unlock(&raw_lock);
}

static void wait_for_it(void)
{
	struct waiter w;

	wait_begin(&queue, &w);
	wait_end(&queue, &w);
}

static void add_timer(void)
{
	struct timer t = { .expires = arch_counter() + counter_freq };

	timer_add(&t);
	timer_del(&t);
}

static void wake_queue(void) { wake_up(&queue); }
static void wake_task(void) { wake_up_process(current); }
static void raise(void) { raise_softirq(TASKLET_SOFTIRQ); }

static const struct { void (*fn)(void); const char *what; u32 warnings; } cases[] = {
	{ try_it, "raw_spin_trylock()", 0 },
	{ lock_it, "spin_lock()", 1 },
	{ lock_it_irqsave, "spin_lock_irqsave()", 1 },
	{ schedule, "schedule()", 1 },
	{ wait_for_it, "sleeping", 2 },	/* begins and ends */
	{ add_timer, "timer_add()", 1 },
	{ wake_queue, "wake_up()", 1 },
	{ wake_task, "wake_up_process()", 1 },
	{ raise, "raise_softirq()", 1 },
};

SELFTEST(nmi_forbidden)
{
	u32 n;

	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		warn_expect_begin();
		in_nmi_do(cases[i].fn);
		n = warn_expect_end();
		if (n != cases[i].warnings) {
			printk(LOG_EMERG, "# %s in an NMI: %u warnings\n", cases[i].what, n);
			EXPECT(n == cases[i].warnings);
		}
	}
	EXPECT(got[0] && !got[1]);
}

/* ---- what they print ---- */

static bool kept;

static void say_first(void)
{
	printk(LOG_EMERG, "# an NMI says: first\n");
	kept = nmi_log_pending();
}

/* Out by the interrupt, without another line; and in front of another line, without the interrupt. */
SELFTEST(nmi_printing_flushed)
{
	u64 end = arch_counter() + counter_freq;
	ulong flags;

	in_nmi_do(say_first);
	EXPECT(kept);
	while (nmi_log_pending() && arch_counter() < end)
		cpu_relax();
	EXPECT(!nmi_log_pending());

	flags = local_irq_save();
	in_nmi_do(say_first);
	EXPECT(kept && nmi_log_pending());
	printk(LOG_EMERG, "# the task says: second\n");
	EXPECT(!nmi_log_pending());
	local_irq_restore(flags);
}

/* NMIs come into the middle of lines; tests/system holds what arrives against this. */
#define TALKS	50
static u32 talks;

static void talk(struct nmi_event *e, struct pt_regs *regs)
{
	(void)regs;
	printk(LOG_EMERG, "# an NMI talks: %u of %u\n", talks + 1, TALKS);
	WRITE_ONCE(talks, talks + 1);
	if (talks < TALKS)
		nmi_event_arm(e, arch_counter() + SOON + talks);
}

SELFTEST(nmi_printing_whole)
{
	struct nmi_event e = { .fn = talk };
	u64 end = arch_counter() + 10ULL * counter_freq;

	talks = 0;
	EXPECT(!nmi_event_arm(&e, arch_counter() + SOON));
	while (READ_ONCE(talks) < TALKS && arch_counter() < end)
		printk(LOG_EMERG, "# the task talks: %060u\n", 0);
	EXPECT(talks == TALKS);
}

/* More than there is room for. */
static void flood(void)
{
	for (u32 i = 0; i < 1000; i++)
		printk(LOG_EMERG, "# an NMI floods: %04u %027u\n", i, 0);
}

SELFTEST(nmi_printing_flood)
{
	in_nmi_do(flood);
}
