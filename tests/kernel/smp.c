// SPDX-License-Identifier: MIT
/* Several CPUs: each test runs with SMP=2 and up, and says so otherwise. */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <lintel/wait.h>
#include <asm/stack.h>
#include <asm/timex.h>

#define ROUNDS		200
#define MAX_WORKERS	16U

static bool alone(void)
{
	if (nr_cpus > 1)
		return false;
	selftest_skip("there is one CPU: SMP=2");
	return true;
}

static u32 last_cpu(void) { return nr_cpus - 1; }

/* Until *word is `value`, or twenty seconds have passed: the host may be busy. */
static bool becomes(u32 *word, u32 value)
{
	u64 end = arch_counter() + 20 * (u64)counter_freq;

	while (READ_ONCE(*word) != value && arch_counter() < end)
		nanosleep_until(arch_counter() + counter_freq / 1000);
	return READ_ONCE(*word) == value;
}

/* ---- calls ---- */

static cpumask_t called;
static u32 wrong_context;

static void note_cpu(void *arg)
{
	(void)arg;
	__atomic_fetch_or(&called, CPU_MASK(smp_processor_id()), __ATOMIC_RELAXED);
	if (!irqs_disabled() || (smp_processor_id() && !in_hardirq()) || !rcu_is_watching())
		__atomic_fetch_add(&wrong_context, 1, __ATOMIC_RELAXED);
}

SELFTEST(smp_call_function)
{
	if (alone())
		return;
	for (u32 i = 0; i < ROUNDS; i++) {
		called = 0;
		smp_call_function_many(CPU_MASK_ALL, note_cpu, NULL);
		EXPECT(called == cpu_online_mask());
	}
	called = 0;
	smp_call_function_single(last_cpu(), note_cpu, NULL);
	EXPECT(called == CPU_MASK(last_cpu()) && !wrong_context);
}

/* Others move on only when it is over. */
static u32 counting[CONFIG_NR_CPUS], moved;
static bool enough;

static int count(void *arg)
{
	(void)arg;
	while (!READ_ONCE(enough)) {
		WRITE_ONCE(counting[smp_processor_id()], counting[smp_processor_id()] + 1);
		cpu_relax();
	}
	return 0;
}

static void look(void *arg)
{
	u32 before[CONFIG_NR_CPUS];
	u64 end = arch_counter() + counter_freq / 1000;

	(void)arg;
	for (u32 cpu = 0; cpu < nr_cpus; cpu++)
		before[cpu] = READ_ONCE(counting[cpu]);
	while (arch_counter() < end)
		cpu_relax();
	for (u32 cpu = 0; cpu < nr_cpus; cpu++)
		moved += READ_ONCE(counting[cpu]) != before[cpu];
}

SELFTEST(smp_stop_machine)
{
	struct task_struct *t;

	if (alone())
		return;
	t = kthread_create(count, NULL, "count");
	EXPECT(t && !sched_setaffinity(t, CPU_MASK(last_cpu())));
	nanosleep_until(arch_counter() + counter_freq / 100);
	EXPECT(READ_ONCE(counting[last_cpu()]));
	for (u32 i = 0; i < 10; i++)
		stop_machine(look, NULL);
	EXPECT(!moved);
	WRITE_ONCE(enough, true);
}

/* ---- wake-ups and affinity ---- */

static struct wait_queue turn_queue = WAIT_QUEUE_INIT(turn_queue);
static u32 turn, players, elsewhere;

/* Each in turn, on its own CPU, wakes the next. */
static int play(void *arg)
{
	u32 me = (u32)(ulong)arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		if (wait_event_killable(&turn_queue, READ_ONCE(turn) % nr_cpus == me))
			break;
		elsewhere += smp_processor_id() != me;
		WRITE_ONCE(turn, turn + 1);
		wake_up(&turn_queue);
	}
	__atomic_fetch_sub(&players, 1, __ATOMIC_RELEASE);
	return 0;
}

SELFTEST(smp_wake_across)
{
	if (alone())
		return;
	players = nr_cpus;
	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		EXPECT(!sched_setaffinity(current, CPU_MASK(cpu)) && smp_processor_id() == cpu);
		EXPECT(kthread_create(play, (void *)(ulong)cpu, "player"));
	}
	sched_setaffinity(current, CPU_MASK(0));
	EXPECT(becomes(&players, 0) && turn == ROUNDS * nr_cpus && !elsewhere);
	EXPECT(sched_setaffinity(current, 0) == -EINVAL);
	EXPECT(nr_cpus == 64 || sched_setaffinity(current, 1ULL << nr_cpus) == -EINVAL);
}

/* More that never sleep than one CPU: they spread by themselves. */
static cpumask_t used;
static u32 busy;

static int work(void *arg)
{
	u64 end = arch_counter() + counter_freq / 10;

	(void)arg;
	while (arch_counter() < end) {
		__atomic_fetch_or(&used, CPU_MASK(smp_processor_id()), __ATOMIC_RELAXED);
		cpu_relax();
	}
	__atomic_fetch_sub(&busy, 1, __ATOMIC_RELEASE);
	return 0;
}

SELFTEST(smp_spread)
{
	u32 n = min(nr_cpus, MAX_WORKERS);

	if (alone())
		return;
	sched_setaffinity(current, CPU_MASK_ALL);
	busy = n;
	for (u32 i = 0; i < n; i++)
		EXPECT(kthread_create(work, NULL, "work"));
	EXPECT(becomes(&busy, 0));
	EXPECT(used & (used - 1));	/* more than one */
	sched_setaffinity(current, CPU_MASK(0));
}

/* ---- locks ---- */

static spinlock_t lock = SPINLOCK_INIT(lock);
static u32 protected, adders;

static int add(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < 50 * ROUNDS; i++) {
		spin_lock(&lock);
		WRITE_ONCE(protected, READ_ONCE(protected) + 1);
		spin_unlock(&lock);
	}
	__atomic_fetch_sub(&adders, 1, __ATOMIC_RELEASE);
	return 0;
}

SELFTEST(smp_spinlock)
{
	if (alone())
		return;
	adders = 2;
	for (u32 i = 0; i < 2; i++) {
		struct task_struct *t = kthread_create(add, NULL, "add");

		EXPECT(t && !sched_setaffinity(t, CPU_MASK(i ? last_cpu() : 0)));
	}
	EXPECT(becomes(&adders, 0) && protected == 2 * 50 * ROUNDS);
}

/* ---- time ---- */

static u64 difference;

/* Row 16: what was accounted is what has passed, on each CPU. */
static void sum_up(void *arg)
{
	struct vtime *v = this_cpu_ptr(&vtime);
	u64 sum = 0;

	(void)arg;
	for (u32 kind = 0; kind < NR_VTIME; kind++)
		sum += v->sum[kind];
	difference = v->since - v->start - sum;
}

SELFTEST(smp_vtime_sums)
{
	if (alone())
		return;
	for (u32 cpu = 1; cpu < nr_cpus; cpu++) {
		difference = 1;
		smp_call_function_single(cpu, sum_up, NULL);
		EXPECT(!difference);
	}
}

static u32 fired_on, fired;

static void note_timer(struct timer *t)
{
	(void)t;
	fired_on = smp_processor_id();
	WRITE_ONCE(fired, 1);
}

SELFTEST(smp_timer_elsewhere)
{
	static struct timer t = { .fn = note_timer };

	if (alone())
		return;
	INIT_LIST_HEAD(&t.list);
	fired = 0;
	sched_setaffinity(current, CPU_MASK(last_cpu()));
	t.expires = arch_counter() + counter_freq / 100;
	timer_add(&t);
	sched_setaffinity(current, CPU_MASK(0));
	EXPECT(becomes(&fired, 1) && fired_on == last_cpu());
	fired = 0;
	sched_setaffinity(current, CPU_MASK(last_cpu()));
	t.expires = arch_counter() + counter_freq / 5;
	timer_add(&t);
	sched_setaffinity(current, CPU_MASK(0));
	timer_del(&t);
	nanosleep_until(arch_counter() + counter_freq / 4);
	EXPECT(!fired);
}

/* ---- off and on ---- */

/* Timers of a CPU that goes come on CPU 0, although that sleeps and nobody else wakes it. */
SELFTEST(smp_timer_follows)
{
	static struct timer t = { .fn = note_timer };

	if (nr_cpus < 3) {
		selftest_skip("there are no three CPUs: SMP=3");
		return;
	}
	INIT_LIST_HEAD(&t.list);
	for (u32 i = 0; i < 10; i++) {
		u64 end;

		fired = 0;
		sched_setaffinity(current, CPU_MASK(last_cpu()));
		t.expires = arch_counter() + counter_freq / 20;
		timer_add(&t);
		sched_setaffinity(current, CPU_MASK(1));
		EXPECT(!cpu_down(last_cpu()));
		end = t.expires + counter_freq / 2;
		while (!READ_ONCE(fired) && arch_counter() < end)
			cpu_relax();
		EXPECT(READ_ONCE(fired));
		timer_del(&t);
		EXPECT(!cpu_up(last_cpu()));
	}
	sched_setaffinity(current, CPU_MASK(0));
}

SELFTEST(smp_off_and_on)
{
	static struct timer t = { .fn = note_timer };
	u32 cpu = last_cpu();

	if (alone())
		return;
	EXPECT(cpu_down(0) == -EBUSY && cpu_down(nr_cpus) == -EINVAL && cpu_up(cpu) == -EBUSY);
	INIT_LIST_HEAD(&t.list);
	busy = 4;
	fired = 0;
	sched_setaffinity(current, CPU_MASK(cpu));
	for (u32 i = 0; i < 4; i++)
		EXPECT(kthread_create(work, NULL, "work"));
	t.expires = arch_counter() + counter_freq / 10;
	timer_add(&t);
	EXPECT(!cpu_down(cpu));		/* also the one that this runs on */
	EXPECT(smp_processor_id() != cpu && !cpu_online(cpu) && cpu_down(cpu) == -EBUSY);
	EXPECT(becomes(&busy, 0) && becomes(&fired, 1) && fired_on == 0);
	sched_setaffinity(current, CPU_MASK(0));
	for (u32 i = 0; i < 20; i++) {
		EXPECT(!cpu_up(cpu) && cpu_online(cpu));
		called = 0;
		smp_call_function_many(CPU_MASK_ALL, note_cpu, NULL);
		EXPECT(called == cpu_online_mask() && (called & CPU_MASK(cpu)));
		EXPECT(!cpu_down(cpu));
	}
	EXPECT(!cpu_up(cpu));
}
