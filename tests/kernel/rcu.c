// SPDX-License-Identifier: MIT
/* RCU's promises, one at a time; all at once is torture.c. */
#include <lintel/bug.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/printk.h>
#include <lintel/rcupdate.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/time.h>
#include <asm/processor.h>
#include <asm/timex.h>
#include <rcu/tree.h>

static u64 ms(u32 n) { return (u64)counter_freq * n / 1000; }

static bool comes(const u32 *what, u32 value)
{
	u64 end = arch_counter() + ms(2000);

	while (READ_ONCE(*what) != value && arch_counter() < end) {
		schedule();
		cpu_relax();
	}
	return READ_ONCE(*what) == value;
}

/* ---- grace periods ---- */

SELFTEST(rcu_synchronize)
{
	struct rcu_counts a = rcu_counts(), b;

	synchronize_rcu();
	b = rcu_counts();
	EXPECT(b.normal > a.normal && b.expedited == a.expedited);
	synchronize_rcu_expedited();
	EXPECT(rcu_counts().expedited > b.expedited);
}

/* ---- callbacks ---- */

static struct rcu_head heads[100];
static u32 ran, in_order;

static void count(struct rcu_head *head)
{
	in_order += head == &heads[ran];
	WRITE_ONCE(ran, ran + 1);
}

SELFTEST(rcu_callbacks_in_order)
{
	ran = in_order = 0;
	for (u32 i = 0; i < ARRAY_SIZE(heads); i++)
		call_rcu(&heads[i], count);
	EXPECT(comes(&ran, ARRAY_SIZE(heads)) && in_order == ran);
}

SELFTEST(rcu_callbacks_wait_for_readers)
{
	ran = 0;
	rcu_read_lock();
	local_irq_disable();
	call_rcu(&heads[0], count);
	local_irq_enable();
	local_bh_disable();
	local_bh_enable();		/* softirqs run here, the grace period is not over */
	for (u64 end = arch_counter() + ms(20); arch_counter() < end;)
		cpu_relax();
	EXPECT(!READ_ONCE(ran));
	rcu_read_unlock();
	EXPECT(comes(&ran, 1));
}

SELFTEST(rcu_barrier_waits)
{
	for (u32 round = 0; round < 20; round++) {
		ran = 0;
		for (u32 i = 0; i < round; i++)
			call_rcu(&heads[i], count);
		rcu_barrier();
		EXPECT(ran == round);
	}
}

/* ---- a grace period that does not come ---- */

/* One CPU: the reader keeps the grace period's thread from running. Several: the thread is elsewhere, and waits. */
SELFTEST(rcu_stall)
{
	struct task_struct *thread = rcu_state.gp[RCU_NORMAL].kthread;
	u32 before = rcu_counts().stalls;

	sched_setaffinity(current, CPU_MASK(0));
	sched_setaffinity(thread, cpus_others() ? cpus_others() : CPU_MASK(0));

	ran = 0;
	rcu_set_stall_timeout(60);
	warn_expect_begin();
	rcu_read_lock();
	call_rcu(&heads[0], count);
	for (u64 end = arch_counter() + ms(2000); arch_counter() < end && rcu_counts().stalls == before;)
		cpu_relax();
	rcu_read_unlock();
	EXPECT(comes(&ran, 1));
	before = rcu_counts().stalls - before;
	EXPECT(before && warn_expect_end() == before);		/* more than one if reports take long */
	rcu_set_stall_timeout(20000);
	rcu_forget_stalls();
	sched_setaffinity(current, CPU_MASK_ALL);
	sched_setaffinity(thread, CPU_MASK_ALL);
}

/* ---- readers that are none ---- */

#ifdef CONFIG_LOCKDEP
static u32 value, *pointer = &value;

SELFTEST(rcu_dereference_without_lock)
{
	warn_expect_begin();
	for (u32 i = 0; i < 2; i++)		/* said once */
		EXPECT(rcu_dereference(pointer) == &value);
	EXPECT(warn_expect_end() == 1);
}

SELFTEST(rcu_dereference_with_lock)
{
	rcu_read_lock();
	EXPECT(rcu_read_lock_held() && rcu_dereference(pointer) == &value);
	rcu_read_lock();
	rcu_read_unlock();
	EXPECT(rcu_read_lock_held());
	rcu_read_unlock();
	EXPECT(!rcu_read_lock_held() && !rcu_read_lock_any_held());
	EXPECT(rcu_dereference_check(pointer, true) && rcu_dereference_protected(pointer, true) && rcu_access_pointer(pointer));
}

SELFTEST(rcu_dereference_unprotected)
{
	warn_expect_begin();
	EXPECT(rcu_dereference_protected(pointer, false) == &value);
	EXPECT(warn_expect_end() == 1);
}

/* Where a door forgot to make RCU watch: nobody waits for this reader. */
SELFTEST(rcu_read_lock_unwatched)
{
	struct context_tracking *ct;
	ulong flags;

	warn_expect_begin();
	preempt_disable();
	flags = local_irq_save();
	ct = this_cpu_ptr(&context_tracking);
	WRITE_ONCE(ct->state, ct->state + CT_RCU_WATCHING);
	rcu_read_lock();
	(void)rcu_dereference(pointer);
	rcu_read_unlock();
	WRITE_ONCE(ct->state, ct->state + CT_RCU_WATCHING);
	local_irq_restore(flags);
	preempt_enable();
	EXPECT(warn_expect_end() == 3);
}
#endif

/* ---- what it costs ---- */

/* tools/bench-rcu counts the instructions from one call of this to the next. */
void rcu_cost_mark(void);
void __noinline rcu_cost_mark(void)
{
	barrier();
}

static bool spin_on;
static u32 spinning;

static int spin_on_cpu(void *arg)
{
	sched_setaffinity(current, CPU_MASK((ulong)arg));
	__atomic_fetch_add(&spinning, 1, __ATOMIC_RELAXED);
	while (READ_ONCE(spin_on))
		cpu_relax();
	__atomic_fetch_sub(&spinning, 1, __ATOMIC_RELAXED);
	return 0;
}

static void measure(enum rcu_kind kind)
{
	static void (*const waits[NR_RCU_KINDS])(void) = { synchronize_rcu, synchronize_rcu_expedited };
	struct rcu_gp *gp = &rcu_state.gp[kind];

	EXPECT(!sched_setaffinity(gp->kthread, CPU_MASK(0)));
	for (u32 round = 0; round < 9; round++) {
		ulong ipis, gps;

		nanosleep_until(arch_counter() + ms(20));
		ipis = gp->ipis;
		gps = gp->gp_seq;
		rcu_cost_mark();
		waits[kind]();
		rcu_cost_mark();
		EXPECT(gp->gp_seq == gps + 2);
		pr_notice("# cost: %lu IPIs\n", gp->ipis - ipis);
	}
	EXPECT(!sched_setaffinity(gp->kthread, CPU_MASK_ALL));
}

/* The threads of the grace periods are on CPU 0, who waits is on another one if there is one. The rest sleep; then
 * they are busy in the kernel. */
SELFTEST(rcu_cost)
{
	cpumask_t others = cpus_others() & ~CPU_MASK(0);
	u32 here = others ? cpu_first(others) : 0, cpu, busy = 0;

	EXPECT(!sched_setaffinity(current, CPU_MASK(here)));
	measure(RCU_NORMAL);
	measure(RCU_EXPEDITED);
	WRITE_ONCE(spin_on, true);
	for_each_cpu(cpu, others & ~CPU_MASK(here))
		busy += !!kthread_create(spin_on_cpu, (void *)(ulong)cpu, "spin");
	EXPECT(comes(&spinning, busy));
	measure(RCU_NORMAL);
	measure(RCU_EXPEDITED);
	WRITE_ONCE(spin_on, false);
	EXPECT(comes(&spinning, 0));
	EXPECT(!sched_setaffinity(current, CPU_MASK_ALL));
}
