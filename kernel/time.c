// SPDX-License-Identifier: MIT
/*
 * The tick and one-shot timers share the CPU's physical timer, which is always programmed for
 * whichever comes first. In idle the tick stops: then only timers count, and jiffies catch up
 * when idle ends. All times are counter values.
 */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/sched.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <asm/timex.h>

struct tick {
	struct list_head timers;	/* by expiry */
	u64	next;			/* the next tick, also while stopped: where jiffies stand */
	u64	period;
	u64	shot;			/* somebody wants the interrupt then, too */
	bool	stopped;
	bool	forced;			/* never stops again */
};
static DEFINE_PER_CPU(struct tick, tick);

u64 jiffies;

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

/* Timers that are due count unless the softirq that runs them is on its way. Interrupts off. */
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

/* Returns how many ticks have passed since the last look. */
static u64 catch_up(struct tick *t, u64 now)
{
	u64 n = 1;

	if (now < t->next)
		return 0;
	if (unlikely(now - t->next >= t->period))
		n += (now - t->next) / t->period;
	jiffies += n;
	t->next += n * t->period;
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
	sched_tick(user);
}

/* Hardirq. May come early (somebody else armed the timer): it goes by the counter. */
static void tick_handler(u32 irq, void *arg)
{
	struct tick *t = this_cpu_ptr(&tick);
	u64 now = arch_counter(), n = catch_up(t, now);

	(void)irq;
	(void)arg;
	if (n)
		account(t, n);
	if (!list_empty(&t->timers) &&
	    list_first_entry(&t->timers, struct timer, list)->expires <= now)
		raise_softirq(TIMER_SOFTIRQ);
	program_next(t, now, false);
}

void tick_shot(u64 when)
{
	struct tick *t = this_cpu_ptr(&tick);

	t->shot = when;
	program_next(t, 0, true);
}

u64 tick_next(void)
{
	return this_cpu_ptr(&tick)->next;
}

/* ---- idle ---- */

static void idle_catch_up(struct tick *t)
{
	u64 n = catch_up(t, arch_counter());

	if (n && !context_tracking_enabled())
		vtime_tick(VT_IDLE, n * t->period);
}

void tick_nohz_idle_enter(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (t->forced)
		return;
	t->stopped = true;
	program_next(t, arch_counter(), true);
}

void tick_nohz_idle_exit(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (!t->stopped)
		return;
	idle_catch_up(t);
	t->stopped = false;
	program_next(t, arch_counter(), true);
}

void tick_irq_enter(void)
{
	struct tick *t = this_cpu_ptr(&tick);

	if (t->stopped && (preempt_count() & HARDIRQ_MASK) == HARDIRQ_OFFSET)
		idle_catch_up(t);
}

void tick_nohz_force(void)
{
	struct tick *t = this_cpu_ptr(&tick);
	ulong flags = local_irq_save();

	t->forced = true;
	if (t->stopped) {
		idle_catch_up(t);
		t->stopped = false;
		program_next(t, arch_counter(), true);
	}
	local_irq_restore(flags);
}

/* ---- timers ---- */

void timer_add(struct timer *timer)
{
	struct tick *t = this_cpu_ptr(&tick);
	struct timer *pos;
	ulong flags;

	not_in_nmi("timer_add()");
	flags = local_irq_save();
	/* Behind those of the same time: first come, first served. */
	list_for_each_entry(pos, &t->timers, list)
		if (pos->expires > timer->expires)
			break;
	list_add_tail(&timer->list, &pos->list);
	if (t->timers.next == &timer->list)
		program_next(t, 0, true);
	local_irq_restore(flags);
}

void timer_del(struct timer *timer)
{
	ulong flags = local_irq_save();

	list_del_init(&timer->list);
	local_irq_restore(flags);
}

/* A timer is off the list before its function runs, which may add it again. */
static void run_timers(void)
{
	struct tick *t = this_cpu_ptr(&tick);
	struct timer *timer;
	u64 now;

	local_irq_disable();
	for (;;) {
		now = arch_counter();
		if (list_empty(&t->timers))
			break;
		timer = list_first_entry(&t->timers, struct timer, list);
		if (timer->expires > now)
			break;
		list_del_init(&timer->list);
		local_irq_enable();
		timer->fn(timer);
		local_irq_disable();
	}
	program_next(t, now, true);
	local_irq_enable();
}

struct sleeper { struct timer timer; struct task_struct *task; };

static void wake_sleeper(struct timer *timer)
{
	wake_up_process(container_of(timer, struct sleeper, timer)->task);
}

int nanosleep_until(u64 when)
{
	struct sleeper s = { .timer = { .expires = when, .fn = wake_sleeper }, .task = current };
	int err = 0;

	INIT_LIST_HEAD(&s.timer.list);
	if (arch_counter() < when)
		timer_add(&s.timer);
	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (arch_counter() >= when)
			break;
		if (test_thread_flag(TIF_SIGPENDING)) {
			err = -EINTR;
			break;
		}
		schedule();
	}
	set_current_state(TASK_RUNNING);
	timer_del(&s.timer);
	return err;
}

void tick_init(void)
{
	struct tick *t = this_cpu_ptr(&tick);
	int err;

	INIT_LIST_HEAD(&t->timers);
	t->period = counter_freq / HZ;
	t->shot = NEVER;
	t->next = arch_counter() + t->period;
	open_softirq(TIMER_SOFTIRQ, run_timers);
	err = request_irq(timer_irq_phys, tick_handler, NULL, "tick");
	if (err)
		panic("the tick cannot have interrupt %u: error %d", timer_irq_phys, err);
	clockevent_program(t->next);
}
