// SPDX-License-Identifier: MIT
/* CPUs of nohz_full=: when their tick stops, and what turns it on again. Each test is about the first of them. */
#include <lintel/boot.h>
#include <lintel/context_tracking.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/rcupdate.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <lintel/wait.h>
#include <asm/processor.h>
#include <asm/timex.h>
#include <rcu/tree.h>

#define PATIENCE	20	/* seconds: the host may be busy */

static u64 ms(u32 n) { return (u64)counter_freq * n / 1000; }

static u32 full_cpu(void) { return cpu_first(nohz_full_cpus & ~CPU_MASK(0)); }

static bool none(void)
{
	if (nohz_full_cpus & cpus_others())
		return false;
	selftest_skip("nohz_full= names no CPU that runs: SMP=2 APPEND=nohz_full=1");
	return true;
}

#define comes(cond)								\
	({									\
		u64 __end = arch_counter() + ms(PATIENCE * 1000);		\
										\
		while (!(cond) && arch_counter() < __end)			\
			nanosleep_until(arch_counter() + ms(1));		\
		(cond);								\
	})

/* Not one interrupt, for a while. */
static bool is_left_alone(u32 cpu)
{
	const u64 *irq_time = &per_cpu_ptr(&vtime, cpu)->sum[VT_IRQ];
	u64 end = arch_counter() + ms(PATIENCE * 1000), was;

	do {
		was = READ_ONCE(*irq_time);
		nanosleep_until(arch_counter() + ms(60));
	} while (READ_ONCE(*irq_time) != was && arch_counter() < end);
	return READ_ONCE(*irq_time) == was;
}

/* ---- tasks on it ---- */

static u32 rounds[2], running;
static bool enough, time_stood;

static int spin(void *arg)
{
	u32 *n = arg;

	__atomic_fetch_add(&running, 1, __ATOMIC_RELAXED);
	while (!READ_ONCE(enough)) {
		WRITE_ONCE(*n, *n + 1);
		if (tick_is_stopped(0))
			WRITE_ONCE(time_stood, true);
		cond_resched();
		cpu_relax();
	}
	__atomic_fetch_sub(&running, 1, __ATOMIC_RELEASE);
	return 0;
}

static bool start(int (*fn)(void *), void *arg)
{
	struct task_struct *t = kthread_create(fn, arg, "t-nohz");

	return t && !sched_setaffinity(t, CPU_MASK(full_cpu()));
}

static void stop_all(void)
{
	WRITE_ONCE(enough, true);
	EXPECT(comes(!READ_ONCE(running)));
	WRITE_ONCE(enough, false);
}

SELFTEST(nohz_stops_for_one)
{
	if (none())
		return;
	EXPECT(start(spin, &rounds[0]));
	EXPECT(comes(READ_ONCE(running) && tick_is_stopped(full_cpu())));
	EXPECT(is_left_alone(full_cpu()));
	EXPECT(!READ_ONCE(time_stood));		/* CPU 0 keeps it, idle or not */
	stop_all();
}

/* ... and both get their turns. */
SELFTEST(nohz_restarts_for_two)
{
	if (none())
		return;
	EXPECT(start(spin, &rounds[0]));
	EXPECT(comes(READ_ONCE(running) && tick_is_stopped(full_cpu())));
	for (u32 i = 0; i < 3; i++) {
		u32 first = READ_ONCE(rounds[0]), second = READ_ONCE(rounds[1]);

		EXPECT(i || start(spin, &rounds[1]));
		EXPECT(comes(READ_ONCE(rounds[0]) != first && READ_ONCE(rounds[1]) != second));
		EXPECT(READ_ONCE(running) == 2 && !tick_is_stopped(full_cpu()));
	}
	stop_all();
}

/* One that the task itself wakes: no interrupt comes to look. */
static struct wait_queue queue = WAIT_QUEUE_INIT(queue);
static bool woken, stopped_before, stopped_behind;

static int sleep_there(void *arg)
{
	(void)arg;
	wait_event(&queue, READ_ONCE(woken));
	return 0;
}

/* On the CPU itself: nothing can turn its tick on until interrupts are on again. */
static ulong irqs_off_where_stopped(void)
{
	u64 end = arch_counter() + ms(PATIENCE * 1000);
	ulong flags;

	while (!tick_is_stopped(full_cpu()) && arch_counter() < end)
		cpu_relax();
	flags = local_irq_save();
	stopped_before = tick_is_stopped(full_cpu());
	return flags;
}

static int wake_there(void *arg)
{
	ulong flags = irqs_off_where_stopped();

	(void)arg;
	WRITE_ONCE(woken, true);
	wake_up(&queue);
	stopped_behind = tick_is_stopped(full_cpu());
	local_irq_restore(flags);
	WRITE_ONCE(running, 0);
	return 0;
}

SELFTEST(nohz_restarts_for_one_that_it_wakes)
{
	if (none())
		return;
	EXPECT(start(sleep_there, NULL));
	EXPECT(comes(!list_empty(&queue.waiters)));
	nanosleep_until(arch_counter() + ms(20));
	running = 1;
	EXPECT(start(wake_there, NULL));
	EXPECT(comes(!READ_ONCE(running)) && comes(list_empty(&queue.waiters)));
	EXPECT(stopped_before && !stopped_behind);
}

/* ---- user mode: with tests/user/nohz.c as init, which is there for some time ---- */

static int enter_user(void *arg)
{
	char why[128];

	(void)arg;
	if (kernel_execve("/init", (const char *const[]){ "/init", NULL }, (const char *const[]){ NULL }, why, sizeof(why)))
		printk(LOG_EMERG, "# no init: %s\n", why);
	return 0;
}

SELFTEST(nohz_stops_in_user_mode)
{
	const u32 *state;
	bool seen = false;
	u64 end = arch_counter() + ms(PATIENCE * 1000);

	if (none())
		return;
	state = &per_cpu_ptr(&context_tracking, full_cpu())->state;
	initramfs_init();
	EXPECT(start(enter_user, NULL));
	while (!seen && arch_counter() < end) {
		u32 was = READ_ONCE(*state);

		/* In user mode with the tick stopped, and for longer than ticks are apart no interrupt came. */
		if ((was & CT_STATE_MASK) == CT_STATE_USER && tick_is_stopped(full_cpu())) {
			nanosleep_until(arch_counter() + ms(12));
			seen = READ_ONCE(*state) == was;
		}
		schedule();
	}
	EXPECT(seen);
	EXPECT(comes((READ_ONCE(*state) & CT_STATE_MASK) == CT_STATE_IDLE));
}

/* ---- RCU ---- */

static struct rcu_head head;
static u32 ran;
static void count(struct rcu_head *h) { (void)h; WRITE_ONCE(ran, 1); }

/* It shows no quiescent state by itself, and offers the CPU to nobody. */
static int stay_in_kernel(void *arg)
{
	(void)arg;
	WRITE_ONCE(running, 1);
	while (!READ_ONCE(enough))
		cpu_relax();
	WRITE_ONCE(running, 0);
	return 0;
}

/* Row 30. Without the tick that the interrupt turns on the grace period stalls. */
SELFTEST(nohz_grace_period_turns_it_on)
{
	struct task_struct *thread = rcu_state.gp[RCU_NORMAL].kthread;
	u32 forces = tick_nohz_counts().forces;

	if (none())
		return;
	EXPECT(!sched_setaffinity(thread, CPU_MASK(0)));
	EXPECT(start(stay_in_kernel, NULL));
	EXPECT(comes(READ_ONCE(running) && tick_is_stopped(full_cpu())));
	rcu_set_stall_timeout(4000);
	ran = 0;
	call_rcu(&head, count);
	EXPECT(comes(READ_ONCE(ran)));
	EXPECT(tick_nohz_counts().forces > forces && !rcu_counts().stalls);
	EXPECT(comes(tick_is_stopped(full_cpu())));
	rcu_set_stall_timeout(20000);
	stop_all();
	EXPECT(comes(READ_ONCE(ran)));
	EXPECT(!sched_setaffinity(thread, CPU_MASK_ALL));
}

static int call_from_there(void *arg)
{
	ulong flags = irqs_off_where_stopped();
	u64 end = arch_counter() + ms(PATIENCE * 1000);

	(void)arg;
	call_rcu(&head, count);
	stopped_behind = tick_is_stopped(full_cpu());
	local_irq_restore(flags);
	while (!READ_ONCE(ran) && arch_counter() < end)
		cpu_relax();
	WRITE_ONCE(running, 0);
	return 0;
}

SELFTEST(nohz_callbacks_have_a_tick)
{
	if (none())
		return;
	ran = 0;
	running = 1;
	EXPECT(start(call_from_there, NULL));
	EXPECT(comes(!READ_ONCE(running)) && READ_ONCE(ran));
	EXPECT(stopped_before && !stopped_behind);
}

/* ---- time: row 16 ---- */

static u64 missing, system_time;

static void sum_up(void *arg)
{
	const struct vtime *v = this_cpu_ptr(&vtime);
	u64 sum = 0;

	(void)arg;
	for (u32 kind = 0; kind < NR_VTIME; kind++)
		sum += v->sum[kind];
	missing = v->since - v->start - sum;
	system_time = v->sum[VT_SYSTEM];
}

SELFTEST(nohz_time_sums)
{
	u64 from = arch_counter(), was;

	if (none())
		return;
	smp_call_function_single(full_cpu(), sum_up, NULL);
	was = system_time;
	EXPECT(start(spin, &rounds[0]));
	EXPECT(comes(READ_ONCE(running) && tick_is_stopped(full_cpu())));
	EXPECT(is_left_alone(full_cpu()));
	stop_all();
	smp_call_function_single(full_cpu(), sum_up, NULL);
	EXPECT(!missing && system_time - was > ms(50) && system_time - was < arch_counter() - from);
}
