// SPDX-License-Identifier: MIT
/* Tasks, interrupts and time: verdicts by order and by counts, not by how fast the host is. */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <lintel/wait.h>
#include <asm/processor.h>
#include <asm/timex.h>

/* Ends a wait that would be for ever if the kernel were wrong. */
#define PATIENCE_NS	2000000000ULL

static bool wait_until(volatile u32 *word, u32 value)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	while (*word != value && ktime_get_ns() < end) {
		cond_resched();
		cpu_relax();
	}
	return *word == value;
}

static bool sleep_until_equal(volatile u32 *word, u32 value)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	while (*word != value && ktime_get_ns() < end)
		nanosleep_until(arch_counter() + counter_freq / 1000);
	return *word == value;
}

/* ---- softirqs ---- */

static char trail[16];
static u32 trail_len;
static void leave(char c) { if (trail_len < sizeof(trail)) trail[trail_len++] = c; }
static bool trail_is(const char *want)
{
	u32 n = 0;

	for (; want[n]; n++)
		if (n >= trail_len || trail[n] != want[n])
			return false;
	return n == trail_len;
}

static bool context_ok;
static u32 again;
static void note_softirq(void)
{
	context_ok = in_serving_softirq() && !in_hardirq() && !irqs_disabled();
	leave('s');
	if (again) {
		again--;
		raise_softirq(TASKLET_SOFTIRQ);
	}
}

SELFTEST(softirq_order)
{
	open_softirq(TASKLET_SOFTIRQ, note_softirq);
	trail_len = 0;
	local_bh_disable();
	raise_softirq(TASKLET_SOFTIRQ);
	leave('a');
	local_bh_disable();
	local_bh_enable();
	leave('b');
	local_bh_enable();
	leave('c');
	EXPECT(trail_is("absc"));
	EXPECT(context_ok);

	trail_len = 0;
	again = 3;
	raise_softirq(TASKLET_SOFTIRQ);
	EXPECT(trail_is("ssss"));
	EXPECT(!in_softirq());
}

/* One that raises itself for ever must not keep the task from running. */
SELFTEST(softirq_bounded)
{
	u64 end = arch_counter() + counter_freq / 50;

	open_softirq(TASKLET_SOFTIRQ, note_softirq);
	trail_len = 0;
	again = ~0U;
	raise_softirq(TASKLET_SOFTIRQ);
	EXPECT(softirq_pending());
	while (arch_counter() < end)
		cpu_relax();
	again = 0;
	EXPECT(wait_until(this_cpu_ptr(&softirq_bits), 0));
}

/* ---- timers ---- */

static void timer_a(struct timer *t) { (void)t; leave('a'); }
static void timer_b(struct timer *t) { (void)t; leave('b'); }
static void timer_c(struct timer *t) { (void)t; leave('c'); }
static void timer_d(struct timer *t) { (void)t; leave('d'); }

/* None of them runs while they are being added, however long that takes. */
SELFTEST(timer_order)
{
	u64 now = arch_counter(), ms = counter_freq / 1000;
	struct timer a = { .expires = now + 3 * ms, .fn = timer_a };
	struct timer b = { .expires = now + 1 * ms, .fn = timer_b };
	struct timer c = { .expires = now + 3 * ms, .fn = timer_c };
	struct timer d = { .expires = now + 2 * ms, .fn = timer_d };

	trail_len = 0;
	local_bh_disable();
	timer_add(&a);
	timer_add(&b);
	timer_add(&c);
	timer_add(&d);
	timer_del(&d);
	local_bh_enable();
	EXPECT(sleep_until_equal(&trail_len, 3));
	EXPECT(trail_is("bac"));
	EXPECT(list_empty(&a.list) && list_empty(&b.list) && list_empty(&c.list));
}

/* A timer whose time has passed already runs all the same. */
SELFTEST(timer_in_the_past)
{
	struct timer a = { .expires = 1, .fn = timer_a };

	trail_len = 0;
	timer_add(&a);
	EXPECT(wait_until(&trail_len, 1));
}

/* Never early; how late is the host's business, but the order of two sleepers is not, unless it
 * takes the host 400 ms to create a thread. */
static u32 woken;
static u32 first_woken;
static int sleeper(void *arg)
{
	nanosleep_until(arch_counter() + (ulong)arg);
	if (!woken)
		first_woken = (u32)(ulong)arg;
	woken++;
	return 0;
}

SELFTEST(nanosleep)
{
	u64 when = arch_counter() + counter_freq / 200;
	ulong tick = counter_freq / HZ;

	EXPECT(nanosleep_until(when) == 0);
	EXPECT(arch_counter() >= when);
	EXPECT(nanosleep_until(0) == 0);
	EXPECT(ns_to_counter(counter_to_ns(123456789)) == 123456789);
	woken = 0;
	EXPECT(kthread_create(sleeper, (void *)(100 * tick), "long"));
	EXPECT(kthread_create(sleeper, (void *)(3 * tick), "short"));
	EXPECT(sleep_until_equal(&woken, 2));
	EXPECT(first_woken == 3 * tick);
}

/* As many ticks as fit between the outer and the inner reading of the counter, the tick stopped
 * in between. */
static bool jiffies_agree(void)
{
	u64 period = counter_freq / HZ, outer = arch_counter(), j = jiffies, inner = arch_counter();
	u64 inner_end;

	nanosleep_until(inner + counter_freq / 20);
	inner_end = arch_counter();
	j = jiffies - j;
	return j + 1 >= (inner_end - inner) / period &&
	       j <= (arch_counter() - outer) / period + 1;
}

/* The counter runs on while the host holds the machine up, the tick comes when it goes on: that
 * may spoil one comparison, and another, but not all. */
SELFTEST(jiffies)
{
	bool agree = false;

	for (u32 i = 0; i < 10 && !agree; i++)
		agree = jiffies_agree();
	EXPECT(agree);
}

/* ---- the scheduler ---- */

#define THREADS	3
static struct { u32 turns[64], n, running; } rr;

static int take_turns(void *arg)
{
	for (u32 i = 0; i < 8; i++) {
		rr.turns[rr.n++ % ARRAY_SIZE(rr.turns)] = (u32)(ulong)arg;
		schedule();
	}
	rr.running--;
	return 0;
}

SELFTEST(round_robin)
{
	rr.n = 0;
	rr.running = THREADS;
	preempt_disable();
	for (ulong i = 0; i < THREADS; i++)
		EXPECT(kthread_create(take_turns, (void *)i, "turns"));
	preempt_enable();
	EXPECT(sleep_until_equal(&rr.running, 0));
	EXPECT(rr.n == 8 * THREADS);
	/* A slice that ends in the middle of a turn may cost a thread its turn, so that it is alone
	 * at the very end; until then nobody has two in a row. */
	for (u32 i = 0; i + 1 < 6 * THREADS; i++)
		EXPECT(rr.turns[i] != rr.turns[i + 1]);
}

static volatile u32 spin_stop, spinning;
static int spinner(void *arg)
{
	(void)arg;
	spinning++;
	while (!spin_stop) {
		cond_resched();
		cpu_relax();
	}
	spinning--;
	return 0;
}

/* Two threads that never give the CPU up, and this one, which needs it: the tick takes it away on
 * the way out of the interrupt. */
SELFTEST(preemption)
{
	if (!IS_ENABLED(CONFIG_PREEMPT)) {
		selftest_skip("nothing takes the CPU from a task in the kernel (tests/kernel/preempt.c)");
		return;
	}
	spin_stop = spinning = 0;
	EXPECT(kthread_create(spinner, NULL, "spin1"));
	EXPECT(kthread_create(spinner, NULL, "spin2"));
	EXPECT(wait_until(&spinning, 2));
	spin_stop = 1;
	EXPECT(wait_until(&spinning, 0));
}

/* ... but not where it is forbidden. */
SELFTEST(preempt_disable)
{
	u64 end;

	spin_stop = spinning = 0;
	preempt_disable();
	EXPECT(kthread_create(spinner, NULL, "spin"));
	end = ktime_get_ns() + PATIENCE_NS;
	while (!test_thread_flag(TIF_NEED_RESCHED) && ktime_get_ns() < end)
		cpu_relax();
	EXPECT(test_thread_flag(TIF_NEED_RESCHED));
	EXPECT(spinning == 0);
	preempt_enable();
	EXPECT(wait_until(&spinning, 1));
	spin_stop = 1;
	EXPECT(wait_until(&spinning, 0));
}

static struct wait_queue queue = WAIT_QUEUE_INIT(queue);
static volatile u32 condition, passed;
static int waiter(void *arg)
{
	(void)arg;
	if (!wait_event_killable(&queue, condition))
		passed++;
	return 0;
}

SELFTEST(wait_queue)
{
	condition = passed = 0;
	for (u32 i = 0; i < 3; i++)
		EXPECT(kthread_create(waiter, NULL, "waiter"));
	nanosleep_until(arch_counter() + counter_freq / 100);
	wake_up(&queue);
	nanosleep_until(arch_counter() + counter_freq / 100);
	EXPECT(passed == 0);
	condition = 1;
	wake_up(&queue);
	EXPECT(sleep_until_equal((volatile u32 *)&passed, 3));
	EXPECT(list_empty(&queue.waiters));
}

/* ---- nothing is left behind ---- */

static u32 gone;
static int come_and_go(void *arg)
{
	(void)arg;
	gone++;
	return 0;
}

SELFTEST(kthread_leak)
{
	ulong before = 0;

	for (u32 i = 1; i <= 1000; i++) {
		gone = 0;
		EXPECT(kthread_create(come_and_go, NULL, "mayfly"));
		EXPECT(sleep_until_equal(&gone, 1));
		if (i == 100)
			before = nr_free_pages();
	}
	nanosleep_until(arch_counter() + counter_freq / 100);
	EXPECT(nr_free_pages() >= before);
}

/* Address spaces: what a thousand forks take comes back. */
SELFTEST(mm_leak)
{
	struct mm *mm = mm_create(), *copy;
	ulong before;

	EXPECT(mm && !mm_map(mm, 0x40000000, 16 * PAGE_SIZE, VM_READ | VM_WRITE));
	EXPECT(!mm_map(mm, 0x50000000, 4 * PAGE_SIZE, VM_READ | VM_WRITE | VM_SHARED));
	for (ulong i = 0; i < 16; i++)
		EXPECT(!handle_mm_fault(mm, 0x40000000 + i * PAGE_SIZE, i & 1 ? FAULT_WRITE : 0));
	copy = mm_fork(mm);
	mm_put(copy);
	before = nr_free_pages();
	for (u32 i = 0; i < 1000; i++) {
		copy = mm_fork(mm);
		EXPECT(copy && !handle_mm_fault(copy, 0x40001000, FAULT_WRITE));
		EXPECT(!handle_mm_fault(copy, 0x50000000, FAULT_WRITE));
		mm_put(copy);
	}
	EXPECT(nr_free_pages() == before);
	mm_put(mm);
}

/* ---- time accounting ---- */

static u64 vtime_total(void)
{
	struct vtime *v = this_cpu_ptr(&vtime);
	u64 sum = 0;

	for (u32 i = 0; i < NR_VTIME; i++)
		sum += v->sum[i];
	return sum;
}

/* Row 16: what the kinds have together is what has passed, to the tick of the counter. */
SELFTEST(vtime_sum)
{
	struct vtime *v = this_cpu_ptr(&vtime);
	u64 sum, since, idle;
	ulong flags;

	if (!context_tracking_enabled()) {
		selftest_skip("context tracking is off: the tick accounts whole periods");
		return;
	}
	flags = local_irq_save();
	vtime_switch(VT_SYSTEM);
	sum = vtime_total();
	since = v->since;
	idle = v->sum[VT_IDLE];
	local_irq_restore(flags);
	nanosleep_until(arch_counter() + counter_freq / 20);
	flags = local_irq_save();
	vtime_switch(VT_SYSTEM);
	EXPECT(vtime_total() - sum == v->since - since);
	EXPECT(v->sum[VT_IDLE] - idle > 0);
	EXPECT(v->sum[VT_IRQ] > 0);
	local_irq_restore(flags);
}
