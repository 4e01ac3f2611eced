// SPDX-License-Identifier: MIT
/*
 * Reports of what must not happen. They run in any state: nothing here sleeps, takes a lock that
 * it could wait for, or tells the state keepers anything.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/crash.h>
#include <lintel/crossing_log.h>
#include <lintel/evlog.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/profile.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/stacktrace.h>
#include <lintel/string.h>
#include <lintel/uart.h>
#include <asm/processor.h>
#include <asm/semihost.h>

#define EVENTS_SHOWN	16
#define OVERFLOWS_BY_DOOR	3	/* a panic, one in its report, one in that one's */

#define SYS_EXIT_EXTENDED	0x20
#define STOPPED_APPLICATION	0x20026

static u32 warnings, panics;
static DEFINE_PER_CPU(u32, warn_depth);
static u32 expected;			/* warnings that a test asked for */
static bool expecting;

u32 warn_count(void)
{
	return READ_ONCE(warnings);
}

void warn_expect_begin(void)
{
	expected = 0;
	WRITE_ONCE(expecting, true);
}

u32 warn_expect_end(void)
{
	WRITE_ONCE(expecting, false);
	return expected;
}

/* ---- leaving ---- */

static void __noreturn halt(void)
{
	for (;;)
		cpu_wfi();
}

/* Asks the host to end with a status. Comes back only if there is no host. */
static void semihost_exit(int status)
{
	const ulong block[2] = { STOPPED_APPLICATION, (ulong)status };

	if (semihosting(SYS_EXIT_EXTENDED, block) != -1)
		halt();
}

/* Comes back only where there is no PSCI. QEMU's status is then 0. */
static void power_off(void)
{
	if (psci_system_off() >= 0)
		halt();
}

/* QEMU takes its time to end, so whoever has asked it to waits. */
void machine_exit(int status)
{
	if (!status) {
		crossing_log_end();
		profile_end();
	}
	preempt_disable();
	uart_flush();		/* by whoever is at it, not cut off in the middle of a character */
	smp_stop_others();
	raw_local_irq_disable();
	nmi_log_flush();
	if (!status && warnings) {
		printk(LOG_EMERG, "%u warning(s) since boot: exit status 1\n", warnings);
		status = 1;
	}
	uart_flush();
	if (!status)
		power_off();
	semihost_exit(status);
	if (status)
		printk(LOG_EMERG, "no semihosting: cannot exit with status %d, powering off\n", status);
	uart_flush();
	power_off();
	printk(LOG_EMERG, "neither semihosting nor PSCI: halted\n");
	halt();
}

/* ---- the state of the entry keepers ---- */

static const char *const ct_names[] = { "kernel", "idle", "user", "guest" };

static void show_counts(void)
{
	u32 c = preempt_count();

	printk(LOG_EMERG, "  preempt_count %08x: preempt %u, softirq %u%s, hardirq %u, nmi %u\n", c,
	       c & PREEMPT_MASK, (c & SOFTIRQ_MASK) / SOFTIRQ_DISABLE_OFFSET,
	       c & SOFTIRQ_OFFSET ? " (serving)" : "", (c & HARDIRQ_MASK) / HARDIRQ_OFFSET,
	       (c & NMI_MASK) / NMI_OFFSET);
}

static void show_keepers(bool irqs_were_on)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);
	u32 s = READ_ONCE(ct->state);

	printk(LOG_EMERG, "  interrupts %s; lockdep: %s\n", irqs_were_on ? "on" : "off",
	       !IS_ENABLED(CONFIG_LOCKDEP) ? "not configured" :
	       lockdep_hardirq_context() ? "off, in hardirq context" :
	       lockdep_hardirqs_enabled() ? "on" : "off");
	printk(LOG_EMERG, "  context: %s, %s (counter 0x%x); nesting %ld, nmi_nesting 0x%lx\n",
	       ct_names[s & CT_STATE_MASK], s & CT_RCU_WATCHING ? "watched" : "not watched",
	       s / CT_RCU_WATCHING, ct->nesting, ct->nmi_nesting);
}

/* The last events of this CPU, oldest first: where the entry layer was. */
static void show_events(u32 mark)
{
	char line[EVENTS_SHOWN * 4 + 1];
	int n = 0;

	if (!IS_ENABLED(CONFIG_EVENT_RING))
		return;
	for (u32 seq = mark > EVENTS_SHOWN ? mark - EVENTS_SHOWN : 0; seq != mark; seq++) {
		struct evrec rec;

		if (!evlog_read(seq, &rec))
			n += snprintf(line + n, sizeof(line) - (size_t)n, " %s",
				      evlog_letter(rec.event));
	}
	line[n] = '\0';
	printk(LOG_EMERG, "  last events:%s\n", line);
}

static void show_entry_state(bool irqs_were_on)
{
	u32 mark = IS_ENABLED(CONFIG_EVENT_RING) ? evlog_mark() : 0;

	printk(LOG_EMERG, "cpu %u, task %d \"%.16s\"\n", smp_processor_id(), current->pid,
	       current->comm);
	show_counts();
	show_keepers(irqs_were_on);
	show_events(mark);
	crash_in_report();
}

/* ---- reports ---- */

/* Of several CPUs that panic one reports, and stops the others. */
static void wait_for_the_first(void)
{
	static u32 first;
	u32 nobody = 0, me = smp_processor_id() + 1;

	if (!__atomic_compare_exchange_n(&first, &nobody, me, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) && nobody != me)
		halt();
}

/*
 * Returns for the first panic only. The second one came out of the report of the first: it gets a line, a
 * trace, and the exit. A third one came out of that, and gets the exit; a fourth the bare exit.
 */
static void enter_panic(const char *what)
{
	u32 nth;

	wait_for_the_first();
	nth = __atomic_fetch_add(&panics, 1, __ATOMIC_RELAXED);

	if (!nth) {
		smp_stop_others();
		console_loglevel = 8;
		printk_at_once_begin();
		nmi_log_flush();
		console_give_up();
		return;
	}
	if (nth == 1) {
		printk(LOG_EMERG, "panic while reporting a panic: %s\n", what);
		arch_show_trace(NULL);
	}
	if (nth == 1 || nth == 2)
		machine_exit(1);
	semihost_exit(1);
	power_off();
	halt();
}

void panic(const char *fmt, ...)
{
	ulong flags;
	char msg[320];
	va_list ap;

	raw_local_irq_save(flags);
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	enter_panic(msg);
	printk(LOG_EMERG, "\nPanic: %s\n", msg);
	show_entry_state(!raw_irqs_disabled_flags(flags));
	arch_show_trace(NULL);
	machine_exit(1);
}

static void __noreturn die_with_trace(const char *what, struct pt_regs *regs, struct pt_regs *trace)
{
	char msg[200];

	bool watched = rcu_is_watching();

	raw_local_irq_disable();
	snprintf(msg, sizeof(msg), "%s, at %pS", what, (void *)instruction_pointer(regs));
	enter_panic(msg);
	printk(LOG_EMERG, "\nPanic: %s\n", msg);
	if (!watched)		/* row 46: a door that has not entered the kernel yet */
		printk(LOG_EMERG, "suspicious RCU usage: it dies where RCU does not watch\n");
	arch_show_state(regs);
	show_entry_state(!regs_irqs_disabled(regs));
	arch_show_trace(trace);
	machine_exit(1);
}

void die(const char *what, struct pt_regs *regs)
{
	die_with_trace(what, regs, regs);
}

void die_overflow(struct pt_regs *regs)
{
	char what[64];

	snprintf(what, sizeof(what), "kernel stack overflow, sp %lx", user_stack_pointer(regs));
	die(what, regs);
}

void noinstr overflow_begins(struct pt_regs *regs)
{
	static u32 overflows;

	if (__atomic_fetch_add(&overflows, 1, __ATOMIC_RELAXED) < OVERFLOWS_BY_DOOR)
		return;
	instrumentation_quiet_begin();
	die_overflow(regs);
}

void die_here(const char *what, struct pt_regs *regs)
{
	die_with_trace(what, regs, NULL);
}

/* ---- warnings and bugs ---- */

void __noinline __warn(const char *file, int line, const char *fmt, ...)
{
	char msg[256];
	const struct bug bug = { .file = file, .text = msg, .line = (ulong)line };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	arch_break_with(BREAK_WARN_TEXT, &bug);
}

extern const struct bug __start___bug_table[], __stop___bug_table[];

static const struct bug *find_bug(ulong pc)
{
	for (const struct bug *b = __start___bug_table; b < __stop___bug_table; b++)
		if (b->pc == pc)
			return b;
	return NULL;
}

void die_break(const char *what, struct pt_regs *regs)
{
	const struct bug *b = find_bug(instruction_pointer(regs));
	char msg[128];

	if (!b)
		die(what, regs);
	snprintf(msg, sizeof(msg), "BUG: %s:%lu: %s", b->file, b->line, b->text);
	die(msg, regs);
}

static void report_warning(struct pt_regs *regs, const struct bug *b)
{
	__atomic_fetch_add(READ_ONCE(expecting) ? &expected : &warnings, 1, __ATOMIC_RELAXED);
	/* A warning inside a warning's report is counted, and would have the same cause. */
	if (__atomic_fetch_add(this_cpu_ptr(&warn_depth), 1, __ATOMIC_RELAXED) == 0) {
		printk(LOG_EMERG, "Warning at %s:%lu: %s", b->file, b->line, b->text);
		show_entry_state(!regs_irqs_disabled(regs));
		arch_show_trace(regs);
	}
	__atomic_fetch_sub(this_cpu_ptr(&warn_depth), 1, __ATOMIC_RELAXED);
}

/* The brackets are for the checker alone: the keepers are not told, and what prints asks none. */
bool noinstr warn_trap(struct pt_regs *regs, u32 immediate)
{
	const struct bug *b = NULL;

	instrumentation_quiet_begin();
	if (immediate == BREAK_WARN_TEXT)
		b = arch_break_argument(regs);
	else if (immediate == BREAK_WARN)
		b = find_bug(instruction_pointer(regs));
	if (b)
		report_warning(regs, b);
	instrumentation_quiet_end();
	if (b)
		instruction_pointer_set(regs, instruction_pointer(regs) + BREAK_SIZE);
	return b;
}
