// SPDX-License-Identifier: MIT
#include "host.h"
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct task_struct host_task, host_idle;
struct thread_info *host_current = &host_task.thread_info;
bool host_irqs_off = true;
u64 host_counter;
u32 host_warnings, host_scheduled, host_signalled, host_resumed;
u32 host_forced_tick, host_idle_tick, host_full_tick;
char host_warned[1024], host_work[64];
struct irq_chip *irq_chip;
cpumask_t nohz_full_cpus;
ulong per_cpu_offset[CONFIG_NR_CPUS];	/* one CPU */
bool smp_several;
static u32 changes;		/* of the mask, since host_reset() */
u32 host_opened;
bool host_warned_irqs_off;
void (*host_on_open)(void), (*host_on_close)(void);

static void once(void (**hook)(void))
{
	void (*fn)(void) = *hook;

	*hook = NULL;
	if (fn)
		fn();
}

/* No test here takes long: what does is a loop of the entry code that misses its end. */
static void bound(void)
{
	if (++changes > 10000)
		panic("interrupts are opened and closed for ever\n");
}

void host_irqs_opened(void)
{
	bound();
	host_opened++;
	once(&host_on_open);
}
void host_irqs_closing(void)
{
	bound();
	if (!host_irqs_off)
		once(&host_on_close);
}

bool lockdep_show_held(void) { return true; }
void __warn(const char *file, int line, const char *fmt, ...)
{
	size_t n = strlen(host_warned);
	va_list ap;

	host_warnings++;
	host_warned_irqs_off = host_irqs_off;
	va_start(ap, fmt);
	vsnprintf(host_warned + n, sizeof(host_warned) - n, fmt, ap);
	va_end(ap);
	printf("# warning at %s:%d: %s", file, line, host_warned + n);
}

void panic(const char *fmt, ...)
{
	va_list ap;

	printf("# panic: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	abort();
}

void die(const char *what, struct pt_regs *regs)
{
	(void)regs;
	panic("%s\n", what);
}

void die_here(const char *what, struct pt_regs *regs) { die(what, regs); }

/* Here nobody knows the kernel's %pS: the address must do. */
void printk(int level, const char *fmt, ...)
{
	char plain[256], *to = plain;
	va_list ap;

	if (level > LOG_EMERG)
		return;
	for (const char *s = fmt; *s && to < plain + sizeof(plain) - 1; s++)
		if (s < fmt + 2 || s[-1] != 'p' || s[-2] != '%' || !strchr("SB", *s))
			*to++ = *s;
	*to = 0;
	printf("# ");
	va_start(ap, fmt);
	vprintf(plain, ap);
	va_end(ap);
}

/* What has been done, in its order, and all of it with interrupts on. */
static void worked(char what)
{
	size_t n = strlen(host_work);

	if (irqs_disabled())
		panic("work '%c' with interrupts off", what);
	if (n < sizeof(host_work) - 1)
		host_work[n] = what;
}

void schedule(void)
{
	worked('r');
	clear_need_resched(host_current);
	evlog_args(EV_WORK, EV_WORK_RESCHED, 0);
	host_scheduled++;
}

void preempt_schedule(void) { schedule(); }

void preempt_schedule_irq(void)
{
	local_irq_enable();
	schedule();
	local_irq_disable();
}

void arch_do_signal_or_restart(struct pt_regs *regs)
{
	(void)regs;
	worked('s');
	clear_ti_thread_flag(host_current, TIF_SIGPENDING);
	evlog_args(EV_WORK, EV_WORK_SIGNAL, 0);
	host_signalled++;
}

void resume_user_mode_work(struct pt_regs *regs)
{
	(void)regs;
	worked('n');
	clear_ti_thread_flag(host_current, TIF_NOTIFY_RESUME);
	evlog_args(EV_WORK, EV_WORK_RESUME, 0);
	host_resumed++;
}

/* The word says so before the tick is on: whoever the tick meets there finds out why it runs. */
void tick_nohz_force(void)
{
	if (!context_tracking.forced_tick)
		panic("the tick is forced, and its word does not say so\n");
	host_forced_tick++;
}
void __tick_nohz_full_update(void)
{
	if (!lockdep_hardirq_context() || vtime.now != VT_IRQ)
		panic("a nohz_full CPU's tick is looked at outside the interrupt\n");
	host_full_tick++;
}
/* What the idle tick catches up with is an interrupt's work, and its time. */
void tick_irq_enter(void)
{
	if (!lockdep_hardirq_context() || vtime.now != VT_IRQ)
		panic("the idle tick catches up outside the interrupt\n");
	host_idle_tick++;
}

void host_reset(void)
{
	memset(&host_task, 0, sizeof(host_task));
	memset(&host_idle, 0, sizeof(host_idle));
	host_task.pid = 1;
	changes = 0;
	softirq_bits = 0;
	host_forced_tick = host_idle_tick = host_full_tick = 0;
	nohz_full_cpus = 0;
	host_warned[0] = 0;
	memset(host_work, 0, sizeof(host_work));
	vtime = (struct vtime){ .since = host_counter, .now = VT_SYSTEM };
	host_current = &host_task.thread_info;
	context_tracking = (struct context_tracking){
		.state = CT_STATE_KERNEL | CT_RCU_WATCHING, .nesting = 1,
		.nmi_nesting = CT_NESTING_IRQ_NONIDLE,
	};
	lockdep_cpu = (struct lockdep_cpu){ 0 };
	irqsoff = (struct irqsoff){ 0 };
	host_warnings = host_scheduled = host_signalled = host_resumed = 0;
	host_on_open = host_on_close = NULL;
	host_irqs_off = true;
	local_irq_enable();
}

void host_door(enum door door, struct pt_regs *regs, void (*body)(struct pt_regs *regs))
{
	bool was_off = host_irqs_off;
	struct pt_regs own = *regs;

	/* The frame of user mode is the task's; each from the kernel is a new one. */
	if (!user_mode(regs))
		regs = &own;
	host_irqs_off = true;
	evlog_door(regs, door, 0, 0);
	body(regs);
	evlog(EV_RETURN);
	host_irqs_off = user_mode(regs) ? was_off : regs->irqs_off;
}
