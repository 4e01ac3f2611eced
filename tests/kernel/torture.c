// SPDX-License-Identifier: MIT
/*
 * RCU under torture (boot argument torture=seconds[,seed]; docs/rcu.md). Elements are published, replaced, and grow
 * older with each grace period that follows. Whoever reads one may see it replaced, that is age 1: if it sees an older one
 * at the end of its read, a whole grace period has begun and ended meanwhile, and was too short. Readers are tasks,
 * softirqs, interrupts and NMIs, that come in everything else: in each other, in user mode, in idle.
 */
#include <lintel/bug.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/rcupdate.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include "chance.h"

#define OLDEST		8U		/* grace periods until an element is used again */
#define POOL		512U
#define READERS		2U		/* tasks on each CPU */
#define BARRIER_CALLS	10U

static u32 seconds, seed = 1;
static bool stop;
static u32 threads;

static bool calm;		/* tasks read little, CPUs sleep: what comes in between has them for itself */

/* Mostly short, at times longer than ticks are apart. */
static u64 some_time(struct chance *c)
{
	u32 r = below(c, 32);

	return us(below(c, r ? r < 4 ? READ_ONCE(calm) ? 4000 : 300 : 20 : 12000));
}

/* ---- elements ---- */

struct element { struct rcu_head rcu; struct element *next; u32 age; };

static struct element pool[POOL], *pool_free;
static raw_spinlock_t pool_lock = RAW_SPINLOCK_INIT(pool_lock);

static void element_free(struct element *e)
{
	ulong flags = raw_spin_lock_irqsave(&pool_lock);

	e->next = pool_free;
	pool_free = e;
	raw_spin_unlock_irqrestore(&pool_lock, flags);
}

static struct element *element_alloc(void)
{
	ulong flags = raw_spin_lock_irqsave(&pool_lock);
	struct element *e = pool_free;

	if (e)
		pool_free = e->next;
	raw_spin_unlock_irqrestore(&pool_lock, flags);
	if (e)
		e->age = 0;
	return e;
}

/* Each is replaced in a way of its own. */
enum way { BY_CALL, BY_SYNC, BY_EXPEDITED, BY_INTERRUPT, NR_WAYS };
static struct element *published[NR_WAYS];

static struct element *replace(enum way way)
{
	struct element *e = element_alloc(), *old;

	if (!e)
		return NULL;
	old = __atomic_exchange_n(&published[way], e, __ATOMIC_ACQ_REL);
	WRITE_ONCE(old->age, 1);
	return old;
}

/* Whether it is old enough to be used again. */
static bool grow(struct element *e)
{
	WRITE_ONCE(e->age, e->age + 1);
	return e->age >= OLDEST;
}

static void grow_later(struct rcu_head *head)
{
	struct element *e = container_of(head, struct element, rcu);

	if (grow(e))
		element_free(e);
	else
		call_rcu(head, grow_later);
}

static void replace_by_call(enum way way)
{
	struct element *old = replace(way);

	if (old)
		call_rcu(&old->rcu, grow_later);
}

static void replace_and_wait(enum way way)
{
	struct element *old = replace(way);

	if (!old)
		return;
	do
		(way == BY_SYNC ? synchronize_rcu : synchronize_rcu_expedited)();
	while (!grow(old));
	element_free(old);
}

/* ---- readers ---- */

enum reader { IN_TASK, IN_SOFTIRQ, IN_HARDIRQ, IN_NMI, NR_READERS };
static const char *const reader_names[] = { "tasks", "softirqs", "interrupts", "NMIs" };
static ulong reads[NR_READERS], ages[OLDEST + 1];
static u32 shown;

static u32 read_one(struct chance *c, u64 time)
{
	const struct element *e;
	u32 age;

	rcu_read_lock();
	e = rcu_dereference(published[below(c, NR_WAYS)]);
	spin(time);
	if (!below(c, 16)) {
		rcu_read_lock();
		spin(us(5));
		rcu_read_unlock();
	}
	age = READ_ONCE(e->age);
	rcu_read_unlock();
	return min(age, OLDEST);
}

static void read_in(enum reader where, struct chance *c, u64 time)
{
	u32 age = read_one(c, time);

	__atomic_fetch_add(&ages[age], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&reads[where], 1, __ATOMIC_RELAXED);
	if (age > 1 && __atomic_fetch_add(&shown, 1, __ATOMIC_RELAXED) < 10)
		pr_warn("torture: CPU %u, in %s: an element of age %u\n", smp_processor_id(), reader_names[where], age);
}

/* ---- what comes in between: on each CPU a timer, an interrupt that the CPU sends itself, NMIs ---- */

struct intruder { struct timer timer; struct nmi_event nmi; struct chance soft, hard, fiq; };
static DEFINE_PER_CPU(struct intruder, intruder);

static void nmi_comes(struct nmi_event *e, struct pt_regs *regs)
{
	struct intruder *in = container_of(e, struct intruder, nmi);

	(void)regs;
	read_in(IN_NMI, &in->fiq, some_time(&in->fiq));
	if (!READ_ONCE(stop))
		nmi_event_arm(e, arch_counter() + us(100 + below(&in->fiq, 5000)));
}

/* Callbacks keep a tick, so that nohz_full CPUs would never be without. */
static void replace_here(void)
{
	if (!is_nohz_full(smp_processor_id()))
		replace_by_call(BY_INTERRUPT);
}

static void interrupt_comes(u32 irq, void *arg)
{
	struct intruder *in = this_cpu_ptr(&intruder);

	(void)irq;
	(void)arg;
	if (below(&in->hard, 4))
		replace_here();
	read_in(IN_HARDIRQ, &in->hard, some_time(&in->hard));
}

static void timer_comes(struct timer *t)
{
	struct intruder *in = container_of(t, struct intruder, timer);

	if (below(&in->soft, 2))
		irq_chip->send_self(SGI_TORTURE);
	read_in(IN_SOFTIRQ, &in->soft, some_time(&in->soft));
	if (!below(&in->soft, 4))
		replace_here();
	if (READ_ONCE(stop))
		return;
	t->expires = arch_counter() + us(100 + below(&in->soft, 4000));
	timer_add(t);
}

/* On this CPU, from now on. */
static void intrude(u32 cpu)
{
	struct intruder *in = this_cpu_ptr(&intruder);

	if (in->timer.fn)		/* moved when the CPU went */
		timer_del(&in->timer);
	in->soft.state = seed + cpu;
	in->hard.state = seed * 3 + cpu;
	in->fiq.state = seed * 7 + cpu;
	in->timer = (struct timer){ .fn = timer_comes, .expires = arch_counter() };
	INIT_LIST_HEAD(&in->timer.list);
	in->nmi.fn = nmi_comes;
	irq_chip->enable(SGI_TORTURE, false);
	timer_add(&in->timer);
	nmi_event_arm(&in->nmi, arch_counter() + us(500));
}

/* ---- tasks ---- */

static void start_thread_of(int (*fn)(void *), ulong arg, const char *name)
{
	__atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED);
	if (!kthread_create(fn, (void *)arg, name))
		panic("torture: no memory for %s", name);
}

static void rest(struct chance *c)
{
	if (READ_ONCE(calm))
		nanosleep_until(arch_counter() + us(below(c, 100000)));
	else if (below(c, 3))
		schedule();
	else
		nanosleep_until(arch_counter() + us(below(c, 6000)));
}

static int reader(void *arg)
{
	struct chance c = { seed + 1000 + (u32)(ulong)arg };

	while (!READ_ONCE(stop)) {
		for (u32 n = below(&c, READ_ONCE(calm) ? 2 : 20); n--;)
			read_in(IN_TASK, &c, some_time(&c));
		rest(&c);
	}
	__atomic_fetch_sub(&threads, 1, __ATOMIC_RELEASE);
	return 0;
}

static int updater(void *arg)
{
	enum way way = (enum way)(ulong)arg;
	struct chance c = { seed + 2000 + way };

	while (!READ_ONCE(stop)) {
		if (way == BY_CALL)
			replace_by_call(way);
		else
			replace_and_wait(way);
		nanosleep_until(arch_counter() + us(below(&c, 3000)));
	}
	__atomic_fetch_sub(&threads, 1, __ATOMIC_RELEASE);
	return 0;
}

/* What was called before rcu_barrier() has run behind it. */
static u32 barrier_ran, barriers, barriers_failed;

static void count_barrier(struct rcu_head *head)
{
	(void)head;
	__atomic_fetch_add(&barrier_ran, 1, __ATOMIC_RELAXED);
}

static int barrier_thread(void *arg)
{
	static struct rcu_head heads[BARRIER_CALLS];
	struct chance c = { seed + 3000 };

	(void)arg;
	while (!READ_ONCE(stop)) {
		barrier_ran = 0;
		for (u32 i = 0; i < BARRIER_CALLS; i++) {
			call_rcu(&heads[i], count_barrier);
			if (!below(&c, 4))
				schedule();
		}
		rcu_barrier();
		barriers++;
		barriers_failed += READ_ONCE(barrier_ran) != BARRIER_CALLS;
		nanosleep_until(arch_counter() + us(below(&c, 50000)));
	}
	__atomic_fetch_sub(&threads, 1, __ATOMIC_RELEASE);
	return 0;
}

/* ---- beginning and end ---- */

static int intruder_thread(void *arg)
{
	u32 cpu = (u32)(ulong)arg;

	sched_setaffinity(current, CPU_MASK(cpu));
	preempt_disable();
	intrude(cpu);
	preempt_enable();
	__atomic_fetch_sub(&threads, 1, __ATOMIC_RELEASE);
	return 0;
}

/* CPUs go and come. What goes with one, and does not come again by itself: NMIs, and its readiness for the interrupt. */
static u32 offs;

static int hotplug_thread(void *arg)
{
	struct chance c = { seed + 5000 };

	(void)arg;
	while (!READ_ONCE(stop)) {
		u32 cpu = 1 + below(&c, nr_cpus - 1);

		nanosleep_until(arch_counter() + us(below(&c, 300000)));
		if (cpu_down(cpu))
			continue;
		offs++;
		rcu_barrier();		/* neither its callbacks nor grace periods wait until it is back */
		nanosleep_until(arch_counter() + us(below(&c, 100000)));
		if (cpu_up(cpu))
			panic("torture: CPU %u does not come back", cpu);
		start_thread_of(intruder_thread, cpu, "t-intruder");
	}
	__atomic_fetch_sub(&threads, 1, __ATOMIC_RELEASE);
	return 0;
}

static void start_all(void)
{
	u32 cpu;

	for (u32 i = 0; i < POOL; i++)
		element_free(&pool[i]);
	for (u32 way = 0; way < NR_WAYS; way++)
		published[way] = element_alloc();
	if (request_irq(SGI_TORTURE, interrupt_comes, NULL, "torture"))
		panic("torture: no interrupt");
	for_each_cpu(cpu, cpu_online_mask())
		start_thread_of(intruder_thread, cpu, "t-intruder");
	for (u32 i = 0; i < READERS * nr_cpus; i++)
		start_thread_of(reader, i, "t-reader");
	start_thread_of(updater, BY_CALL, "t-call");
	start_thread_of(updater, BY_SYNC, "t-sync");
	start_thread_of(updater, BY_EXPEDITED, "t-exp");
	start_thread_of(barrier_thread, 0, "t-barrier");
	if (nr_cpus > 1)
		start_thread_of(hotplug_thread, 0, "t-hotplug");
}

/* In turn, both ways in which idle sleeps; and calm. */
static void go_on(void)
{
	u64 end = arch_counter() + (u64)seconds * counter_freq;
	struct chance c = { seed + 4000 };

	while (arch_counter() < end) {
		idle_set_body(below(&c, 2));
		WRITE_ONCE(calm, below(&c, 2));
		nanosleep_until(min(end, arch_counter() + us(50000 + below(&c, 200000))));
	}
}

static bool all_stopped(void)
{
	u64 end = arch_counter() + 10 * (u64)counter_freq;

	WRITE_ONCE(stop, true);
	while (__atomic_load_n(&threads, __ATOMIC_ACQUIRE) && arch_counter() < end)
		nanosleep_until(arch_counter() + us(10000));
	return !threads;
}

static void __noreturn verdict(struct rcu_counts from)
{
	struct rcu_counts to = rcu_counts();
	ulong all = 0, too_short = 0, gps = to.normal - from.normal + to.expedited - from.expedited;

	for (u32 i = 0; i < NR_READERS; i++) {
		printk(LOG_EMERG, "torture: %lu reads in %s\n", reads[i], reader_names[i]);
		all += reads[i];
	}
	for (u32 age = 2; age <= OLDEST; age++)
		too_short += ages[age];
	printk(LOG_EMERG, "torture: %lu of the elements read were replaced meanwhile\n", ages[1]);
	printk(LOG_EMERG, "torture: %lu normal and %lu expedited grace periods, %lu IPIs; %u barriers, %u of them too early\n",
	       to.normal - from.normal, to.expedited - from.expedited, to.ipis - from.ipis, barriers, barriers_failed);
	printk(LOG_EMERG, "torture: CPUs were %u times off; ticks were %u times stopped for a task, %u times forced\n", offs,
	       tick_nohz_counts().stops, tick_nohz_counts().forces);
	printk(LOG_EMERG, "torture %s: %lu grace periods, %lu reads, %lu too short, %u stalls\n",
	       IS_ENABLED(CONFIG_ARM64) ? "arm64" : "arm", gps, all, too_short, to.stalls);
	machine_exit(threads || too_short || to.stalls || barriers_failed || !gps || !all || !ages[1]);
}

static int torturer(void *arg)
{
	struct rcu_counts from = rcu_counts();

	(void)arg;
	printk(LOG_EMERG, "torture: %u s, seed %u\n", seconds, seed);
	rcu_set_stall_timeout(10000);
	start_all();
	go_on();
	if (!all_stopped())
		printk(LOG_EMERG, "torture: %u threads do not come to their end\n", threads);
	else
		rcu_barrier();
	verdict(from);
}

void torture_start(const char *value)
{
	if (!parse_run(value, &seconds, &seed)) {
		printk(LOG_EMERG, "torture=%s: it is torture=seconds[,seed], 1 to 100000 seconds\n", value);
		machine_exit(1);
	}
	if (!kthread_create(torturer, NULL, "torture"))
		panic("torture: no memory for the first thread");
}
