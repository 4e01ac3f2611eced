// SPDX-License-Identifier: MIT
/*
 * The tick and one-shot timers share the CPU's physical timer, which is always programmed for
 * whichever comes first. In idle the tick stops: then only timers count, and jiffies catch up
 * when idle ends, unless another CPU has counted them. So it does on a nohz_full CPU while one task has it for
 * itself, in user mode or not. All times are counter values.
 */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/spinlock.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <asm/timex.h>

struct tick {
	arch_spinlock_t lock;		/* the list; the rest is its CPU's own, interrupts off */
	struct list_head timers;	/* by expiry */
	struct timer *running;		/* whose function is on its way */
	u64	next;			/* the next tick, also while stopped: where jiffies stand */
	u64	period;
	u64	shot;			/* somebody wants the interrupt then, too */
	bool	stopped;
	bool	forced;			/* does not stop */
	struct tick_counts counts;
};
static DEFINE_PER_CPU(struct tick, tick);

u64 jiffies;
static u64 jiffies_due;		/* when the next one is over; the same for all CPUs */
static arch_spinlock_t jiffies_lock;

/* Without overflow for any counter value; the divisor is no constant, so two divisions. */
u64 counter_to_ns(u64 ticks)
{
	u64 s = ticks / counter_freq, rest = ticks % counter_freq;

	return s * NSEC_PER_SEC + rest * NSEC_PER_SEC / counter_freq;
}

/* Rounds up: nobody is woken early. */
u64 ns_to_counter(u64 ns)
{
	u64 s = ns / NSEC_PER_SEC, rest = ns % NSEC_PER_SEC;

	return s * counter_freq + (rest * counter_freq + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
}

u64 ktime_get_ns(void)
{
	return counter_to_ns(arch_counter());
}

/* ---- what comes first ---- */

/* Timers that are due count unless the softirq that runs them is on its way. Interrupts off, the lock held; of
 * this CPU, because each programs only its own. */
static void program_next(struct tick *t, u64 now, bool due_too)
{
	u64 when = min(t->stopped ? NEVER : t->next, t->shot);
	struct timer *first;

	if (!list_empty(&t->timers)) {
		first = list_first_entry(&t->timers, struct timer, list);
		if (first->expires > now || due_too)
			when = min(when, first->expires);
	}
	if (when == NEVER)
		clockevent_stop();
	else
		clockevent_program(when);
}

/* ---- the tick ---- */

/* By whoever comes first: any CPU may be idle, with its tick stopped. */
static void count_jiffies(u64 now, u64 period)
{
	u64 n;

	if (now < __atomic_load_n(&jiffies_due, __ATOMIC_RELAXED) || !arch_spin_trylock(&jiffies_lock))
		return;
	if (now >= jiffies_due) {
		n = 1;
		if (unlikely(now - jiffies_due >= period))
			n += (now - jiffies_due) / period;
		jiffies += n;
		__atomic_store_n(&jiffies_due, jiffies_due + n * period, __ATOMIC_RELAXED);
	}
	arch_spin_unlock(&jiffies_lock);
}

/* Returns how many ticks have passed since the last look. */
static u64 catch_up(struct tick *t, u64 now)
{
	u64 n = 1;

	if (now < t->next)
		return 0;
	if (unlikely(now - t->next >= t->period))
		n += (now - t->next) / t->period;
	t->next += n * t->period;
	count_jiffies(now, t->period);
	return n;
}

/* What the tick interrupted; the handler's own level is in the count. */
static enum vtime_kind interrupted_kind(bool user)
{
	if (user)
		return VT_USER;
	if ((preempt_count() & HARDIRQ_MASK) > HARDIRQ_OFFSET)
		return VT_IRQ;
	if (in_serving_softirq())
		return VT_SOFTIRQ;
	return is_idle_task(current) ? VT_IDLE : VT_SYSTEM;
}

static void account(struct tick *t, u64 n)
{
	struct pt_regs *regs = get_irq_regs();
	bool user = regs && user_mode(regs);

	if (!context_tracking_enabled())
		vtime_tick(interrupted_kind(user), n * t->period);
	rcu_sched_clock_irq();
	sched_tick(user, n);
}

/* Hardirq. May come early (somebody else armed the timer): it goes by the counter. */
static void tick_handler(u32 irq, void *arg)
{
	struct tick *t = this_cpu_ptr(&tick);
	u64 now = arch_counter(), n = catch_up(t, now);
	bool due;

	(void)irq;
	(void)arg;
	if (n)
		account(t, n);
	arch_spin_lock(&t->lock);
	due = !list_empty(&t->timers) && list_first_entry(&t->timers, struct timer, list)->expires <= now;
	program_next(t, now, false);
	arch_spin_unlock(&t->lock);
	if (due)
		raise_softirq(TIMER_SOFTIRQ);
}

/* Interrupts off. */
static void reprogram(struct tick *t, u64 now)
{
	arch_spin_lock(&t->lock);
	program_next(t, now, true);
	arch_spin_unlock(&t->lock);
}

void tick_shot(u64 when)
{
	struct tick *t = this_cpu_ptr(&tick);

	t->shot = when;
	reprogram(t, 0);
}

u64 tick_next(void)
{
	return this_cpu_ptr(&tick)->next;
}

/* ---- idle ---- */

/* Ticks that did not come. A task's are user mode's if it has one: nobody was there to see. */
static void stopped_catch_up(struct tick *t)
{
	u64 n = catch_up(t, arch_counter());

	if (!n)
		return;
	if (!context_tracking_enabled())
		vtime_tick(VT_IDLE, n * t->period);
	if (!is_idle_task(current))
		*(current->mm ? &current->utime : &current->stime) += n;
}

static void restart(struct tick *t)
{
	if (!t->stopped)
		return;
	stopped_catch_up(t);
	t->stopped = false;
	reprogram(t, arch_counter());
}

static void stop(struct tick *t)
{
	t->stopped = true;
	reprogram(t, arch_counter());
}

/* While others have theirs stopped and do not look, somebody counts jiffies. */
static bool keeps_time(void)
{
	return unlikely(nohz_full_cpus & ~CPU_MASK(0)) && !smp_processor_id();
}

void tick_nohz_idle_enter(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (t->forced || rcu_needs_cpu() || keeps_time())
		restart(t);
	else
		stop(t);
}

void tick_nohz_idle_exit(void)
{
	restart(this_cpu_ptr(&tick));
}

void tick_irq_enter(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (t->stopped && (preempt_count() & HARDIRQ_MASK) == HARDIRQ_OFFSET)
		stopped_catch_up(t);
}

/* ---- one task alone ---- */

void __tick_nohz_full_update(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (!is_nohz_full(smp_processor_id()) || is_idle_task(current))
		return;
	if (t->forced || rcu_needs_cpu() || !sched_alone()) {
		restart(t);
	} else if (!t->stopped) {
		t->counts.stops++;
		stop(t);
	}
}

void tick_nohz_full_account(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (t->stopped)
		stopped_catch_up(t);
}

bool tick_is_stopped(u32 cpu)
{
	return READ_ONCE(per_cpu_ptr(&tick, cpu)->stopped);
}

struct tick_counts tick_nohz_counts(void)
{
	struct tick_counts sum = { };

	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		const struct tick *t = per_cpu_ptr(&tick, cpu);

		sum.stops += READ_ONCE(t->counts.stops);
		sum.forces += READ_ONCE(t->counts.forces);
	}
	return sum;
}

/* ---- a grace period waits ---- */

void tick_nohz_force(void)
{
	ulong flags = local_irq_save();
	struct tick *t = this_cpu_ptr(&tick);

	t->forced = true;
	t->counts.forces++;
	restart(t);
	local_irq_restore(flags);
}

void tick_nohz_unforce(void)
{
	this_cpu_ptr(&tick)->forced = false;
}

/* ---- timers ---- */

static void add_sorted(struct tick *t, struct timer *timer)
{
	struct timer *pos;

	/* Behind those of the same time: first come, first served. */
	list_for_each_entry(pos, &t->timers, list)
		if (pos->expires > timer->expires)
			break;
	list_add_tail(&timer->list, &pos->list);
}

void timer_add(struct timer *timer)
{
	struct tick *t;
	ulong flags;

	not_in_nmi("timer_add()");
	flags = local_irq_save();
	t = this_cpu_ptr(&tick);
	arch_spin_lock(&t->lock);
	WRITE_ONCE(timer->cpu, smp_processor_id());
	add_sorted(t, timer);
	if (t->timers.next == &timer->list)
		program_next(t, 0, true);
	arch_spin_unlock(&t->lock);
	local_irq_restore(flags);
}

/* The lock of the CPU that it is on. Interrupts off. */
static struct tick *lock_timer(struct timer *timer)
{
	for (;;) {
		u32 cpu = READ_ONCE(timer->cpu);
		struct tick *t = per_cpu_ptr(&tick, cpu);

		arch_spin_lock(&t->lock);
		if (READ_ONCE(timer->cpu) == cpu)
			return t;
		arch_spin_unlock(&t->lock);
	}
}

/* Another CPU may be in its function, and still look at it; this one is then in what that interrupted or called. */
void timer_del(struct timer *timer)
{
	bool elsewhere;

	do {
		ulong flags = local_irq_save();
		struct tick *t = lock_timer(timer);

		list_del_init(&timer->list);
		elsewhere = t->running == timer && t != this_cpu_ptr(&tick);
		arch_spin_unlock(&t->lock);
		local_irq_restore(flags);
		if (elsewhere)
			cpu_relax();
	} while (elsewhere);
}

/* A timer is off the list before its function runs, which may add it again. */
static void run_timers(void)
{
	struct tick *t = this_cpu_ptr(&tick);
	struct timer *timer;
	u64 now;

	local_irq_disable();
	arch_spin_lock(&t->lock);
	for (;;) {
		now = arch_counter();
		if (list_empty(&t->timers))
			break;
		timer = list_first_entry(&t->timers, struct timer, list);
		if (timer->expires > now)
			break;
		list_del_init(&timer->list);
		t->running = timer;
		arch_spin_unlock(&t->lock);
		local_irq_enable();
		timer->fn(timer);
		local_irq_disable();
		arch_spin_lock(&t->lock);
		t->running = NULL;
	}
	program_next(t, now, true);
	arch_spin_unlock(&t->lock);
	local_irq_enable();
}

struct sleeper { struct timer timer; struct task_struct *task; };

static void wake_sleeper(struct timer *timer)
{
	wake_up_process(container_of(timer, struct sleeper, timer)->task);
}

void schedule_until(u64 when)
{
	struct sleeper s = { .timer = { .expires = when, .fn = wake_sleeper }, .task = current };

	INIT_LIST_HEAD(&s.timer.list);
	timer_add(&s.timer);
	schedule();
	timer_del(&s.timer);
}

int nanosleep_until(u64 when)
{
	int err = 0;

	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (arch_counter() >= when)
			break;
		if (test_thread_flag(TIF_SIGPENDING)) {
			err = -EINTR;
			break;
		}
		schedule_until(when);
	}
	set_current_state(TASK_RUNNING);
	return err;
}

/* Ticks are in step, also on a CPU that comes later. Interrupts off. */
void tick_cpu_init(void)
{
	struct tick *t = this_cpu_ptr(&tick);
	u64 now = arch_counter();

	INIT_LIST_HEAD(&t->timers);
	t->period = counter_freq / HZ;
	t->shot = NEVER;
	t->stopped = false;
	t->next = __atomic_load_n(&jiffies_due, __ATOMIC_RELAXED);
	if (t->next <= now)
		t->next += ((now - t->next) / t->period + 1) * t->period;
	clockevent_program(t->next);
}

/* CPU 0 programs its timer when it next looks: sched_cpu_empty(), which comes later, sees to that. */
void tick_cpu_exit(void)
{
	struct tick *t = this_cpu_ptr(&tick), *to = per_cpu_ptr(&tick, 0);
	struct timer *timer, *n;

	arch_spin_lock(&to->lock);
	arch_spin_lock(&t->lock);
	list_for_each_entry_safe(timer, n, &t->timers, list) {
		list_del_init(&timer->list);
		WRITE_ONCE(timer->cpu, 0);
		add_sorted(to, timer);
	}
	arch_spin_unlock(&t->lock);
	arch_spin_unlock(&to->lock);
	clockevent_stop();
}

void tick_init(void)
{
	int err;

	jiffies_due = arch_counter() + counter_freq / HZ;
	open_softirq(TIMER_SOFTIRQ, run_timers);
	err = request_irq(timer_irq_phys, tick_handler, NULL, "tick");
	if (err)
		panic("the tick cannot have interrupt %u: error %d", timer_irq_phys, err);
	tick_cpu_init();
}
