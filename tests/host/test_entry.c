// SPDX-License-Identifier: MIT
/* The entry core, compiled as it is, against its specification: every line of order.def that does
 * not need an architecture is walked here, and wrong orders must be refused.
 * sources: entry rcu lockdep trace vtime irq softirq host.c */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include <entry/nmi.h>
#include <entry/syscall.h>
#include <lintel/bug.h>
#include <lintel/irq.h>
#include <lintel/preempt.h>
#include <lintel/trace.h>
#include <lintel/vtime.h>
#include <asm/timex.h>

static struct pt_regs user = { .user = true, .pc = 0x1000 };
static struct pt_regs kernel_on = { .pc = 0x2000 };
static struct pt_regs kernel_off = { .pc = 0x3000, .irqs_off = true };
static u32 mark;
static int host_locks;		/* that the task holds on its way out */

static int reset(void **state)
{
	(void)state;
	host_reset();
	mark = evlog_mark();
	return 0;
}

/* To user mode, as the first return of a task: everything below starts there. */
static void go_to_user(void)
{
	local_irq_disable();
	exit_to_user_mode(host_current->flags);
	host_irqs_off = false;
}

static void expect_order(enum door door, enum context ctx)
{
	struct crossing c;
	char rec[512], exp[512];
	int differs;

	assert_int_equal(crossing_find(mark, door, ctx, -1, &c), 0);
	crossing_print(&c, rec, sizeof(rec));
	differs = crossing_check(&c, exp, sizeof(exp));
	if (differs >= 0)
		printf("# %s from %s\n# came     %s\n# expected %s\n#          %*s^\n", door_name(door),
		       context_name(ctx), rec, exp, differs, "");
	assert_int_equal(differs, -1);
	assert_int_equal(host_warnings, 0);
}

static void irq_body_counts(void)
{
	u32 count = preempt_count(), context = lockdep_hardirq_context();

	instrumentation_begin();
	irq_enter_rcu();
	assert_int_equal(preempt_count(), count + HARDIRQ_OFFSET);
	assert_int_equal(lockdep_hardirq_context(), context + 1);
	assert_true(rcu_is_watching());
	assert_int_equal(vtime.now, VT_IRQ);
	irq_exit_rcu();
	assert_int_equal(lockdep_hardirq_context(), context);
	instrumentation_end();
}

static void do_syscall(struct pt_regs *regs)
{
	long nr = syscall_enter_from_user_mode(regs);

	instrumentation_begin();
	assert_false(irqs_disabled());
	assert_true(rcu_is_watching());
	syscall_set_return_value(regs, nr);
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

static void do_user_irq(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	irq_body_counts();
	irqentry_exit_to_user_mode(regs);
}

static void do_irq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	irq_body_counts();
	irqentry_exit(regs, state);
}

static void do_nmi(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	assert_true(in_nmi());
	assert_true(rcu_is_watching());
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* ---- the order ---- */

static void syscall_order(void **s)
{
	(void)s;
	go_to_user();
	assert_false(rcu_is_watching());
	host_door(DOOR_SYSCALL, &user, do_syscall);
	expect_order(DOOR_SYSCALL, CTX_USER);
	assert_false(rcu_is_watching());
	assert_int_equal(ct_state(), CT_STATE_USER);
}

static void irq_order(void **s)
{
	(void)s;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	expect_order(DOOR_IRQ, CTX_KERNEL);
	go_to_user();
	host_door(DOOR_IRQ, &user, do_user_irq);
	expect_order(DOOR_IRQ, CTX_USER);
}

static void irq_in_idle(void **s)
{
	(void)s;
	host_current = &host_idle.thread_info;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	expect_order(DOOR_IRQ, CTX_IDLE);
	assert_int_equal(context_tracking.nmi_nesting, CT_NESTING_IRQ_NONIDLE);

	local_irq_disable();
	ct_idle_enter();
	host_door(DOOR_IRQ, &kernel_off, do_irq);
	expect_order(DOOR_IRQ, CTX_EQS);
	assert_false(rcu_is_watching());
	assert_int_equal(context_tracking.nmi_nesting, 0);
	ct_idle_exit();
}

static bool nmi_twice;
static void nmi_in_nmi(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	if (nmi_twice) {
		nmi_twice = false;
		host_door(DOOR_FIQ, &kernel_off, nmi_in_nmi);
	}
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

static void nmi_everywhere(void **s)
{
	(void)s;
	host_door(DOOR_FIQ, &kernel_on, do_nmi);
	expect_order(DOOR_FIQ, CTX_KERNEL);
	assert_true(lockdep_hardirqs_enabled());

	local_irq_disable();
	mark = evlog_mark();
	host_door(DOOR_FIQ, &kernel_off, do_nmi);
	expect_order(DOOR_FIQ, CTX_KERNEL);
	assert_false(lockdep_hardirqs_enabled());
	local_irq_enable();

	nmi_twice = true;
	mark = evlog_mark();
	host_door(DOOR_FIQ, &kernel_on, nmi_in_nmi);
	expect_order(DOOR_FIQ, CTX_NMI);

	host_current = &host_idle.thread_info;
	local_irq_disable();
	ct_idle_enter();
	host_door(DOOR_FIQ, &kernel_off, do_nmi);
	expect_order(DOOR_FIQ, CTX_EQS);
	assert_false(rcu_is_watching());
	ct_idle_exit();
	host_current = &host_task.thread_info;
	local_irq_enable();

	go_to_user();
	host_door(DOOR_FIQ, &user, do_nmi);
	expect_order(DOOR_FIQ, CTX_USER);
	assert_false(rcu_is_watching());
	assert_true(lockdep_hardirqs_enabled());
}

/* The IRQ path may acknowledge an NMI (GICv2): its crossing is the NMI's, inside the interrupt. */
#define SOME_NMI	7
static u32 nmis;

static void nmi_handler(u32 irq, void *arg)
{
	(void)arg;
	assert_int_equal(irq, SOME_NMI);
	assert_true(in_nmi());
	assert_true(rcu_is_watching());
	evlog_args(EV_WORK, EV_WORK_RESUME, 0);		/* which may not come outside of { } */
	nmis++;
}

static void irq_acknowledges_nmi(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	irq_enter_rcu();
	handle_nmi_from_irq(SOME_NMI, regs);
	assert_false(in_nmi());
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

static void nmi_from_irq(void **s)
{
	(void)s;
	nmis = 0;
	irq_desc[SOME_NMI] = (struct irq_desc){ .handler = nmi_handler, .nmi = true };
	go_to_user();
	host_door(DOOR_IRQ, &user, irq_acknowledges_nmi);
	assert_int_equal(nmis, 1);
	expect_order(DOOR_FIQ, CTX_IRQ);
	expect_order(DOOR_IRQ, CTX_USER);
}

/* Row 48: what an interrupt adds to nmi_nesting says what it interrupted. */
static long nesting_inside;
static void note_nesting(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	nesting_inside = context_tracking.nmi_nesting;
	irq_body_counts();
	irqentry_exit(regs, state);
}

static void nesting_by_context(void **s)
{
	(void)s;
	host_door(DOOR_IRQ, &kernel_on, note_nesting);
	assert_int_equal(nesting_inside, CT_NESTING_IRQ_NONIDLE);
	host_current = &host_idle.thread_info;
	host_door(DOOR_IRQ, &kernel_on, note_nesting);
	assert_int_equal(nesting_inside, CT_NESTING_IRQ_NONIDLE + 2);
	local_irq_disable();
	ct_idle_enter();
	host_door(DOOR_IRQ, &kernel_off, note_nesting);
	assert_int_equal(nesting_inside, 1);
	ct_idle_exit();
	host_current = &host_task.thread_info;
	local_irq_enable();
	go_to_user();
	host_door(DOOR_IRQ, &user, note_nesting);
	assert_int_equal(nesting_inside, CT_NESTING_IRQ_NONIDLE);
}

/* ---- the loop and the work ---- */

static int arrivals;
static void arrive(void)
{
	if (arrivals-- > 0) {
		set_ti_thread_flag(host_current, arrivals & 1 ? TIF_NEED_RESCHED : TIF_NOTIFY_RESUME);
		host_on_open = arrive;
	}
}

/* Rows 5 and 6: however often the loop runs, exit work is done once and no work is left. */
static void loop_until_no_work(void **s)
{
	(void)s;
	for (int rounds = 0; rounds <= 5; rounds++) {
		host_reset();
		memset(&trace_sys_count, 0, sizeof(trace_sys_count));
		go_to_user();
		host_task.thread_info.syscall_work = SYSCALL_WORK_TRACEPOINT;
		if (rounds)
			set_ti_thread_flag(host_current, TIF_SIGPENDING);
		arrivals = rounds - 1;
		host_on_open = rounds ? arrive : NULL;
		mark = evlog_mark();
		host_door(DOOR_SYSCALL, &user, do_syscall);
		expect_order(DOOR_SYSCALL, CTX_USER);
		assert_int_equal(trace_sys_count.enter, 1);
		assert_int_equal(trace_sys_count.exit, 1);
		assert_int_equal(host_task.thread_info.flags & EXIT_TO_USER_MODE_WORK, 0);
	}
}

/* Who gives up the CPU first finds the newest signals, and a task that they end resumes nothing. */
static void order_of_work(void **s)
{
	(void)s;
	host_current->flags |= EXIT_TO_USER_MODE_WORK;
	local_irq_disable();
	exit_to_user_mode_prepare(&user);
	assert_string_equal(host_work, "rsn");
}

/* ---- the architecture's own steps ---- */

static u32 hooks[3];

static enum event last_event(void)
{
	struct evrec r;

	assert_int_equal(evlog_read(evlog_mark() - 1, &r), 0);
	return r.event;
}

void host_hook(enum host_hook where, ulong work)
{
	hooks[where]++;
	assert_true(host_irqs_off);
	if (where == HOOK_USER_PREPARE) {
		assert_int_equal((work | host_current->flags) & EXIT_TO_USER_MODE_WORK, 0);
		/* lockdep has its say after it */
		assert_int_equal(host_task.lockdep_depth, host_locks);
	} else {
		assert_int_equal(last_event(), where == HOOK_USER ? EV_RCU_EXIT : EV_INSTR_END);
	}
}

static void steps_of_the_architecture(void **s)
{
	(void)s;
	set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	go_to_user();
	memset(hooks, 0, sizeof(hooks));
	host_door(DOOR_SYSCALL, &user, do_syscall);
	host_door(DOOR_IRQ, &user, do_user_irq);
	assert_int_equal(hooks[HOOK_USER_PREPARE], 2);
	assert_int_equal(hooks[HOOK_USER], 2);
	assert_int_equal(hooks[HOOK_KERNEL_MASK], 0);
	host_reset();
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(hooks[HOOK_USER_PREPARE], 2);
	assert_int_equal(hooks[HOOK_KERNEL_MASK], 1);
}

static void late_work(void)
{
	set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
}

/* Work that arrives while the loop has interrupts open is seen by the last reading of the flags. */
static void work_in_the_loop(void **s)
{
	(void)s;
	set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
	local_irq_disable();
	host_on_open = late_work;
	exit_to_user_mode_prepare(&user);
	assert_int_equal(host_scheduled, 1);
	assert_int_equal(host_resumed, 1);
	assert_true(irqs_disabled());

	/* The same one instruction before interrupts go off for the last time. */
	local_irq_enable();
	set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
	local_irq_disable();
	host_on_close = late_work;
	exit_to_user_mode_prepare(&user);
	assert_int_equal(host_scheduled, 2);
	assert_int_equal(host_task.thread_info.flags & EXIT_TO_USER_MODE_WORK, 0);
}

/* A tracer may give the call another number: that one is run. (trace_sys_enter() is wrapped by the linker.) */
void __real_trace_sys_enter(struct pt_regs *regs, long nr);
void __wrap_trace_sys_enter(struct pt_regs *regs, long nr);
static long tracer_wants;

void __wrap_trace_sys_enter(struct pt_regs *regs, long nr)
{
	__real_trace_sys_enter(regs, nr);
	if (tracer_wants)
		regs->nr = tracer_wants;
}

static void tracer_changes_the_call(void **s)
{
	struct pt_regs regs = user;

	(void)s;
	go_to_user();
	regs.nr = 1;
	host_task.thread_info.syscall_work = SYSCALL_WORK_TRACEPOINT;
	host_door(DOOR_SYSCALL, &regs, do_syscall);
	assert_int_equal(regs.ret, 1);
	tracer_wants = 3;
	host_door(DOOR_SYSCALL, &regs, do_syscall);
	tracer_wants = 0;
	assert_int_equal(regs.ret, 3);
}

/* Row 28: an interrupt's way out runs no system-call work, whatever the task's word says. */
static void irq_exit_is_no_syscall_exit(void **s)
{
	(void)s;
	memset(&trace_sys_count, 0, sizeof(trace_sys_count));
	go_to_user();
	host_task.thread_info.syscall_work = SYSCALL_WORK_TRACEPOINT;
	host_door(DOOR_IRQ, &user, do_user_irq);
	assert_int_equal(trace_sys_count.enter + trace_sys_count.exit, 0);
	expect_order(DOOR_IRQ, CTX_USER);
}

/* Rows 7 and 29: two interrupts of different kinds, nested: each has its own state. */
static void nested_irq(void)
{
	host_current = &host_task.thread_info;
	host_door(DOOR_IRQ, &kernel_off, do_irq);
	host_current = &host_idle.thread_info;
}

static void idle_with_nested(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	irq_enter_rcu();
	nested_irq();
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit(regs, state);
}

static void state_is_the_nest_levels_own(void **s)
{
	(void)s;
	host_current = &host_idle.thread_info;
	local_irq_disable();
	host_door(DOOR_IRQ, &kernel_off, idle_with_nested);
	assert_int_equal(context_tracking.nmi_nesting, CT_NESTING_IRQ_NONIDLE);
	vtime.now = VT_SYSTEM;		/* two CPUs are played here, which account each for itself */
	ct_idle_enter();
	ct_idle_exit();
	assert_int_equal(host_warnings, 0);
}

/* Row 8. */
static void preempt_on_irq_return(void **s)
{
	(void)s;
	set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
	preempt_disable();
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_scheduled, 0);
	preempt_enable_no_resched();

	local_irq_disable();
	host_door(DOOR_IRQ, &kernel_off, do_irq);
	assert_int_equal(host_scheduled, 0);
	assert_false(lockdep_hardirqs_enabled());
	local_irq_enable();

	mark = evlog_mark();
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_scheduled, 1);
	expect_order(DOOR_IRQ, CTX_KERNEL);
}

/* NEED_RESCHED_LAZY is for user mode: no interrupt of the kernel serves it, the loop does. */
static void lazy_waits_for_user_mode(void **s)
{
	(void)s;
	set_ti_thread_flag(host_current, TIF_NEED_RESCHED_LAZY);
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_scheduled, 0);
	assert_true(test_thread_flag(TIF_NEED_RESCHED_LAZY));
	local_irq_disable();
	exit_to_user_mode_prepare(&user);
	assert_int_equal(host_scheduled, 1);
	assert_int_equal(host_current->flags & EXIT_TO_USER_MODE_WORK, 0);
}

static void idle_is_not_preempted(void **s)
{
	(void)s;
	host_current = &host_idle.thread_info;
	set_ti_thread_flag(host_current, TIF_NEED_RESCHED);
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_scheduled, 0);
}

/* ---- what must be refused ---- */

static void refuse(enum door door, enum context ctx, const char *what, u32 swap)
{
	struct crossing c;
	char exp[512];
	int tmp;

	assert_int_equal(crossing_find(mark, door, ctx, -1, &c), 0);
	tmp = c.ev[swap].event;
	c.ev[swap].event = c.ev[swap + 1].event;
	c.ev[swap + 1].event = tmp;
	if (crossing_check(&c, exp, sizeof(exp)) < 0)
		fail_msg("%s: events %u and %u exchanged, and the order still holds", what, swap, swap + 1);
}

static void wrong_orders(void **s)
{
	struct crossing c;

	(void)s;
	go_to_user();
	host_door(DOOR_SYSCALL, &user, do_syscall);
	host_door(DOOR_FIQ, &user, do_nmi);
	assert_int_equal(crossing_find(mark, DOOR_FIQ, CTX_USER, -1, &c), 0);
	for (u32 i = 0; i + 1 < c.nr; i++)
		if (c.ev[i].event != c.ev[i + 1].event)
			refuse(DOOR_FIQ, CTX_USER, "fiq from user", i);
	for (u32 i = 0; i < 5; i++)
		refuse(DOOR_SYSCALL, CTX_USER, "system call", i);
}

static void missing_events(void **s)
{
	struct crossing c, cut;
	char exp[512];

	(void)s;
	go_to_user();
	host_door(DOOR_FIQ, &user, do_nmi);
	assert_int_equal(crossing_find(mark, DOOR_FIQ, CTX_USER, -1, &c), 0);
	for (u32 i = 0; i < c.nr; i++) {
		cut = c;
		memmove(&cut.ev[i], &cut.ev[i + 1], (cut.nr - i - 1) * sizeof(cut.ev[0]));
		cut.nr--;
		assert_int_not_equal(crossing_check(&cut, exp, sizeof(exp)), -1);
	}
}

/* ---- the keepers notice by themselves what is wrong with the state ---- */

static void ct_is(u32 state, long nesting, long nmi_nesting)
{
	context_tracking.state = state;
	context_tracking.nesting = nesting;
	context_tracking.nmi_nesting = nmi_nesting;
}

#define WATCHED		(CT_STATE_KERNEL | CT_RCU_WATCHING)
#define TASK		CT_NESTING_IRQ_NONIDLE

static void off_with_interrupts_on(void) { host_irqs_off = false; lockdep_hardirqs_off(0); }
static void prepared_while_on(void) { lockdep_cpu.hardirqs_enabled = 1; lockdep_hardirqs_on_prepare(); }
static void prepared_in_hardirq(void) { lockdep_hardirq_enter(); lockdep_hardirqs_on_prepare(); }
static void prepared_too_late(void) { host_irqs_off = false; lockdep_hardirqs_on_prepare(); }
static void on_unprepared(void) { lockdep_hardirqs_on(0); }
static void prepared_twice(void)
{
	lockdep_hardirqs_on_prepare();
	lockdep_hardirqs_on(0);
	lockdep_hardirqs_on(0);
}
static void prepared_and_off(void)
{
	lockdep_hardirqs_on_prepare();
	lockdep_hardirqs_off(0);
}
static void on_while_on(void)
{
	lockdep_cpu.prepared = lockdep_cpu.hardirqs_enabled = 1;
	lockdep_hardirqs_on(0);
}
static void interrupt_time_outside(void) { vtime_switch(VT_IRQ); }
static void softirq_time_outside(void) { vtime_switch(VT_SOFTIRQ); }
static void on_too_late(void) { lockdep_hardirqs_on_prepare(); host_irqs_off = false; lockdep_hardirqs_on(0); }
static void asserted_off(void) { host_irqs_off = false; lockdep_assert_irqs_disabled(); }
static void asserted_on(void) { lockdep_assert_irqs_enabled(); }
static void prepare_asserts(void)
{
	set_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
	lockdep_cpu.hardirqs_enabled = 1;
	exit_to_user_mode_prepare(&user);
}
static void lock_held(void)
{
	host_task.lockdep_depth++;
	host_locks = 1;
	exit_to_user_mode_prepare(&user);
	host_locks = 0;
	exit_to_user_mode_prepare(&user);	/* reported once, and forgotten */
}
static void left_unwatched(void) { ct_is(CT_STATE_KERNEL, 1, TASK); ct_user_enter(); }
static void left_with_interrupts_on(void) { host_irqs_off = false; ct_user_enter(); }
static void left_too_late(void) { lockdep_cpu.hardirqs_enabled = 1; ct_user_enter(); }
static void left_twice(void) { ct_is(CT_STATE_IDLE | CT_RCU_WATCHING, 1, TASK); ct_user_enter(); }
static void left_in_interrupt(void) { ct_is(WATCHED, 1, TASK + 2); ct_user_enter(); }
static void left_nested(void) { ct_is(WATCHED, 2, TASK); ct_user_enter(); }
static void came_watched(void) { ct_is(CT_STATE_USER | CT_RCU_WATCHING, 0, 0); ct_user_exit(); }
static void came_with_interrupts_on(void) { ct_is(CT_STATE_USER, 0, 0); host_irqs_off = false; ct_user_exit(); }
static void came_too_early(void) { ct_is(CT_STATE_USER, 0, 0); lockdep_cpu.hardirqs_enabled = 1; ct_user_exit(); }
static void came_from_elsewhere(void) { ct_is(CT_STATE_IDLE, 0, 0); ct_user_exit(); }
static void came_nested(void) { ct_is(CT_STATE_USER, 1, 0); ct_user_exit(); }
static void came_from_interrupt(void) { ct_is(CT_STATE_USER, 0, 2); ct_user_exit(); }
static void nmi_below_zero(void) { ct_is(WATCHED, 1, -2); ct_nmi_enter(); }
static void nmi_left_unentered(void) { ct_is(WATCHED, 1, 0); ct_nmi_exit(); }
static void nmi_left_unwatched(void) { ct_is(CT_STATE_KERNEL, 1, TASK + 2); ct_nmi_exit(); }
static void irq_with_interrupts_on(void) { host_irqs_off = false; ct_irq_enter(); }
static void irq_left_with_interrupts_on(void) { ct_irq_enter(); host_irqs_off = false; ct_irq_exit(); }
static void irq_left_unentered(void) { ct_irq_exit(); exit_to_user_mode(host_current->flags); }
static void tick_unwatched(void) { ct_is(CT_STATE_KERNEL, 1, TASK); rcu_irq_enter_check_tick(); }
/* The report shows interrupts as it found them; the exit work finds them on. */
static void call_left_interrupts_off(void)
{
	host_task.thread_info.syscall_work = SYSCALL_WORK_TRACEPOINT;
	syscall_exit_to_user_mode(&user);
	if (!host_warned_irqs_off)
		panic("interrupts were opened before the warning\n");
}

/* ... beside as many complaints of others. */
static const struct { void (*fn)(void); const char *says; u32 others; } complaints[] = {
	{ off_with_interrupts_on,	"!arch_irqs_disabled_flags(" },
	{ prepared_while_on,		"ld->hardirqs_enabled" },
	{ prepared_in_hardirq,		"ld->hardirq_context" },
	{ prepared_too_late,		"!arch_irqs_disabled_flags(" },
	{ on_unprepared,		"!ld->prepared" },
	{ prepared_twice,		"!ld->prepared" },
	{ prepared_and_off,		"ld->prepared && !" },
	{ on_while_on,			"ld->hardirqs_enabled" },
	{ interrupt_time_outside,	"was == VT_IRQ" },
	{ softirq_time_outside,		"was == VT_SOFTIRQ" },
	{ on_too_late,			"!arch_irqs_disabled_flags(" },
	{ asserted_off,			"lockdep_hardirqs_enabled() || " },
	{ asserted_on,			"!lockdep_hardirqs_enabled() || " },
	{ prepare_asserts,		"lockdep_hardirqs_enabled() || " },
	{ lock_held,			"with 1 locks held" },
	{ left_unwatched,		"!(old & ", 1 },
	{ left_with_interrupts_on,	"!arch_irqs_disabled_flags(" },
	{ left_too_late,		"|| lockdep_hardirqs_enabled()" },
	{ left_twice,			"CT_STATE_KERNEL" },
	{ left_in_interrupt,		"ct->nmi_nesting != CT_NESTING_IRQ_NONIDLE" },
	{ left_nested,			"ct->nesting != 1" },
	{ came_watched,			"old & ", 1 },
	{ came_with_interrupts_on,	"!arch_irqs_disabled_flags(" },
	{ came_too_early,		"|| lockdep_hardirqs_enabled()" },
	{ came_from_elsewhere,		"!= from", 1 },
	{ came_nested,			"ct->nesting != 0" },
	{ came_from_interrupt,		"ct->nmi_nesting != 0" },
	{ nmi_below_zero,		"ct->nmi_nesting < 0" },
	{ nmi_left_unentered,		"ct->nmi_nesting <= 0" },
	{ nmi_left_unwatched,		"!rcu_is_watching()" },
	{ irq_with_interrupts_on,	"!arch_irqs_disabled_flags(" },
	{ irq_left_with_interrupts_on,	"!arch_irqs_disabled_flags(" },
	{ irq_left_unentered,		"ct->nmi_nesting != CT_NESTING_IRQ_NONIDLE" },
	{ tick_unwatched,		"RCU is not watching" },
	{ call_left_interrupts_off,	"left interrupts off" },
};

/* Each in a process of its own: lockdep complains once, and goes on as if nothing were. */
static int complain(void (*fn)(void), const char *says, u32 others)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		local_irq_disable();
		fn();
		fflush(stdout);
		_exit(host_warnings == 1 + others && strstr(host_warned, says) ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void keepers_complain(void **s)
{
	(void)s;
	for (u32 i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
		if (complain(complaints[i].fn, complaints[i].says, complaints[i].others))
			fail_msg("complaint %u: exactly one should have come, of \"%s\"", i, complaints[i].says);
}

/* ---- the monitor stops at the first thing that is wrong, and says what ---- */

static void (*spoil)(void);		/* at the end of an NMI in which all was well until then */
static void spoiled_nmi(struct pt_regs *regs)
{
	do_nmi(regs);
	spoil();
}
static void spoiled(void (*fn)(void)) { spoil = fn; host_door(DOOR_FIQ, &kernel_on, spoiled_nmi); }

static void add_count(void) { __preempt_count_add(PREEMPT_OFFSET); }
static void lose_bit(void) { lockdep_cpu.hardirqs_enabled = 0; }
static void add_context(void) { lockdep_cpu.hardirq_context++; }
static void to_idle(void) { context_tracking.state |= CT_STATE_IDLE; }
static void add_nesting(void) { context_tracking.nesting++; }
static void add_nmi_nesting(void) { context_tracking.nmi_nesting += 2; }
static void count_left(void) { spoiled(add_count); }
static void bit_lost(void) { spoiled(lose_bit); }
static void hardirq_context_left(void) { spoiled(add_context); }
static void context_changed(void) { spoiled(to_idle); }
static void nesting_left(void) { spoiled(add_nesting); }
static void nmi_nesting_left(void) { spoiled(add_nmi_nesting); }

static void enters_twice(struct pt_regs *regs) { irqentry_nmi_enter(regs); irqentry_nmi_enter(regs); }
static void wrong_event(void) { host_door(DOOR_FIQ, &kernel_on, enters_twice); }
static void only_enters(struct pt_regs *regs) { irqentry_nmi_enter(regs); }
static void no_exit(void) { host_door(DOOR_FIQ, &kernel_on, only_enters); }

static void dies_in_handler(struct pt_regs *regs)
{
	irqentry_enter(regs);
	instrumentation_begin();
	irq_enter_rcu();
	evlog_args(EV_WORK, EV_WORK_EXIT, 0);
}
static void ends_early(void) { host_door(DOOR_IRQ, &kernel_on, dies_in_handler); }

static void says_without_doing(struct pt_regs *regs)
{
	irqentry_enter(regs);
	instrumentation_begin();
	evlog(EV_HARDIRQ_ADD);
}
static void event_without_change(void) { host_door(DOOR_IRQ, &kernel_on, says_without_doing); }

static void opens_early(struct pt_regs *regs) { host_irqs_off = false; irqentry_enter(regs); }
static void interrupts_open(void) { host_door(DOOR_IRQ, &kernel_on, opens_early); }

static void behind_lockdep(void)
{
	local_irq_disable();
	host_irqs_off = false;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
}

static void handler_opens(struct pt_regs *regs)
{
	irqentry_enter(regs);
	instrumentation_begin();
	irq_enter_rcu();
	local_irq_enable();
	host_door(DOOR_IRQ, &kernel_on, do_irq);
}
static void irq_in_handler(void) { host_door(DOOR_IRQ, &kernel_on, handler_opens); }

static void x_forgotten(void)
{
	go_to_user();
	host_irqs_off = true;
	evlog_door(&user, DOOR_IRQ, 0, 0);
	do_user_irq(&user);
	evlog_door(&user, DOOR_IRQ, 0, 0);
}

static void x_twice(void) { host_door(DOOR_IRQ, &kernel_on, do_irq); evlog(EV_RETURN); }
static void traced_unwatched(void)
{
	local_irq_disable();
	ct_idle_enter();
	trace_hardirqs_off_finish();
}

/* Row 32: the state does not say by itself what it is. */
static void irqexit_of_nmi(struct pt_regs *regs) { irqentry_exit(regs, irqentry_nmi_enter(regs)); }
static void nmiexit_of_irq(struct pt_regs *regs) { irqentry_nmi_exit(regs, irqentry_enter(regs)); }
static void nmi_left_by_irqexit(void) { host_door(DOOR_FIQ, &kernel_on, irqexit_of_nmi); }
static void user_nmi_left_by_irqexit(void) { go_to_user(); host_door(DOOR_FIQ, &user, irqexit_of_nmi); }
static void irq_left_by_nmiexit(void) { host_door(DOOR_IRQ, &kernel_on, nmiexit_of_irq); }

static const struct { void (*fn)(void); const char *says[3]; } findings[] = {
	{ count_left, { "fiq from kernel: the preempt count is not what it was at X", "is       00000001",
			"was      00000000 at V" } },
	{ bit_lost, { "lockdep's interrupt state is not what it was at X" } },
	{ hardirq_context_left, { "lockdep's hardirq context is not what it was at X" } },
	{ context_changed, { "the context is not what it was at X" } },
	{ nesting_left, { " nesting is not what it was at X" } },
	{ nmi_nesting_left, { "nmi_nesting is not what it was at X" } },
	{ wrong_event, { "must not come now at N+", "came     N+ L- h+ R+ { T- F } N+\n", "^ this should have come" } },
	{ no_exit, { "must not come now at X" } },
	{ ends_early, { "too early to end at W" } },
	{ event_without_change, { "it has not happened yet at H+" } },
	{ interrupts_open, { "interrupts are open at L-" } },
	{ behind_lockdep, { "interrupts were open, and lockdep believed them off at V" } },
	{ irq_in_handler, { "irq from irq: interrupts were open where none may come at V" } },
	{ x_forgotten, { "an older crossing of this task is still open at V", "inside of irq from user",
			 "} R- L+ X\n#            " } },
	{ x_twice, { "outside of any crossing: there is none to end at X" } },
	{ nmi_left_by_irqexit, { "irqentry_exit() ends what irqentry_nmi_enter() began" } },
	{ user_nmi_left_by_irqexit, { "irqentry_exit() ends what irqentry_nmi_enter() began" } },
	{ irq_left_by_nmiexit, { "irqentry_nmi_exit() ends what irqentry_enter() began" } },
	{ traced_unwatched, { "outside of any crossing: RCU does not watch at T-" } },
};

/* Each in a process of its own, which dies of it. Returns what that said, and how it ended. */
static int report_of(void (*fn)(void), char *said, size_t size)
{
	int status, fd[2];
	ssize_t n, at = 0;
	pid_t pid;

	fflush(stdout);
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(fd[1], STDOUT_FILENO);
		fn();
		_exit(0);
	}
	close(fd[1]);
	while ((n = read(fd[0], said + at, size - 1 - (size_t)at)) > 0)
		at += n;
	said[at] = 0;
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void monitor_stops(void **s)
{
	static char said[8192];

	(void)s;
	for (u32 i = 0; i < sizeof(findings) / sizeof(findings[0]); i++) {
		int status = report_of(findings[i].fn, said, sizeof(said));

		for (u32 k = 0; k < 3 && findings[i].says[k]; k++)
			if (!strstr(said, findings[i].says[k]))
				fail_msg("finding %u should say \"%s\", and says:\n%s", i, findings[i].says[k], said);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

/* A task that left with an interrupt's level open comes back healed. */
static void nesting_is_healed(void **s)
{
	(void)s;
	local_irq_disable();
	ct_is(WATCHED, 1, TASK - 2);
	ct_user_enter();
	assert_int_equal(context_tracking.nmi_nesting, 0);
	assert_int_equal(context_tracking.nesting, 0);
	ct_user_exit();
	assert_int_equal(context_tracking.nmi_nesting, TASK);
	assert_int_equal(context_tracking.nesting, 1);
}

/* ---- the tick, softirqs, time ---- */

/* Row 30: only where a grace period waits, once, and not from an NMI. */
static void tick_is_forced(void **s)
{
	(void)s;
	local_irq_disable();
	rcu_irq_enter_check_tick();
	assert_int_equal(host_forced_tick, 0);
	context_tracking.urgent_qs = true;
	__nmi_count_enter();
	rcu_irq_enter_check_tick();
	__nmi_count_exit();
	assert_int_equal(host_forced_tick, 0);
	assert_false(context_tracking.forced_tick);
	local_irq_enable();
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_forced_tick, 1);
	assert_true(context_tracking.forced_tick);
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_forced_tick, 1);
}

/* An NMI where RCU does not watch has no tick to ask for, and nothing to complain about. */
static void tick_ignores_nmis(void **s)
{
	struct evrec r;

	(void)s;
	local_irq_disable();
	ct_is(CT_STATE_IDLE, 0, 0);
	__nmi_count_enter();
	mark = evlog_mark();
	rcu_irq_enter_check_tick();
	assert_int_equal(evlog_read(mark, &r), 0);
	assert_int_equal(r.event, EV_CHECK_TICK);	/* it was asked all the same */
	__nmi_count_exit();
	assert_int_equal(host_warnings, 0);
}

static void idle_tick(void **s)
{
	(void)s;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_idle_tick, 0);
	host_current = &host_idle.thread_info;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_idle_tick, 1);
}

/* Row 9: a nohz_full CPU's catches up in any task; all are asked at the end whether to stop. CPU 0's goes on. */
static void full_tick(void **s)
{
	(void)s;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_full_tick, 0);
	nohz_full_cpus = 0x3;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_idle_tick, 0);
	assert_int_equal(host_full_tick, 1);
	host_task.thread_info.cpu = 1;
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(host_idle_tick, 1);
	assert_int_equal(host_full_tick, 2);
}

static u32 softirqs, softirq_rounds, softirq_base;
static void soft(void)
{
	softirqs++;
	assert_false(in_hardirq());
	assert_int_equal(preempt_count(), softirq_base + SOFTIRQ_OFFSET);
	assert_int_equal(lockdep_hardirq_context(), 0);
	assert_false(irqs_disabled());
	assert_int_equal(vtime.now, VT_SOFTIRQ);
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	assert_int_equal(vtime.now, VT_SOFTIRQ);
	if (--softirq_rounds)
		raise_softirq(TASKLET_SOFTIRQ);
}

static void raise_in_irq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	irq_enter_rcu();
	raise_softirq(TASKLET_SOFTIRQ);
	assert_int_equal(softirqs, 0);
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* Rows 9 and 10: what an interrupt raised runs after it, with interrupts on, some rounds of it; not
 * where the interrupt came into a softirq, or into code that holds them off. */
static void softirq_after_irq(void **s)
{
	(void)s;
	open_softirq(TASKLET_SOFTIRQ, soft);
	for (u32 rounds = 1; rounds < 25; rounds += 11) {
		host_reset();
		softirqs = 0;
		softirq_rounds = rounds;
		mark = evlog_mark();
		host_door(DOOR_IRQ, &kernel_on, raise_in_irq);
		expect_order(DOOR_IRQ, CTX_KERNEL);
		assert_int_equal(softirqs, rounds < 10 ? rounds : 10);
		assert_int_equal(!!softirq_pending(), rounds > 10);
		assert_int_equal(preempt_count(), 0);
		assert_int_equal(vtime.now, VT_SYSTEM);
	}
	host_reset();
	softirqs = 0;
	softirq_rounds = 1;
	softirq_base = PREEMPT_OFFSET;
	preempt_disable();
	host_door(DOOR_IRQ, &kernel_on, raise_in_irq);
	assert_int_equal(softirqs, 1);
	assert_int_equal(preempt_count(), PREEMPT_OFFSET);
	softirq_base = 0;
	host_reset();
	softirqs = 0;
	softirq_rounds = 1;
	__preempt_count_add(SOFTIRQ_DISABLE_OFFSET);
	host_door(DOOR_IRQ, &kernel_on, raise_in_irq);
	assert_int_equal(softirqs, 0);
	assert_true(softirq_pending());
	__preempt_count_sub(SOFTIRQ_DISABLE_OFFSET);
}

static void quiet(void) { softirqs++; }
static void raise_quietly(void) { softirq_bits |= BIT(TASKLET_SOFTIRQ); }

/* Interrupts are opened once for a round, and what comes in the first moment is not lost. */
static void softirq_opens_interrupts(void **s)
{
	u32 before;

	(void)s;
	open_softirq(TASKLET_SOFTIRQ, quiet);
	for (u32 rounds = 1; rounds <= 2; rounds++) {
		host_reset();
		softirqs = 0;
		local_irq_disable();
		raise_quietly();
		host_on_open = rounds == 2 ? raise_quietly : NULL;
		before = host_opened;
		do_softirq();
		assert_int_equal(softirqs, rounds);
		assert_int_equal(host_opened - before, rounds);
		assert_false(softirq_pending());
	}
}

static void interrupted_handler(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);
	u32 count;

	instrumentation_begin();
	irq_enter_rcu();
	count = preempt_count();
	host_door(DOOR_IRQ, &kernel_off, do_irq);
	assert_int_equal(preempt_count(), count);
	assert_int_equal(lockdep_hardirq_context(), 1);
	assert_int_equal(vtime.now, VT_IRQ);
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* Row 10: each level takes back what it added, and no more. */
static void irq_in_irq(void **s)
{
	(void)s;
	host_door(DOOR_IRQ, &kernel_on, interrupted_handler);
	expect_order(DOOR_IRQ, CTX_KERNEL);
	assert_int_equal(preempt_count(), 0);
	assert_int_equal(lockdep_hardirq_context(), 0);
	assert_int_equal(vtime.now, VT_SYSTEM);
}

static u64 sum_of(enum vtime_kind kind) { return vtime.sum[kind]; }

static void pass_time(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	irq_enter_rcu();
	host_counter += 1000;
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

static void pass_time_in_call(struct pt_regs *regs)
{
	syscall_enter_from_user_mode(regs);
	instrumentation_begin();
	host_counter += 1000;
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

/* Row 16: each stretch belongs to whom it was spent for. */
static void time_by_context(void **s)
{
	u64 user_time;

	(void)s;
	go_to_user();
	assert_int_equal(vtime.now, VT_USER);
	host_counter += 1000;
	host_door(DOOR_IRQ, &user, pass_time);
	user_time = sum_of(VT_USER);
	assert_in_range(user_time, 1000, 1100);
	assert_in_range(sum_of(VT_IRQ), 1000, 1100);
	assert_in_range(sum_of(VT_SYSTEM), 0, 100);
	assert_int_equal(vtime.now, VT_USER);
	host_door(DOOR_SYSCALL, &user, pass_time_in_call);
	assert_in_range(sum_of(VT_SYSTEM), 1000, 1100);
	assert_in_range(sum_of(VT_USER), user_time, user_time + 100);
	host_reset();
	local_irq_disable();
	ct_idle_enter();
	assert_int_equal(vtime.now, VT_IDLE);
	ct_idle_exit();
	assert_int_equal(vtime.now, VT_SYSTEM);
}

#define T(fn) cmocka_unit_test_setup(fn, reset)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(syscall_order), T(irq_order), T(irq_in_idle), T(nmi_everywhere),
		T(nmi_from_irq), T(nesting_by_context),
		T(loop_until_no_work), T(work_in_the_loop), T(order_of_work), T(steps_of_the_architecture),
		 T(irq_exit_is_no_syscall_exit),
		T(state_is_the_nest_levels_own), T(preempt_on_irq_return),
		T(lazy_waits_for_user_mode), T(idle_is_not_preempted), T(wrong_orders), T(missing_events), T(keepers_complain), T(monitor_stops),
		T(nesting_is_healed), T(tick_is_forced), T(tick_ignores_nmis), T(idle_tick), T(full_tick), T(softirq_after_irq),
		T(softirq_opens_interrupts), T(tracer_changes_the_call), T(irq_in_irq),
		T(time_by_context),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
