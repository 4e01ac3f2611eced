// SPDX-License-Identifier: MIT
/*
 * lintel(): what a program cannot see or do by itself (the sweeps' part is in sweep.c). The tour (user/init.c) asks here for
 * crossings as the ring recorded them, and for interrupts in places of the kernel where no
 * program can be: the stations below. Each checks that it left the keepers as it found them,
 * with or without a ring.
 */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/crossing.h>
#include <lintel/errno.h>
#include <lintel/idle.h>
#include <lintel/irqflags.h>
#include <lintel/nmi.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/shot.h>
#include <lintel/string.h>
#include <lintel/sweep.h>
#include <lintel/syscalls.h>
#include <lintel/time.h>
#include <lintel/tour.h>
#include <lintel/uaccess.h>
#include <lintel/wait.h>
#include <asm/timex.h>
#include <uapi/lintel.h>

static_assert(LINTEL_DOOR_FORK == DOOR_FORK && LINTEL_DOOR_FIQ == DOOR_FIQ, "uapi doors");
static_assert(LINTEL_NMI_PMR == NMI_PMR && LINTEL_NMI_NMI == NMI_NMI, "uapi NMIs");
static_assert(LINTEL_CTX_NMI == CTX_NMI && LINTEL_CTX_EQS == CTX_EQS, "uapi contexts");

/* Far enough for the code that arms it to reach the place where it is to strike. */
#define SOON		(counter_freq / 20000)	/* 50 us: the counter has no fixed rate */

static_assert(LINTEL_NR_REGS == USER_PT_REGS_WORDS, "uapi registers");

static u32 bad_state;

/* ---- stations: each returns whether its interrupt came where it was to come ---- */

static bool strike_irq(void)
{
	irq_shot_at(arch_counter() + SOON, 0, NULL);
	return shot_wait(&irq_shot);
}

static bool strike_nmi(void)
{
	struct keepers before = keepers_now();

	return !nmi_shot_at(arch_counter() + SOON, NULL) && shot_wait(&nmi_shot) && keepers_same(&before);
}

static bool inside_ok;
static void strike_nmi_inside(void) { inside_ok = strike_nmi(); }
static void strike_irq_inside(void)
{
	struct keepers before = keepers_now();

	inside_ok = strike_irq() && keepers_same(&before);
}

static bool nmi_in_irq(void)
{
	inside_ok = false;
	irq_shot_at(arch_counter() + SOON, 0, strike_nmi_inside);
	return shot_wait(&irq_shot) && inside_ok;
}

/* A softirq runs on the way out of the interrupt that follows, or at once when bottom halves are
 * enabled again. */
static bool in_softirq_do(void (*fn)(void))
{
	inside_ok = false;
	open_softirq(TASKLET_SOFTIRQ, fn);
	local_bh_disable();
	raise_softirq(TASKLET_SOFTIRQ);
	local_bh_enable();
	return inside_ok;
}

/* The idle task runs while every other task sleeps: so sleep, and let the interrupt find it. */
static bool idle_irq(bool irqs_on)
{
	bool was = idle_irqs_on();

	idle_set_body(irqs_on);
	irq_shot_at(arch_counter() + SOON * 4, 0, NULL);
	nanosleep_until(arch_counter() + SOON * 16);
	idle_set_body(was);
	return irq_shot.fired && irq_shot.in_context && irq_shot.in_idle;
}

static bool idle_nmi(bool watching)
{
	int err = 0;

	inside_ok = !watching;
	if (watching)
		idle_set_visitor(strike_nmi_inside);
	else
		err = nmi_shot_at(arch_counter() + SOON * 4, NULL);
	nanosleep_until(arch_counter() + SOON * 16);
	idle_set_visitor(NULL);
	return !err && inside_ok && nmi_shot.fired && nmi_shot.in_context && nmi_shot.in_idle;
}

static bool station_run(const struct lintel_station *s)
{
	bool irq = s->door == DOOR_IRQ;

	switch (s->context) {
	case CTX_KERNEL:
		return irq ? strike_irq() : strike_nmi();
	case CTX_SOFTIRQ:
		return in_softirq_do(irq ? strike_irq_inside : strike_nmi_inside);
	case CTX_IRQ:
		return !irq && nmi_in_irq();
	case CTX_IDLE:
		return irq ? idle_irq(false) : idle_nmi(true);
	case CTX_EQS:
		return irq ? idle_irq(true) : idle_nmi(false);
	default:
		return false;
	}
}

/* Stations run in a kernel thread of their own: what they show is no system call's doing. */
static struct station_work {
	struct lintel_station s;
	struct wait_queue over;
	bool done;
} station_work = { .over = WAIT_QUEUE_INIT(station_work.over) };

/* Did it happen where it was to happen? Only the ring can tell. */
static bool station_seen(const struct lintel_station *s)
{
	static struct crossing c;

	return !IS_ENABLED(CONFIG_EVENT_RING) ||
	       !crossing_find(s->mark, s->door, s->context, s->pid, &c);
}

/*
 * A busy host may steal just the microseconds in which it was to happen: the sleep is over before
 * idle ran, or the timer strikes before its place is reached. Then once more. An end state that
 * is wrong stays wrong.
 */
#define TRIES	20

static int station_thread(void *arg)
{
	struct station_work *w = arg;
	struct keepers before = keepers_now();
	bool idle = w->s.context == CTX_IDLE || w->s.context == CTX_EQS;
	bool same, there;
	u32 tries = 0;

	w->s.pid = idle ? 0 : current->pid;
	do {
		w->s.mark = evlog_mark();
		there = station_run(&w->s) && station_seen(&w->s);
		same = keepers_same(&before);
	} while (same && !there && ++tries < TRIES);
	w->s.ok = same && there;
	WRITE_ONCE(w->done, true);
	wake_up(&w->over);
	return 0;
}

/* Even if it must die: the place is used again. */
static void wait_uninterrupted(struct station_work *w)
{
	struct waiter me;

	wait_begin(&w->over, &me);
	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (READ_ONCE(w->done))
			break;
		schedule();
	}
	wait_end(&w->over, &me);
}

static long lintel_station(struct lintel_station __user *arg)
{
	struct station_work *w = &station_work;

	if (copy_from_user(&w->s, arg, sizeof(w->s)))
		return -EFAULT;
	if (w->s.door == DOOR_FORK) {
		/* Init came from a kernel thread: its crossing is the first of them all. */
		w->s.pid = 1;
		w->s.mark = 0;
		w->s.ok = true;
		return copy_to_user(arg, &w->s, sizeof(w->s)) ? -EFAULT : 0;
	}
	if (w->s.door > DOOR_FIQ || w->s.door == DOOR_SYSCALL || w->s.context >= NR_CONTEXTS)
		return -EINVAL;
	w->done = false;
	if (!kthread_create(station_thread, w, "station"))
		return -ENOMEM;
	wait_uninterrupted(w);
	bad_state += !w->s.ok;
	return copy_to_user(arg, &w->s, sizeof(w->s)) ? -EFAULT : 0;
}

/* ---- the rest of the operations ---- */

static long lintel_info(struct lintel_info __user *arg)
{
	struct lintel_info info = {
		.ring = IS_ENABLED(CONFIG_EVENT_RING), .tracking = context_tracking_enabled(),
		.warnings = warn_count(), .counter_hz = counter_freq, .bad_state = bad_state,
		.boot_ticks = init_first_tick, .nmi = nmi_design,
	};
#ifdef CONFIG_EVENT_RING
	info.ring_size = 1U << CONFIG_EVENT_RING_SHIFT;
#endif
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long lintel_crossing(struct lintel_crossing __user *arg)
{
	static struct crossing c;		/* too large for a stack; one task asks at a time */
	static struct lintel_crossing u;
	int err;

	if (copy_from_user(&u, arg, sizeof(u)))
		return -EFAULT;
	err = crossing_find(u.mark, u.door, u.context, u.pid, &c);
	if (err)
		return err;
	u.sequence = c.door.seq - 1;
	crossing_print(&c, u.recorded, sizeof(u.recorded));
	u.differs = crossing_check(&c, u.expected, sizeof(u.expected));
	return copy_to_user(arg, &u, sizeof(u)) ? -EFAULT : 0;
}

/* Every V since the mark, up to the call that asks: tests hold it against QEMU's own log. */
static long lintel_dump(u32 mark)
{
	u32 end = evlog_mark();
	struct evrec r;

	for (u32 seq = mark; seq < end; seq++) {
		if (evlog_read(seq, &r))
			return -ENOSPC;
		if (r.event == EV_DOOR)
			printk(LOG_EMERG, "V %u %s %s slot=%lu pc=%lx syn=%lx pid=%d cpu=%u\n", seq,
			       door_name(r.arg & 0xff), context_name(r.ctx), (r.arg >> 8) & 0xff, r.pc,
			       r.arg2, r.pid, r.cpu);
	}
	return 0;
}

static long lintel_latency(struct lintel_latency __user *arg)
{
	const struct shot *s = irq_shot.due > nmi_shot.due ? &irq_shot : &nmi_shot;
	struct lintel_latency l = { .due = s->due, .handler = s->handler, .left = s->left };

	return copy_to_user(arg, &l, sizeof(l)) ? -EFAULT : 0;
}

static long lintel_regs(void __user *arg)
{
	struct user_pt_regs regs;

	user_regs_get(&regs, current_pt_regs());
	return copy_to_user(arg, &regs, sizeof(regs)) ? -EFAULT : 0;
}

#define SWITCHES 64
static bool switch_stop;

static int switch_thread(void *arg)
{
	(void)arg;
	while (!READ_ONCE(switch_stop))
		schedule();
	return 0;
}

/* This task and a kernel thread take turns: two switches a round; the least round counts. */
static long lintel_switch(u64 __user *arg)
{
	u64 least = ~0ULL;

	switch_stop = false;
	if (!kthread_create(switch_thread, NULL, "switch"))
		return -ENOMEM;
	schedule();
	for (u32 i = 0; i < SWITCHES; i++) {
		u64 t = arch_counter();

		schedule();
		t = arch_counter() - t;
		least = min(least, t);
	}
	WRITE_ONCE(switch_stop, true);
	schedule();
	least /= 2;
	return copy_to_user(arg, &least, sizeof(least)) ? -EFAULT : 0;
}

static long lintel_trace_me(ulong on)
{
	struct thread_info *ti = current_thread_info();

	if (on)
		__atomic_fetch_or(&ti->syscall_work, SYSCALL_WORK_TRACEPOINT, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&ti->syscall_work, ~SYSCALL_WORK_TRACEPOINT, __ATOMIC_RELAXED);
	return 0;
}

static long lintel_op(ulong op, ulong arg)
{
	switch (op) {
	case LINTEL_INFO:	return lintel_info((void __user *)arg);
	case LINTEL_MARK:	return evlog_mark();
	case LINTEL_CROSSING:	return lintel_crossing((void __user *)arg);
	case LINTEL_STATION:	return lintel_station((void __user *)arg);
	case LINTEL_IRQ_AT:	irq_shot_at(arch_counter() + (u32)arg, 0, NULL); return 0;
	case LINTEL_NMI_AT:	return nmi_shot_at(arch_counter() + (u32)arg, NULL);
	case LINTEL_LATENCY:	return lintel_latency((void __user *)arg);
	case LINTEL_SWITCH:	return lintel_switch((void __user *)arg);
	case LINTEL_DUMP:	return lintel_dump(arg);
	case LINTEL_TRACE_ME:	return lintel_trace_me(arg);
	case LINTEL_SHOOT:	return lintel_shoot((void __user *)arg);
	case LINTEL_PLACE:	return lintel_place((void __user *)arg);
	case LINTEL_WORK:	return lintel_work(arg);
	case LINTEL_SERROR:
	case LINTEL_FIRMWARE:
	case LINTEL_DEBUG:	return lintel_debug(op, arg);
	case LINTEL_REGS:	return lintel_regs((void __user *)arg);
	default:		return -EINVAL;
	}
}

/* One at a time: the stations and what they report have one place each. */
SYSCALL_DEFINE2(lintel, ulong, op, ulong, arg)
{
	static bool busy;
	long ret;

	if (__atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE))
		return -EBUSY;
	ret = lintel_op(op, arg);
	__atomic_store_n(&busy, false, __ATOMIC_RELEASE);
	return ret;
}
