// SPDX-License-Identifier: MIT
/* The entry core, compiled as it is, against its specification: every line of order.def that does
 * not need an architecture is walked here, and wrong orders must be refused.
 * sources: entry rcu lockdep trace vtime host.c */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include <entry/nmi.h>
#include <entry/syscall.h>
#include <lintel/bug.h>
#include <lintel/preempt.h>
#include <lintel/trace.h>

static struct pt_regs user = { .user = true, .pc = 0x1000 };
static struct pt_regs kernel_on = { .pc = 0x2000 };
static struct pt_regs kernel_off = { .pc = 0x3000, .irqs_off = true };
static u32 mark;

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
	instrumentation_begin();
	__irq_count_enter();
	lockdep_hardirq_enter();
	assert_true(in_hardirq());
	assert_true(rcu_is_watching());
	lockdep_hardirq_exit();
	__irq_count_exit();
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
static void irq_acknowledges_nmi(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	__irq_count_enter();
	lockdep_hardirq_enter();
	host_door(DOOR_FIQ, regs, do_nmi);
	lockdep_hardirq_exit();
	__irq_count_exit();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

static void nmi_from_irq(void **s)
{
	(void)s;
	go_to_user();
	host_door(DOOR_IRQ, &user, irq_acknowledges_nmi);
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
	__irq_count_enter();
	lockdep_hardirq_enter();
	nested_irq();
	lockdep_hardirq_exit();
	__irq_count_exit();
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

/* The keepers notice by themselves what is wrong with the state. */
static void keepers_complain(void **s)
{
	(void)s;
	local_irq_disable();
	ct_irq_exit();			/* nothing entered: the task's count goes down by 2 */
	exit_to_user_mode(host_current->flags);
	assert_true(host_warnings > 0);
}

#define T(fn) cmocka_unit_test_setup(fn, reset)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(syscall_order), T(irq_order), T(irq_in_idle), T(nmi_everywhere),
		T(nmi_from_irq), T(nesting_by_context),
		T(loop_until_no_work), T(work_in_the_loop), T(irq_exit_is_no_syscall_exit),
		T(state_is_the_nest_levels_own), T(preempt_on_irq_return),
		T(idle_is_not_preempted), T(wrong_orders), T(missing_events), T(keepers_complain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
