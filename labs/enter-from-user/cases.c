// SPDX-License-Identifier: MIT
/*
 * cases CASE WORD [tracked]: one row of crossings with the student's code, on the host. If all is right,
 * "right: CASE WORD", and 0; otherwise the monitor's report, or a line "reason: ...". Compiled with all
 * keepers, with user mode tracked always or on request. WORD is the grader's: who has not got to the
 * end cannot say that he has.
 *
 * The keepers' calls come through wrappers (ld --wrap): a record of what was called, to be held
 * against the ring's record of what happened.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include <entry/nmi.h>
#include <entry/syscall.h>
#include <lintel/errno.h>
#include <lintel/preempt.h>

static struct pt_regs user = { .user = true, .pc = 0x1000 };
static struct pt_regs kernel_on = { .pc = 0x2000 };
static struct pt_regs kernel_off = { .pc = 0x3000, .irqs_off = true };
static bool tracked;
static const char *name;
static char word[64];
static u32 begun;			/* where the crossing that is judged begins in the ring */

/* The crossing as far as it has come, and the first event that has not. */
static void print_strings(void)
{
	static struct crossing c;
	static char came[512], expected[512];
	int column, err = IS_ENABLED(CONFIG_EVENT_RING) ? crossing_at(begun, &c) : -ENOSPC;

	if (err && err != -ENOENT)
		return;
	crossing_print(&c, came, sizeof(came));
	column = crossing_check(&c, expected, sizeof(expected));
	printf("#  came     %s\n", came);
	if (column >= 0)
		printf("#  expected %s\n#           %*s^ this comes next\n", expected, column, "");
}

static void __noreturn lose(const char *fmt, ...)
{
	va_list ap;

	printf("reason: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	print_strings();
	fflush(stdout);
	_Exit(1);
}

static void __noreturn right(void)
{
	printf("right: %s %s\n", name, word);
	fflush(stdout);
	_Exit(0);
}

/* ---- what is called ---- */

static u32 nr_calls, exit_hooks, enter_hooks;
static u8 calls[4096];
static void (*between)(void);		/* strikes before every step and behind it */

static void called(enum event ev)
{
	if (nr_calls < ARRAY_SIZE(calls))
		calls[nr_calls++] = ev;
}
static void strike(void)
{
	void (*fn)(void) = between;

	between = NULL;
	if (fn)
		fn();
	between = fn;
}

#define WRAP(fn, ev, params, args)			\
	void __real_##fn params;			\
	void __wrap_##fn params;			\
	void __wrap_##fn params				\
	{						\
		called(ev);				\
		strike();				\
		__real_##fn args;			\
		strike();				\
	}
WRAP(ct_user_exit, EV_RCU_ENTER, (void), ())
WRAP(ct_user_enter, EV_RCU_EXIT, (void), ())
#ifdef CONFIG_LOCKDEP
WRAP(lockdep_hardirqs_off, EV_LOCKDEP_OFF, (ulong ip), (ip))
WRAP(lockdep_hardirqs_on_prepare, EV_LOCKDEP_PREP, (void), ())
WRAP(lockdep_hardirqs_on, EV_LOCKDEP_ON, (ulong ip), (ip))
WRAP(trace_hardirqs_off_finish, EV_TRACE_OFF, (void), ())
WRAP(trace_hardirqs_on_prepare, EV_TRACE_PREP, (void), ())
#endif

void lab_arch_enter(struct pt_regs *regs)
{
	enter_hooks++;
	if (regs != &user)
		lose("arch_enter_from_user_mode() did not get the frame");
	if (rcu_is_watching() && tracked)
		lose("RCU watches before arch_enter_from_user_mode() has checked the frame");
	strike();
}
void lab_arch_exit(void)
{
	exit_hooks++;
	if (rcu_is_watching() == tracked)
		lose("arch_exit_to_user_mode() is called while RCU %s", tracked ? "still watches" : "does not watch");
	if (lockdep_hardirqs_enabled())
		lose("arch_exit_to_user_mode() is called after lockdep was told that interrupts are on");
	strike();
}

/* ---- where a crossing begins, is, and ends ---- */

static void opened(void)
{
	lose("interrupts were opened: both functions are called, and return, with interrupts off");
}

static void check_in_user(const char *when)
{
	if (ct_state() != (tracked ? CT_STATE_USER : CT_STATE_KERNEL) || rcu_is_watching() == tracked)
		lose("%s: user mode %s tracked, but context tracking says \"%s\"", when, tracked ? "is" : "is not",
		     ct_state() == CT_STATE_USER ? "user" : "kernel");
	if (IS_ENABLED(CONFIG_LOCKDEP) && !lockdep_hardirqs_enabled())
		lose("%s: lockdep believes interrupts off in user mode", when);
#ifdef CONFIG_TRACE_IRQFLAGS
	if (irqsoff.off)
		lose("%s: the tracer's hardirqs-off period still runs in user mode", when);
#endif
	if (exit_hooks != 1)
		lose("%s: arch_exit_to_user_mode() was called %u times, not once", when, exit_hooks);
	if (host_warnings)
		lose("%s: a keeper warned (see above)", when);
}

static void check_in_kernel(const char *when)
{
	if (!irqs_disabled())
		lose("%s: interrupts are open", when);
	if (!rcu_is_watching() || ct_state() != CT_STATE_KERNEL)
		lose("%s: RCU does not watch, or the context is not \"kernel\"", when);
	if (lockdep_hardirqs_enabled())
		lose("%s: lockdep still believes interrupts on", when);
#ifdef CONFIG_TRACE_IRQFLAGS
	if (!irqsoff.off)
		lose("%s: the tracer has not started its hardirqs-off period", when);
#endif
	if (enter_hooks != 1)
		lose("%s: arch_enter_from_user_mode() was called %u times, not once", when, enter_hooks);
}

static const char *name_of_call(u8 ev)
{
	switch (ev) {
	case EV_RCU_ENTER:	return "ct_user_exit()";
	case EV_RCU_EXIT:	return "ct_user_enter()";
	case EV_LOCKDEP_OFF:	return "lockdep_hardirqs_off()";
	case EV_LOCKDEP_PREP:	return "lockdep_hardirqs_on_prepare()";
	case EV_LOCKDEP_ON:	return "lockdep_hardirqs_on()";
	case EV_TRACE_OFF:	return "trace_hardirqs_off_finish()";
	case EV_TRACE_PREP:	return "trace_hardirqs_on_prepare()";
	default:		return NULL;
	}
}

/* Of a crossing that opens no interrupts: each event stands for a call of its keeper. */
static void check_calls(u32 mark, enum door door)
{
	static struct crossing c;
	u32 at = 0;

	if (!IS_ENABLED(CONFIG_EVENT_RING) || crossing_find(mark, door, CTX_USER, -1, &c))
		return;
	for (u32 i = 0; i < c.nr; i++) {
		if (!name_of_call(c.ev[i].event))
			continue;
		if (at >= nr_calls || calls[at] != c.ev[i].event)
			lose("%s is in the record, but %s was not called for it: only the keeper of a state may "
			     "emit its event", evlog_letter(c.ev[i].event), name_of_call(c.ev[i].event));
		at++;
	}
}

static void crossing(enum door door, void (*body)(struct pt_regs *regs))
{
	enter_hooks = exit_hooks = nr_calls = 0;
	begun = evlog_mark();
	host_door(door, &user, body);
	host_irqs_off = false;
	check_in_user("after the crossing");
}

/* ---- doors ---- */

static void do_first_return(struct pt_regs *regs)
{
	instrumentation_begin();
	local_irq_enable();
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}
static void go_to_user(void)
{
	local_irq_disable();
	begun = evlog_mark();
	host_door(DOOR_FORK, &user, do_first_return);
	host_irqs_off = false;
	check_in_user("at a task's first return to user mode");
}

static void handler(void)
{
	instrumentation_begin();
	__irq_count_enter();
	lockdep_hardirq_enter();
	lockdep_hardirq_exit();
	__irq_count_exit();
	instrumentation_end();
}

static void do_syscall(struct pt_regs *regs)
{
	syscall_enter_from_user_mode(regs);
	instrumentation_begin();
	if (irqs_disabled() || !rcu_is_watching())
		lose("in the system call: RCU does not watch, or interrupts are not open");
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

static void do_irq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	if (user_mode(regs))
		check_in_kernel("after enter_from_user_mode()");
	handler();
	irqentry_exit(regs, state);
}

static void do_fault(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	check_in_kernel("after enter_from_user_mode()");
	instrumentation_begin();
	local_irq_enable();
	local_irq_disable();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

static void do_nmi(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	if (!rcu_is_watching() || !in_nmi())
		lose("in an NMI: RCU does not watch, or nobody knows that this is an NMI");
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* ---- cases ---- */

/* Enter alone, after a user mode that was reached without exit_to_user_mode(). */
static void do_enter(struct pt_regs *regs)
{
	host_on_open = opened;
	enter_from_user_mode(regs);
	host_on_open = NULL;
	check_in_kernel("after enter_from_user_mode()");
	right();
}
static void case_enter(void)
{
	local_irq_disable();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	if (tracked)
		ct_user_enter();
	lockdep_hardirqs_on(0);
	enter_hooks = 0;
	begun = evlog_mark();
	host_door(DOOR_IRQ, &user, do_enter);
}

static void case_syscall(void) { crossing(DOOR_SYSCALL, do_syscall); }
static void case_fault(void) { crossing(DOOR_FAULT, do_fault); }
/* Exit alone: a task's first return, which is on the way to user mode of all others. */
static void case_exit(void) { }

static void case_irq(void)
{
	u32 mark = evlog_mark();

	host_on_open = opened;
	crossing(DOOR_IRQ, do_irq);
	host_on_open = NULL;
	check_calls(mark, DOOR_IRQ);
}

static void case_nmi(void)
{
	host_door(DOOR_FIQ, &user, do_nmi);
	host_irqs_off = false;
	check_in_user("after an NMI of user mode");
	case_irq();
}

static int arrivals;
static void arrive(void)
{
	static const int flags[] = { TIF_SIGPENDING, TIF_NEED_RESCHED, TIF_NOTIFY_RESUME };

	if (arrivals-- > 0) {
		set_ti_thread_flag(host_current, flags[arrivals % 3]);
		host_on_open = arrive;
	}
}
static void case_work(void)
{
	for (int rounds = 1; rounds <= 4; rounds++) {
		arrivals = rounds;
		arrive();
		host_on_open = NULL;
		crossing(DOOR_IRQ, do_irq);
		arrivals = rounds;
		arrive();
		crossing(DOOR_SYSCALL, do_syscall);
		host_on_open = NULL;
	}
}

static void do_nested(struct pt_regs *regs)
{
	syscall_enter_from_user_mode(regs);
	instrumentation_begin();
	host_door(DOOR_IRQ, &kernel_on, do_irq);
	host_door(DOOR_FIQ, &kernel_on, do_nmi);
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}
static void case_nested(void) { crossing(DOOR_SYSCALL, do_nested); }

static void nmi(void)
{
	bool off = host_irqs_off;

	host_irqs_off = true;
	host_door(DOOR_FIQ, off ? &kernel_off : &kernel_on, do_nmi);
	host_irqs_off = off;
}
static void case_nmi_between(void)
{
	between = nmi;
	crossing(DOOR_SYSCALL, do_syscall);
	crossing(DOOR_IRQ, do_irq);
	crossing(DOOR_FAULT, do_fault);
}

/* Not what one run has shown: many, of any task, at any place. */
static void case_again(void)
{
	for (u32 i = 0; i < 300; i++) {
		host_task.pid = 1 + i % 7;
		user.pc = 0x1000 + 4 * i;
		if (i % 3 == 2)
			case_fault();
		else if (i % 3)
			case_irq();
		else
			case_syscall();
	}
}

static const struct { const char *name; void (*fn)(void); } cases[] = {
	{ "enter", case_enter }, { "exit", case_exit }, { "syscall", case_syscall },
	{ "irq", case_irq }, { "fault", case_fault }, { "nmi", case_nmi }, { "work", case_work },
	{ "nested", case_nested }, { "nmi-between", case_nmi_between }, { "again", case_again },
};

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	host_reset();
	tracked = IS_ENABLED(CONFIG_CONTEXT_TRACKING_USER_FORCE);
	if (argc > 3 && !strcmp(argv[3], "tracked")) {
		set_ti_thread_flag(host_current, TIF_CONTEXT_TRACKING);
		tracked = true;
	}
	if (argc > 2) {
		snprintf(word, sizeof(word), "%s", argv[2]);
		memset(argv[2], 0, strlen(argv[2]));
	}
	for (u32 i = 0; argc > 1 && i < ARRAY_SIZE(cases); i++) {
		if (strcmp(argv[1], cases[i].name))
			continue;
		name = cases[i].name;
		exit_hooks = 0;
		if (cases[i].fn != case_enter)
			go_to_user();
		cases[i].fn();
		right();
	}
	lose("no such case");
}
