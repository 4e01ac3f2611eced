// SPDX-License-Identifier: MIT
/*
 * What surrounds the code under test: the machine, the services, other tasks. Where they have a
 * choice the explorer makes it, every way. And what must hold, beside the order: each check names
 * what is wrong.
 */
#include "model.h"
#include <entry/irq.h>
#include <entry/syscall.h>
#include <lintel/bug.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/time.h>
#include <lintel/trace.h>
#include <lintel/vtime.h>
#include <asm/processor.h>
#include <string.h>

under_test struct machine machine;
static struct task_struct task, idle;		/* in a state: what model_save() takes of them */
under_test struct thread_info *host_current = &task.thread_info;

/* The crossing that runs here; not while another task has its turn inside it. */
static struct open *open_here(void) { return machine.other_task ? NULL : model_open(); }

/* ---- what must hold ---- */

#define CHECK(cond, ...)			\
	do {					\
		if (unlikely(!(cond)))		\
			model_wrong(__VA_ARGS__); \
	} while (0)

/* The one place where interrupts may be open and RCU not watch: the idle task's other body. */
static bool declared_window(void)
{
	return is_idle_task(current) && idle_irqs_on() && !in_interrupt() && ct_state() == CT_STATE_IDLE;
}

static void check_everywhere(void)
{
	CHECK(machine.irqs_off || rcu_is_watching() || declared_window(),
	      "interrupts are open, and RCU does not watch");
	CHECK((preempt_count() & NMI_MASK) / NMI_OFFSET <= 15 && !(preempt_count() >> 24),
	      "the count of NMIs has overflowed: preempt_count %08x", preempt_count());
}

/* Code between { and }, and nobody's noinstr code. */
static void check_instrumentable(const char *what)
{
	struct open *open = open_here();

	CHECK(rcu_is_watching(), "%s, and RCU does not watch", what);
	CHECK(!open || open->instr, "%s outside { }", what);
}

static bool is_instrumentation(enum event ev)
{
	switch (ev) {
	case EV_CHECK_TICK: case EV_TRACE_OFF: case EV_TRACE_PREP: case EV_TRACE_NMI: case EV_WORK:
		return true;
	default:
		return false;
	}
}

void model_service(void)
{
	check_instrumentable("a service runs");
	CHECK(in_nmi() || lockdep_hardirqs_enabled() == !machine.irqs_off,
	      "lockdep believes that interrupts are %s", machine.irqs_off ? "on" : "off");
	CHECK(!in_nmi() || machine.irqs_off, "an NMI's service runs with interrupts open");
	model_point();
}

/* What every task relies on when it is switched to, and so leaves behind when it is switched from. */
static void check_switch(void)
{
	struct context_tracking *ct = &context_tracking;

	check_instrumentable("a task switch");
	CHECK(preempt_count() == PREEMPT_OFFSET, "a task switch with preempt_count %08x", preempt_count());
	CHECK(machine.irqs_off && !lockdep_cpu.hardirqs_enabled && !lockdep_cpu.prepared &&
	      !lockdep_cpu.hardirq_context, "a task switch, and lockdep or the mask is not as it must be");
	CHECK((ct->state & 7) == (CT_STATE_KERNEL | CT_RCU_WATCHING) && ct->nesting == 1 &&
	      ct->nmi_nesting == CT_NESTING_IRQ_NONIDLE,
	      "a task switch with state %u, nesting %ld, nmi_nesting %lx", ct->state & 7, ct->nesting,
	      (ulong)ct->nmi_nesting);
	CHECK(irqsoff.off && !irqsoff.nmi, "a task switch, and the tracer sees interrupts on or an NMI");
}

/* ---- the state of the keepers, at V and at X ---- */

static struct keepers keepers_now(void)
{
	return (struct keepers){
		.preempt = preempt_count(),
		.hardirqs_enabled = lockdep_cpu.hardirqs_enabled,
		.prepared = lockdep_cpu.prepared,
		.hardirq_context = lockdep_cpu.hardirq_context,
		.ct_state = context_tracking.state & (CT_STATE_MASK | CT_RCU_WATCHING),
		.nesting = context_tracking.nesting,
		.nmi_nesting = context_tracking.nmi_nesting,
		.tracer_off = irqsoff.off,
		.tracer_nmi = irqsoff.nmi,
		.vtime = vtime.now,
		.lockdep_depth = current->lockdep_depth,
		.irq_regs = get_irq_regs(),
	};
}

/* In user mode; a tracked task's RCU does not watch. */
static struct keepers keepers_of_user(void)
{
	bool tracked = context_tracking_enabled();

	return (struct keepers){
		.hardirqs_enabled = true,
		.ct_state = tracked ? CT_STATE_USER : CT_STATE_KERNEL | CT_RCU_WATCHING,
		.nesting = !tracked,
		.nmi_nesting = tracked ? 0 : CT_NESTING_IRQ_NONIDLE,
		.vtime = tracked ? VT_USER : VT_SYSTEM,
	};
}

static void check_keepers(const struct keepers *is, const struct keepers *was, const char *when)
{
#define SAME(field, what) \
	CHECK(is->field == was->field, "%s: %s is %lx, and was %lx", when, what, (ulong)is->field, (ulong)was->field)
	SAME(preempt, "preempt_count");
	SAME(hardirqs_enabled, "lockdep's bit (hardirqs on)");
	SAME(prepared, "lockdep's prepared");
	SAME(hardirq_context, "lockdep's hardirq context");
	SAME(ct_state, "the context (state and watching bit)");
	SAME(nesting, "nesting");
	SAME(nmi_nesting, "nmi_nesting");
	SAME(tracer_off, "the tracer's hardirqs-off period");
	SAME(tracer_nmi, "the tracer's NMI count");
	SAME(vtime, "the kind of time that is accounted");
	SAME(lockdep_depth, "the number of held locks");
	SAME(irq_regs, "the interrupted frame (irq_regs)");
#undef SAME
}

/* Exit work: each hook once, where it was asked for, and nowhere else. */
static void check_exit_work(const struct open *open)
{
	CHECK(trace_sys_count.enter == open->traced_enter, "system-call entry work ran %u times, and not %u",
	      trace_sys_count.enter, open->traced_enter);
	CHECK(trace_sys_count.exit == open->traced_exit, "system-call exit work ran %u times, and not %u",
	      trace_sys_count.exit, open->traced_exit);
	trace_sys_count = (struct trace_sys_count){ 0 };
}

static void check_at_x(const struct open *open)
{
	struct keepers now = keepers_now();
	ulong work = current_thread_info()->flags & EXIT_TO_USER_MODE_WORK;

	CHECK(machine.irqs_off, "X with interrupts open");
	CHECK(!open->instr, "X inside { }");
	check_keepers(&now, &open->at_v, "at X");
	if (open->user && open->door != DOOR_FIQ) {
		CHECK(!work, "at X to user mode work is left: flags %lx", work);
		check_exit_work(open);
	}
}

/* ---- the event ring's place ---- */

void ring_evlog_door(struct pt_regs *regs, enum door door, ulong slot, ulong syndrome);

void __evlog(enum event ev, ulong arg, ulong arg2)
{
	struct open *open = open_here();

	(void)arg2;
	model_event(ev, arg, __builtin_frame_address(0));
	if (open && open->begun) {
		CHECK(!open->left, "the crossing goes on after its X");
		CHECK(model_log_event(ev, arg, open) && spec_step(&open->spec, ev, arg),
		      "this event is not the next one");
		if (ev == EV_INSTR_BEGIN || ev == EV_INSTR_END)
			open->instr = ev == EV_INSTR_BEGIN;
		open->left = ev == EV_RETURN;
	}
	if (ev == EV_INSTR_BEGIN)
		check_instrumentable("{");
	if (ev == EV_TRACE_OFF && open && open->urgent) {
		CHECK(context_tracking.forced_tick, "a grace period waits for this CPU, and its tick stays off");
		open->urgent = context_tracking.urgent_qs = context_tracking.forced_tick = false;
	}
	if (is_instrumentation(ev))
		check_instrumentable("instrumentation");
	if (ev == EV_RETURN) {
		CHECK(!open || (spec_complete(&open->spec) && model_log_complete(open)),
		      "the crossing ends, and events are missing");
		check_at_x(open);
		model_ended(open);
	}
	model_point();
}

void evlog_door(struct pt_regs *regs, enum door door, ulong slot, ulong syndrome)
{
	static struct crossing v;
	struct open *open = open_here();

	ring_evlog_door(regs, door, slot, syndrome);
	evlog_read(evlog_mark() - 1, &v.door);
	open->begun = true;
	open->door = door;
	open->ctx = v.door.ctx;
	open->user = user_mode(regs) || door == DOOR_FORK;
	open->at_v = door == DOOR_FORK ? keepers_of_user() : keepers_now();
	/* A grace period may be waiting for this CPU. */
	if (door == DOOR_IRQ && !user_mode(regs) && !is_idle_task(current))
		open->urgent = context_tracking.urgent_qs = model_choose(2);
	open->traced_enter = door == DOOR_SYSCALL && current_thread_info()->syscall_work;
	open->traced_exit = (door == DOOR_SYSCALL || door == DOOR_FORK) && current_thread_info()->syscall_work;
	model_began(&v);
	model_event(EV_DOOR, v.door.arg, __builtin_frame_address(0));
	CHECK(spec_begin(&open->spec, &v), "entry/order.def has no line for %s from %s", door_name(door),
	      context_name(open->ctx));
	model_point();
}

/* ---- a state ---- */

/* The time that each level of interrupt interrupted; kernel/irq.c's own. */
extern under_test struct { u8 was[HARDIRQ_MASK / HARDIRQ_OFFSET + 1]; } irq_vtime;

/* What no state needs to tell apart: the counter above its lowest bit, where a period began, and
 * left-overs. */
void model_canonical(void)
{
	context_tracking.state &= CT_STATE_MASK | CT_RCU_WATCHING;
	irqsoff.ip = irqsoff.max_ip = 0;
	if (!in_hardirq())
		memset(&irq_vtime, 0, sizeof(irq_vtime));
	if (!in_serving_softirq())
		machine.raised = 0;
}

u8 model_situation(void)
{
	return is_idle_task(current) | (machine.kthread ? 2 : 0) | (current_thread_info()->syscall_work ? 4 : 0);
}

extern char __start_mstate[], __stop_mstate[];

#define PARTS(DO)						\
	DO(__start_mstate, __stop_mstate - __start_mstate)	\
	DO(&task.thread_info, sizeof(task.thread_info))		\
	DO(&idle.thread_info, sizeof(idle.thread_info))		\
	DO(&task.lockdep_depth, sizeof(task.lockdep_depth))	\
	DO(&idle.lockdep_depth, sizeof(idle.lockdep_depth))

size_t model_save(char *buf)
{
	size_t n = 0;

#define SAVE(p, size)	memcpy(buf + n, p, size), n += (size);
	PARTS(SAVE)
	return n;
}

void model_load(const char *buf)
{
#define LOAD(p, size)	memcpy(p, buf, size), buf += (size);
	PARTS(LOAD)
}

static struct task_struct *other_task(void) { return is_idle_task(current) ? &task : &idle; }

static struct hidden hidden_now(void)
{
	struct thread_info *ti = host_current;

	return (struct hidden){
		.other = other_task()->thread_info, .other_depth = other_task()->lockdep_depth,
		.flags = ti->flags, .syscall_work = ti->syscall_work, .irq_regs = ti->irq_regs,
		.softirq_bits = softirq_bits, .time = vtime.now,
		.irq_time = irq_vtime.was[1], .traced_enter = trace_sys_count.enter,
		.traced_exit = trace_sys_count.exit, .lockdep_depth = current->lockdep_depth,
		.urgent_qs = context_tracking.urgent_qs, .forced_tick = context_tracking.forced_tick,
		.kthread = machine.kthread, .raised = machine.raised, .other_runs = machine.other_task,
	};
}

void model_show(const struct hidden *h, bool nmi)
{
	struct thread_info *ti = host_current;

	other_task()->thread_info = h->other;
	other_task()->lockdep_depth = h->other_depth;
	if (!nmi)
		return;
	ti->flags = h->flags;
	ti->syscall_work = h->syscall_work;
	ti->irq_regs = h->irq_regs;
	softirq_bits = h->softirq_bits;
	vtime.now = h->time;
	irq_vtime.was[1] = h->irq_time;
	trace_sys_count.enter = h->traced_enter;
	trace_sys_count.exit = h->traced_exit;
	current->lockdep_depth = h->lockdep_depth;
	context_tracking.urgent_qs = h->urgent_qs;
	context_tracking.forced_tick = h->forced_tick;
	machine.kthread = h->kthread;
	machine.raised = h->raised;
	machine.other_task = h->other_runs;
}

void model_hide(struct hidden *h, bool nmi)
{
	static const struct hidden nothing, everything = {
		.flags = EXIT_TO_USER_MODE_WORK | _TIF_CONTEXT_TRACKING,
		.syscall_work = SYSCALL_WORK_TRACEPOINT, .softirq_bits = BIT(TASKLET_SOFTIRQ),
		.urgent_qs = true,
	};

	memset(h, 0, sizeof(*h));
	*h = hidden_now();
	model_show((h->flags & EXIT_TO_USER_MODE_WORK) || h->softirq_bits ? &everything : &nothing, nmi);
}

static void check_hidden(const struct hidden *was)
{
	struct hidden now = hidden_now();

	CHECK(now.flags == was->flags && now.syscall_work == was->syscall_work,
	      "an NMI has changed work flags: %lx, and were %lx", now.flags, was->flags);
	CHECK(now.irq_regs == was->irq_regs && now.softirq_bits == was->softirq_bits && now.time == was->time &&
	      now.irq_time == was->irq_time && now.traced_enter == was->traced_enter &&
	      now.traced_exit == was->traced_exit && now.urgent_qs == was->urgent_qs &&
	      now.forced_tick == was->forced_tick, "an NMI has changed what is not its own");
}

/* ---- the machine ---- */

static u32 doors_now(bool sync, enum door door)
{
	u32 set = 0;

	for (u32 i = 0; i < nr_model_doors; i++) {
		const struct model_door *d = &model_doors[i];

		if (d->user != machine.in_user || d->sync != sync ||
		    (d->irq && machine.irqs_off) || (sync && d->door != door))
			continue;
		set |= BIT(i);
	}
	return set;
}

void model_point(void)
{
	check_everywhere();
	model_ask_point(doors_now(false, 0));
}
void model_hook(void) { model_point(); }

/* Whoever waits for this CPU, a grace period or a task, must not have to wait for the end of its sleep. */
void model_wfi(void)
{
	CHECK(machine.irqs_off, "the CPU goes to sleep with interrupts open");
	CHECK(!rcu_is_watching(), "the CPU goes to sleep, and RCU watches");
	CHECK(!test_thread_flag(TIF_NEED_RESCHED), "the CPU goes to sleep, and a reschedule is wanted");
	model_point();
}

void model_exception(enum door door) { model_ask_exception(doors_now(true, door)); }

void arch_local_irq_enable(void)
{
	model_point();
	machine.irqs_off = false;
	model_point();
}
void arch_local_irq_disable(void)
{
	model_point();
	machine.irqs_off = true;
	model_point();
}
ulong arch_local_save_flags(void) { return machine.irqs_off; }

void model_check_user_frame(struct pt_regs *regs)
{
	CHECK(user_mode(regs) && !regs_irqs_disabled(regs), "the frame is not user mode's");
	CHECK(machine.irqs_off, "interrupts are open before the frame is checked");
}

void model_enter(u32 door)
{
	const struct model_door *d = &model_doors[door];
	struct open open = { .machine = machine, .hidden = hidden_now() };
	struct pt_regs regs = { .user = machine.in_user, .irqs_off = machine.irqs_off };

	if (d->door == DOOR_FORK)		/* the frame of its parent, or an empty one */
		regs = (struct pt_regs){ .user = true };
	if (d->sync && d->door == DOOR_FIQ)	/* the frame of the interrupt that it came with */
		regs = (struct pt_regs){ .irqs_off = false };
	model_set_open(&open);
	machine.irqs_off = true;
	machine.in_user = machine.other_task = false;
	d->fn(&regs, d->door, 0);
	if (d->nmi)
		check_hidden(&open.hidden);
	machine.irqs_off = open.machine.irqs_off;
	machine.in_user = open.machine.in_user;
	machine.other_task = open.machine.other_task;
	if (d->door == DOOR_FORK) {
		machine.irqs_off = false;
		machine.in_user = true;
	}
	model_return();
}

bool lockdep_show_held(void) { return true; }
void __warn(const char *file, int line, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	model_wrong("warning at %s:%d: %s", file, line, text);
}

void panic(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	model_wrong("panic: %s", text);
}

/* The report of a death is a service like any other: it needs RCU, and it is the last. */
void die(const char *what, struct pt_regs *regs)
{
	(void)what;
	(void)regs;
	check_instrumentable("a report");
	CHECK(in_nmi(), "a report outside of NMI context");
	model_end();
}

void printk(int level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
	check_instrumentable("printk()");
}

/* ---- tasks ---- */

static void task_services(void);

/* The idle task had a turn, and an interrupt. What it records is not this task's. */
static void idle_ran(void)
{
	struct thread_info *this = host_current;

	machine.other_task = true;
	host_current = &idle.thread_info;
	local_irq_enable();
	model_service();
	local_irq_disable();
	idle.thread_info.flags &= ~_TIF_NEED_RESCHED;
	host_current = this;
	machine.other_task = false;
}

/* What others did while this task waited. */
static void others_ran(void)
{
	check_switch();
	switch (model_choose(is_idle_task(current) ? 2 : machine.kthread ? 3 : 5)) {
	case 1:
		set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
		break;
	case 2:
		idle_ran();
		break;
	case 3:
		set_ti_thread_flag(host_current, TIF_SIGPENDING);
		break;
	case 4:
		set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
		break;
	}
	check_switch();
}

/* As __schedule(): preemption off in and out, interrupts off out. */
static void switch_tasks(void)
{
	local_irq_disable();
	if (clear_need_resched(host_current))
		evlog_args(EV_WORK, EV_WORK_RESCHED, 0);
	others_ran();
}

void schedule(void)
{
	CHECK(!preempt_count() && !irqs_disabled(), "schedule() in atomic context: preempt_count %08x%s",
	      preempt_count(), irqs_disabled() ? ", interrupts off" : "");
	do {
		preempt_disable();
		switch_tasks();
		local_irq_enable();
		preempt_enable_no_resched();
	} while (test_thread_flag(TIF_NEED_RESCHED));
}

void preempt_schedule(void)
{
	if (!preempt_count() && !irqs_disabled())
		schedule();
}

void preempt_schedule_irq(void)
{
	CHECK(!preempt_count() && irqs_disabled(), "preempt_schedule_irq(): preempt_count %08x, interrupts %s",
	      preempt_count(), irqs_disabled() ? "off" : "on");
	do {
		preempt_disable();
		local_irq_enable();
		switch_tasks();
		preempt_enable_no_resched();
	} while (test_thread_flag(TIF_NEED_RESCHED));
}

void schedule_idle(void)
{
	switch_tasks();
	local_irq_enable();
}

/* A new task's first steps: it was switched to. */
void schedule_tail(struct task_struct *prev)
{
	(void)prev;
	check_switch();
	local_irq_enable();
	preempt_enable();
}

/* The last switch: the crossing ends here. */
static void __noreturn do_die(void)
{
	struct open *open = open_here();

	preempt_disable();
	local_irq_disable();
	if (clear_need_resched(host_current))
		evlog_args(EV_WORK, EV_WORK_RESCHED, 0);
	evlog_args(EV_WORK, EV_WORK_EXIT, 0);
	check_switch();
	CHECK(!open || (spec_complete(&open->spec) && model_log_complete(open)),
	      "the task ends here, and no line of its crossing does");
	if (open)
		model_ended(open);
	model_end();
}

void arch_do_signal_or_restart(struct pt_regs *regs)
{
	(void)regs;
	clear_ti_thread_flag(host_current, TIF_SIGPENDING);
	evlog_args(EV_WORK, EV_WORK_SIGNAL, 0);
	model_service();
	if (model_choose(2)) {
		task_services();
		do_die();
	}
}

void resume_user_mode_work(struct pt_regs *regs)
{
	(void)regs;
	clear_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
	evlog_args(EV_WORK, EV_WORK_RESUME, 0);
	model_service();
}

/* ---- services ---- */

static void irqs_off_service(void)
{
	ulong flags = local_irq_save();

	model_service();
	switch (model_choose(in_interrupt() ? 2 : 4)) {
	case 1:
		set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
		if (!in_interrupt())
			model_exception(DOOR_UNDEF);
		break;
	case 2:
		model_exception(DOOR_FAULT);
		break;
	case 3:
		model_exception(DOOR_UNDEF);
		break;
	}
	local_irq_restore(flags);
}

static void unpreemptible_service(void)
{
	preempt_disable();
	model_service();
	preempt_enable();
}

static void softirq_service(void)
{
	local_bh_disable();
	raise_softirq(TASKLET_SOFTIRQ);
	model_service();
	local_bh_enable();
}

/* Whatever code in a task's context does with interrupts open, any number of times. */
static void task_services(void)
{
	for (;;) {
		model_service();
		switch (model_choose(8)) {
		case 0: return;
		case 1: irqs_off_service(); break;
		case 2: unpreemptible_service(); break;
		case 3: softirq_service(); break;
		case 4: schedule(); break;
		case 5: model_exception(DOOR_FAULT); break;
		case 6: model_exception(DOOR_UNDEF); break;
		case 7: local_irq_disable(); local_irq_enable(); break;
		}
	}
}

/* Any work for the task's own return, as of a call that wakes somebody more important, or kills itself. */
static void work_for_itself(void)
{
	u32 which = 1 + model_choose(7);

	if (which & 1)
		set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
	if (which & 2)
		set_ti_thread_flag(host_current, TIF_SIGPENDING);
	if (which & 4)
		set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
}

/* A system call may also turn the tracer on and off, leave work, or be its task's last. */
void model_syscall(struct pt_regs *regs)
{
	struct thread_info *ti = current_thread_info();

	(void)regs;
	CHECK(!in_interrupt() && !machine.irqs_off, "a system call's service runs in no task's context");
	task_services();
	switch (model_choose(4)) {
	case 0:
		break;
	case 3:
		work_for_itself();
		break;
	case 1:
		ti->syscall_work ^= SYSCALL_WORK_TRACEPOINT;
		open_here()->traced_exit = !!ti->syscall_work;
		break;
	case 2:
		do_die();
	}
}

/* A kernel thread's function: none, in a user task; it may end the thread, or load a program. */
void model_kthread_fn(void)
{
	if (!model_choose(2))
		return;
	task_services();
	if (model_choose(2))
		do_die();
}

void model_user_fault(void)
{
	CHECK(!in_interrupt() && !machine.irqs_off, "a fault's service runs in no task's context");
	task_services();
	if (model_choose(2))
		set_ti_thread_flag(host_current, TIF_SIGPENDING);
}

/* Of a watched task: interrupts as it had them. If they were open it takes locks, and it may sleep
 * if it is preemptible too. */
void model_kernel_fault(void)
{
	u32 n = machine.irqs_off ? 1 : preempt_count() ? 2 : 3;

	for (;;) {
		model_service();
		switch (model_choose(n)) {
		case 0: return;
		case 1: local_irq_disable(); local_irq_enable(); break;
		case 2: schedule(); break;
		}
	}
}

void model_fixup(void) { model_service(); }

void model_nmi(struct pt_regs *regs)
{
	(void)regs;
	CHECK(in_nmi() && in_hardirq(), "the NMI's handler runs outside NMI context");
	model_service();
	switch (model_choose(3)) {
	case 1: model_exception(DOOR_FAULT); break;
	case 2: model_exception(DOOR_UNDEF); break;
	}
}

/* ---- interrupts ---- */

/* An interrupt of a softirq may raise it again, and one of that again; then the handler is only told
 * to run once more by what was raised outside. (The tenth round is like the third.) */
static void raise_again(void)
{
	if (!in_serving_softirq())
		machine.raised = 0;
	if (machine.raised < MAX_RAISED) {
		machine.raised += in_serving_softirq() != 0;
		raise_softirq(TASKLET_SOFTIRQ);
	}
}

static void irq_handler(struct pt_regs *regs)
{
	struct pt_regs *old = set_irq_regs(regs);

	CHECK(in_hardirq() && !in_nmi(), "the interrupt's handler runs outside hardirq context");
	CHECK(machine.irqs_off, "the interrupt's handler runs with interrupts open");
	model_service();
	switch (model_choose(machine.kthread || is_idle_task(current) ? 6 : user_mode(regs) ? 10 : 9)) {
	case 1:
		set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
		break;
	case 2:
		raise_again();
		break;
	case 3:
		model_exception(DOOR_FIQ);	/* an NMI that this path acknowledged (GICv2) */
		break;
	case 4:
		model_exception(DOOR_FAULT);
		break;
	case 5:
		model_exception(DOOR_UNDEF);
		break;
	case 6:
		set_ti_thread_flag(host_current, TIF_SIGPENDING);
		break;
	case 7:
		set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
		break;
	case 8:		/* (an interrupt of a sweep's) */
		set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
		set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
		break;
	case 9:		/* the tick's; in the kernel nobody looks at it, and a host test says so */
		set_ti_thread_flag(host_current, TIF_NEED_RESCHED_LAZY);
		break;
	}
	set_irq_regs(old);
}
void (*handle_arch_irq)(struct pt_regs *regs) = irq_handler;

static void nmi_handler(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
	model_nmi(NULL);
}
struct irq_chip *irq_chip;
cpumask_t nohz_full_cpus;
ulong per_cpu_offset[CONFIG_NR_CPUS];

static void softirq_handler(void)
{
	CHECK(in_serving_softirq() && !in_hardirq() && !machine.irqs_off,
	      "a softirq runs in a wrong context: preempt_count %08x, interrupts %s", preempt_count(),
	      machine.irqs_off ? "off" : "on");
	for (;;) {
		model_service();
		switch (model_choose(5)) {
		case 0: return;
		case 1: set_ti_thread_flag(host_current, TIF_NEED_RESCHED); break;
		case 2: irqs_off_service(); break;
		case 3: model_exception(DOOR_FAULT); break;
		case 4: model_exception(DOOR_UNDEF); break;
		}
	}
}

void tick_nohz_force(void)
{
	CHECK(context_tracking.forced_tick, "the tick is forced, and its word does not say so");
	model_service();
}
void __tick_nohz_full_update(void) { }
void tick_irq_enter(void)
{
	check_instrumentable("the stopped tick's catching up");
	CHECK(lockdep_hardirq_context() && (!context_tracking_enabled() || vtime.now == VT_IRQ),
	      "the stopped tick catches up outside the interrupt");
}
/* Idle's own ground, between crossings: its un-watched sleep leaves the keepers as they were. */
void tick_nohz_idle_enter(void)
{
	CHECK(machine.irqs_off && irqsoff.off, "idle begins, and interrupts or the tracer's period are not off");
	model_service();
}
void tick_nohz_idle_exit(void)
{
	CHECK(machine.irqs_off && irqsoff.off, "idle ends, and interrupts or the tracer's period are not off");
	model_service();
}

/* ---- initial contexts ---- */

static void __noreturn in_user_mode(void)
{
	struct keepers now, user = keepers_of_user();

	machine.irqs_off = false;
	machine.in_user = true;
	for (;;) {
		now = keepers_now();
		check_keepers(&now, &user, "in user mode");
		model_ask_point(doors_now(false, 0));
	}
}

/* A new task is switched to for the first time, and goes on in user mode. */
static void __noreturn user_task(void)
{
	preempt_disable();
	local_irq_disable();
	model_exception(DOOR_FORK);
	in_user_mode();
}

static void __noreturn kernel_thread(void)
{
	machine.kthread = true;
	for (;;)
		task_services();
}

static void idle_visitor(void)
{
	model_service();
	switch (model_choose(4)) {
	case 1: irqs_off_service(); break;
	case 2: model_exception(DOOR_FAULT); break;
	case 3: model_exception(DOOR_UNDEF); break;
	}
}

static void __noreturn idle_task(void)
{
	host_current = &idle.thread_info;
	idle_set_body(model_choose(2));
	idle_set_visitor(idle_visitor);
	cpu_idle_loop();
}

void model_root(void)
{
	task.pid = 1;
	idle.thread_info.flags = _TIF_IDLE;
	idle.thread_info.preempt_count = PREEMPT_OFFSET;
	machine.irqs_off = true;
	open_softirq(TASKLET_SOFTIRQ, softirq_handler);
	irq_desc[MODEL_NMI].handler = nmi_handler;
	irq_desc[MODEL_NMI].nmi = true;
	if (model_choose(2)) {
		task.thread_info.flags |= _TIF_CONTEXT_TRACKING;
		idle.thread_info.flags |= _TIF_CONTEXT_TRACKING;
	}
	task.thread_info.syscall_work = model_choose(2) ? SYSCALL_WORK_TRACEPOINT : 0;
	local_irq_enable();
	switch (model_choose(3)) {
	case 0:
		user_task();
	case 1:
		kernel_thread();
	default:
		idle_task();
	}
}
