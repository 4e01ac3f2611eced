// SPDX-License-Identifier: MIT
/*
 * Everything at once (boot argument stress=seconds[,seed]; docs/stress.md): tasks that wake each other across CPUs and
 * move, timers that are set and taken back, calls, kernel threads that come and go beside the processes of
 * tests/user/stress.c, interrupts, NMIs, grace periods, and CPUs that go off and come again. Each says what it saw:
 * nothing may be lost, early, or twice. Who makes no progress is starved, and named.
 */
#include <lintel/bug.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/rcutree.h>
#include <lintel/rcupdate.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/wait.h>
#include "chance.h"

#define LATE		(5 * (u64)counter_freq)		/* what has not come by then was lost */
#define STARVED		(12 * (u64)counter_freq)	/* who has done nothing for so long */
#define SHOTS		8U				/* timers of each thread that has some */
#define CALLERS		2U
#define WORKERS		(5 * CONFIG_NR_CPUS + CALLERS + 8)

static u32 seconds, seed = 1;
static bool stop;
static bool calm;		/* nobody is just busy: CPUs sleep, and what wakes them has them for itself */

/* ---- what is counted, and what went wrong ---- */

enum kind { WAKE_UPS, TIMERS, CALLS, THREADS, FORKS, INTERRUPTS, NMIS, GRACE_PERIODS, OFFS, NR_KINDS };
static const char *const kind_names[] = {
	"wake-ups", "timers", "calls", "threads", "forks", "interrupts", "NMIs", "grace periods", "times a CPU was off"
};
static ulong counts[NR_KINDS];
static u32 wrongs;

static void count(enum kind kind)
{
	__atomic_fetch_add(&counts[kind], 1, __ATOMIC_RELAXED);
}

#define wrong(...)								\
	do {									\
		if (__atomic_fetch_add(&wrongs, 1, __ATOMIC_RELAXED) < 10)	\
			printk(LOG_EMERG, "stress: " __VA_ARGS__);		\
	} while (0)

/* ---- who works, and when it last got anywhere ---- */

struct worker { const char *what; int (*fn)(struct worker *); u32 nr; struct chance chance; u64 last; bool over; };
static struct worker workers[WORKERS];
static u32 nr_workers;

static void got_on(struct worker *w)
{
	WRITE_ONCE(w->last, arch_counter());
}

static int work(void *arg)
{
	struct worker *w = arg;

	w->fn(w);
	__atomic_store_n(&w->over, true, __ATOMIC_RELEASE);
	return 0;
}

static void make_thread(int (*fn)(void *), void *arg, const char *name)
{
	count(THREADS);
	if (!kthread_create(fn, arg, name))
		panic("stress: no memory for %s", name);
}

static void hire(const char *what, int (*fn)(struct worker *), u32 nr)
{
	struct worker *w = &workers[nr_workers++];

	BUG_ON(nr_workers > WORKERS);
	*w = (struct worker){ .what = what, .fn = fn, .nr = nr, .chance = { seed * 31 + nr_workers }, .last = arch_counter() };
	make_thread(work, w, what);
}

static void move_sometimes(struct worker *w)
{
	if (!below(&w->chance, 8))
		sched_setaffinity(current, below(&w->chance, 2) ? CPU_MASK(below(&w->chance, nr_cpus)) : CPU_MASK_ALL);
}

/* ---- two at a time, in turn ---- */

static struct pair { struct wait_queue queue; u32 turn; u64 since; } pairs[CONFIG_NR_CPUS];

static void my_turn(struct worker *w, struct pair *p, u32 me)
{
	u64 late = arch_counter() - READ_ONCE(p->since);

	if (late > LATE && !READ_ONCE(stop))
		wrong("a wake-up was lost: the turn of %u came %u ms ago\n", w->nr, (u32)(counter_to_ns(late) / 1000000));
	count(WAKE_UPS);
	got_on(w);
	move_sometimes(w);
	spin(us(below(&w->chance, 40)));
	WRITE_ONCE(p->since, arch_counter());
	__atomic_store_n(&p->turn, !me, __ATOMIC_RELEASE);
	wake_up(&p->queue);
}

static int pass(struct worker *w)
{
	struct pair *p = &pairs[w->nr / 2];
	u32 me = w->nr % 2;

	while (!READ_ONCE(stop)) {
		if (wait_event_until(&p->queue, __atomic_load_n(&p->turn, __ATOMIC_ACQUIRE) == me || READ_ONCE(stop),
				     arch_counter() + 2 * LATE) && !READ_ONCE(stop))
			my_turn(w, p, me);
	}
	wake_up(&p->queue);
	return 0;
}

/* ---- busy, and in nobody's way as long as others get their turn ---- */

static int hog(struct worker *w)
{
	while (!READ_ONCE(stop)) {
		if (READ_ONCE(calm))
			nanosleep_until(arch_counter() + us(3000));
		else
			spin(us(50));
		if (test_thread_flag(TIF_NEED_RESCHED))
			schedule();
		got_on(w);
	}
	return 0;
}

/* ---- timers ---- */

struct shot { struct timer timer; bool armed, running; };

static void fires(struct timer *t)
{
	struct shot *s = container_of(t, struct shot, timer);

	WRITE_ONCE(s->running, true);
	if (arch_counter() < t->expires)
		wrong("a timer was early\n");
	if (counts[TIMERS] % 4 == 0)
		irq_chip->send_self(SGI_TEST);
	count(TIMERS);
	spin(us(10));
	WRITE_ONCE(s->running, false);
	__atomic_store_n(&s->armed, false, __ATOMIC_RELEASE);
}

static void take_back(struct shot *s)
{
	timer_del(&s->timer);
	if (READ_ONCE(s->running))
		wrong("a timer that was taken back runs\n");
	WRITE_ONCE(s->armed, false);
}

static void arm(struct worker *w, struct shot *s, u64 expires)
{
	s->timer.expires = expires;
	WRITE_ONCE(s->armed, true);
	timer_add(&s->timer);
	got_on(w);
}

/* Set here, and taken back from elsewhere at the very moment that it runs, if that can be had. */
static void chase(struct worker *w, struct shot *s)
{
	arm(w, s, arch_counter() + us(500));
	sched_setaffinity(current, ~CPU_MASK(READ_ONCE(s->timer.cpu)));
	if (arch_counter() < s->timer.expires)
		spin(s->timer.expires - arch_counter() + us(below(&w->chance, 50)));
	take_back(s);
}

static void look_after(struct worker *w, struct shot *s)
{
	if (__atomic_load_n(&s->armed, __ATOMIC_ACQUIRE)) {
		if (arch_counter() > s->timer.expires + LATE) {
			wrong("a timer was lost: it was due %u ms ago\n",
			      (u32)(counter_to_ns(arch_counter() - s->timer.expires) / 1000000));
			take_back(s);
		} else if (!below(&w->chance, 16)) {
			take_back(s);
		}
		return;
	}
	if (READ_ONCE(stop))
		return;
	if (!below(&w->chance, 8))
		chase(w, s);
	else
		arm(w, s, arch_counter() + us(below(&w->chance, 8) ? below(&w->chance, 4000) : 20000));
}

/* At the end those that are armed are waited for. */
static bool any_armed(const struct shot *shots)
{
	for (u32 i = 0; i < SHOTS; i++)
		if (__atomic_load_n(&shots[i].armed, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

static int set_timers(struct worker *w)
{
	static struct shot all[CONFIG_NR_CPUS][SHOTS];
	struct shot *shots = all[w->nr];

	for (u32 i = 0; i < SHOTS; i++) {
		shots[i].timer.fn = fires;
		INIT_LIST_HEAD(&shots[i].timer.list);
	}
	while (!READ_ONCE(stop) || any_armed(shots)) {
		u64 until = arch_counter() + us(below(&w->chance, 6000));

		for (u32 i = 0; i < SHOTS; i++)
			look_after(w, &shots[i]);
		move_sometimes(w);
		nanosleep_until(until);
		if (arch_counter() < until)
			wrong("a sleeper was woken early\n");
	}
	return 0;
}

/* ---- calls ---- */

static u32 changes;		/* odd while a CPU is on its way off or on */

struct called { cpumask_t cpus; u32 twice; };

static void note(void *arg)
{
	struct called *c = arg;
	cpumask_t me = CPU_MASK(smp_processor_id());

	if (__atomic_fetch_or(&c->cpus, me, __ATOMIC_RELAXED) & me)
		__atomic_fetch_add(&c->twice, 1, __ATOMIC_RELAXED);
}

static void call_some(struct worker *w)
{
	cpumask_t mask = (u64)below(&w->chance, 1U << 24) << 40 | (u64)below(&w->chance, 1U << 20) << 20 |
			 below(&w->chance, 1U << 20);
	u32 before = __atomic_load_n(&changes, __ATOMIC_ACQUIRE);
	cpumask_t online = cpu_online_mask();
	struct called c = { };

	smp_call_function_many(mask, note, &c);
	if (c.twice || (c.cpus & ~mask) || (!(before & 1) && before == __atomic_load_n(&changes, __ATOMIC_ACQUIRE) &&
					    c.cpus != (mask & online)))
		wrong("a call for CPUs %llx came to %llx\n", (unsigned long long)(mask & online), (unsigned long long)c.cpus);
	count(CALLS);
	got_on(w);
}

/* While all others wait nobody counts. */
static void nobody_counts(void *arg)
{
	ulong before = READ_ONCE(counts[WAKE_UPS]);

	spin(us(20));
	if (READ_ONCE(counts[WAKE_UPS]) != before)
		wrong("somebody runs while the machine is stopped\n");
	(void)arg;
}

static int call(struct worker *w)
{
	while (!READ_ONCE(stop)) {
		call_some(w);
		if (!below(&w->chance, 32))
			stop_machine(nobody_counts, NULL);
		move_sometimes(w);
		nanosleep_until(arch_counter() + us(below(&w->chance, 1500)));
	}
	return 0;
}

/* ---- threads that come and go ---- */

static u32 children;

static int child(void *arg)
{
	(void)arg;
	schedule();
	__atomic_fetch_sub(&children, 1, __ATOMIC_RELEASE);
	return 0;
}

static int spawn(struct worker *w)
{
	while (!READ_ONCE(stop)) {
		u32 n = 1 + below(&w->chance, 4);

		__atomic_store_n(&children, n, __ATOMIC_RELEASE);
		while (n--)
			make_thread(child, NULL, "s-child");
		move_sometimes(w);
		while (__atomic_load_n(&children, __ATOMIC_ACQUIRE))
			nanosleep_until(arch_counter() + us(500));
		got_on(w);
		nanosleep_until(arch_counter() + us(below(&w->chance, 5000)));
	}
	return 0;
}

static int wait_for_readers(struct worker *w)
{
	while (!READ_ONCE(stop)) {
		(below(&w->chance, 2) ? synchronize_rcu : synchronize_rcu_expedited)();
		count(GRACE_PERIODS);
		got_on(w);
		nanosleep_until(arch_counter() + us(below(&w->chance, 3000)));
	}
	return 0;
}

/* ---- on each CPU: NMIs, which also look after the others ---- */

struct beat { struct nmi_event event; struct chance chance; u64 last; };
static DEFINE_PER_CPU(struct beat, beat);
static u64 controller_last;

static void look_for_starved(void)
{
	u64 now = arch_counter();
	u32 cpu;

	if (READ_ONCE(stop))
		return;
	for_each_cpu(cpu, cpu_active_mask())
		if (now > READ_ONCE(per_cpu_ptr(&beat, cpu)->last) + STARVED)
			panic("stress: starved: CPU %u has not run for %u s", cpu, (u32)(STARVED / counter_freq));
	if (now > READ_ONCE(controller_last) + STARVED)
		panic("stress: starved: the thread that looks after the others has not run for %u s",
		      (u32)(STARVED / counter_freq));
}

static void nmi_comes(struct nmi_event *e, struct pt_regs *regs)
{
	struct beat *b = container_of(e, struct beat, event);

	(void)regs;
	count(NMIS);
	WRITE_ONCE(b->last, arch_counter());
	look_for_starved();
	nmi_event_arm(e, arch_counter() + us(100 + below(&b->chance, 5000)));
}

static void interrupt_comes(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
	count(INTERRUPTS);
}

/* A thread is what can run on the CPU; it goes with the CPU, and is made again when that comes again. */
static int begin_on(void *arg)
{
	u32 cpu = (u32)(ulong)arg;
	struct beat *b;

	sched_setaffinity(current, CPU_MASK(cpu));
	preempt_disable();
	b = this_cpu_ptr(&beat);
	b->event.fn = nmi_comes;
	b->chance.state = seed * 7 + cpu;
	irq_chip->enable(SGI_TEST, false);
	nmi_event_arm(&b->event, arch_counter() + us(500));
	preempt_enable();
	return 0;
}

static void begin(u32 cpu)
{
	make_thread(begin_on, (void *)(ulong)cpu, "s-begin");
}

/* ---- CPUs that go ---- */

static void off_and_on(u32 cpu)
{
	u32 up;

	__atomic_fetch_add(&changes, 1, __ATOMIC_SEQ_CST);
	if (cpu_down(cpu))
		panic("stress: CPU %u does not go off", cpu);
	__atomic_fetch_add(&changes, 1, __ATOMIC_SEQ_CST);
	count(OFFS);
	nanosleep_until(arch_counter() + us(5000));
	WRITE_ONCE(per_cpu_ptr(&beat, cpu)->last, arch_counter());
	__atomic_fetch_add(&changes, 1, __ATOMIC_SEQ_CST);
	up = cpu_up(cpu);
	__atomic_fetch_add(&changes, 1, __ATOMIC_SEQ_CST);
	if (up)
		panic("stress: CPU %u does not come back", cpu);
	begin(cpu);
}

static int hotplug(struct worker *w)
{
	while (!READ_ONCE(stop)) {
		off_and_on(1 + below(&w->chance, nr_cpus - 1));
		got_on(w);
		move_sometimes(w);
		nanosleep_until(arch_counter() + us(below(&w->chance, 200000)));
	}
	return 0;
}

/* ---- beginning and end ---- */

static void start_all(void)
{
	if (request_irq(SGI_TEST, interrupt_comes, NULL, "stress"))
		panic("stress: no interrupt");
	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		WRITE_ONCE(per_cpu_ptr(&beat, cpu)->last, arch_counter());
		if (!cpu_online(cpu))
			continue;
		begin(cpu);
		init_waitqueue(&pairs[cpu].queue);
		WRITE_ONCE(pairs[cpu].since, arch_counter());
		hire("s-pass", pass, 2 * cpu);
		hire("s-pass", pass, 2 * cpu + 1);
		hire("s-timers", set_timers, cpu);
		hire("s-hog", hog, cpu);
	}
	hire("s-spawn", spawn, 0);
	hire("s-rcu", wait_for_readers, 0);
	for (u32 i = 0; i < CALLERS && nr_cpus > 1; i++)
		hire("s-call", call, i);
	if (nr_cpus > 1)
		hire("s-hotplug", hotplug, 0);
}

/* Returns how many are at it. */
static u32 look_after_workers(bool done_counts)
{
	u32 busy = 0;

	WRITE_ONCE(controller_last, arch_counter());
	for (u32 i = 0; i < nr_workers; i++) {
		struct worker *w = &workers[i];
		u64 last = READ_ONCE(w->last);

		if (__atomic_load_n(&w->over, __ATOMIC_ACQUIRE))
			continue;
		busy++;
		if (!done_counts && arch_counter() > last + STARVED) {
			wrong("starved: %s %u has got nowhere for %u s\n", w->what, w->nr, (u32)(STARVED / counter_freq));
			got_on(w);
		}
	}
	return busy;
}

static void go_on(void)
{
	u64 end = arch_counter() + (u64)seconds * counter_freq;
	struct chance c = { seed + 4000 };

	while (arch_counter() < end) {
		idle_set_body(below(&c, 2));
		WRITE_ONCE(calm, below(&c, 3));
		nanosleep_until(min(end, arch_counter() + us(20000 + below(&c, 100000))));
		look_after_workers(false);
	}
}

static void name_those_left(void)
{
	for (u32 i = 0; i < nr_workers; i++)
		if (!workers[i].over)
			wrong("starved: %s %u does not come to its end\n", workers[i].what, workers[i].nr);
}

static void all_stop(void)
{
	u64 end = arch_counter() + STARVED;

	WRITE_ONCE(stop, true);
	for (u32 i = 0; i < nr_cpus; i++)
		if (pairs[i].since)
			wake_up(&pairs[i].queue);
	while (look_after_workers(true) && arch_counter() < end)
		nanosleep_until(arch_counter() + us(10000));
	name_those_left();
}

static int take_pid(void *arg)
{
	WRITE_ONCE(*(s32 *)arg, current->pid);
	return 0;
}

/* The last pid that was given away: a task says which it has. */
static s32 last_pid(void)
{
	static s32 pid;

	WRITE_ONCE(pid, 0);
	make_thread(take_pid, &pid, "s-pid");
	while (!READ_ONCE(pid))
		nanosleep_until(arch_counter() + us(1000));
	return pid;
}

/* Of what was not done at all nothing is known. */
static u32 nothing_done(void)
{
	u32 none = 0;

	for (u32 kind = 0; kind < NR_KINDS; kind++) {
		if (counts[kind] || (nr_cpus == 1 && (kind == CALLS || kind == OFFS)))
			continue;
		printk(LOG_EMERG, "stress: starved: no %s\n", kind_names[kind]);
		none++;
	}
	return none;
}

static void __noreturn verdict(void)
{
	u32 none = nothing_done();

	for (u32 kind = 0; kind < NR_KINDS; kind++)
		printk(LOG_EMERG, "stress: %lu %s\n", counts[kind], kind_names[kind]);
	printk(LOG_EMERG, "stress %s: %lu wake-ups, %lu timers, %lu calls, %lu forks, %lu NMIs, %lu times off, %u wrong, %u warnings\n",
	       IS_ENABLED(CONFIG_ARM64) ? "arm64" : "arm", counts[WAKE_UPS], counts[TIMERS], counts[CALLS], counts[FORKS],
	       counts[NMIS], counts[OFFS], wrongs, warn_count());
	machine_exit(none || wrongs || warn_count());
}

static int controller(void *arg)
{
	s32 first, last;
	ulong threads;

	(void)arg;
	WRITE_ONCE(controller_last, arch_counter());
	printk(LOG_EMERG, "stress: %u s, seed %u; signals are not built yet\n", seconds, seed);
	first = last_pid();
	threads = counts[THREADS];
	start_all();
	go_on();
	all_stop();
	last = last_pid();
	counts[FORKS] = (ulong)(last - first) - (counts[THREADS] - threads);	/* pids that no thread of ours has */
	verdict();
}

void stress_start(const char *value)
{
	if (!parse_run(value, &seconds, &seed)) {
		printk(LOG_EMERG, "stress=%s: it is stress=seconds[,seed], 1 to 100000 seconds\n", value);
		machine_exit(1);
	}
	if (!kthread_create(controller, NULL, "stress"))
		panic("stress: no memory for the first thread");
}
