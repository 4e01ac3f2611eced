// SPDX-License-Identifier: MIT
#include <entry/nmi.h>
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/crash.h>
#include <lintel/errno.h>
#include <lintel/firmware.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/watchdog.h>
#include <asm/crash.h>
#include <asm/processor.h>
#include <asm/timex.h>

static const struct crash { const char *name, *what; void (*fn)(void); } *crash;
static bool struck_again;

/* ---- what is done ---- */

/* What the compiler must not know: it warns of each of these. */
static volatile ulong null = 8, limit = ~0UL;

static void __noinline null_read(void)
{
	READ_ONCE(*(ulong *)null);
}

static void __noinline undefined_instruction(void)
{
	__asm__ volatile(ARCH_UNDEFINED_INSTRUCTION);
}

/* Each level needs what the one below gives, so that it stays a call. */
static ulong __noinline recurse(ulong n)
{
	volatile char room[256];

	room[n % sizeof(room)] = (char)n;
	return (n < limit ? recurse(n + 1) : 0) + room[0];
}

static void overflow(void)
{
	recurse(0);
}

/* As on the way to user mode: RCU no longer watches, and the breakpoint is in noinstr text. */
static noinstr void break_unwatched(void)
{
	raw_local_irq_disable();
	lockdep_hardirqs_off(CALLER_ADDR);
	ct_user_enter();
	__asm__ volatile(ARCH_BREAKPOINT);
}

static noinstr void break_in_idle(void)
{
	raw_local_irq_disable();
	lockdep_hardirqs_off(CALLER_ADDR);
	ct_idle_enter();
	__asm__ volatile(ARCH_BREAKPOINT);
}

/* Idle runs while everybody else sleeps. */
static void wait_for_idle(void)
{
	idle_set_visitor(break_in_idle);
	nanosleep_until(arch_counter() + counter_freq);
}

/* In the way that its own exception takes: there is no end to it. */
static void break_in_break(void)
{
	ulong at = (ulong)irqentry_nmi_enter;

	*text_window(at) = ARCH_BREAK_WORD(BREAK_SWEEP);
	arch_sync_icache((void *)at, sizeof(u32));
	__asm__ volatile(ARCH_BREAKPOINT);
}

static int go_on(void *arg)
{
	while (!arg)
		cpu_relax();
	return 0;
}

/* On the last CPU; if there are others, one has ticks all the while. */
static void lock_up(void)
{
	struct task_struct *other = nr_cpus > 1 ? kthread_create(go_on, NULL, "goes-on") : NULL;

	if (other)
		sched_setaffinity(other, CPU_MASK(0));
	sched_setaffinity(current, CPU_MASK(nr_cpus - 1));
	watchdog_start(1);
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static void say_and_panic(struct nmi_event *e, struct pt_regs *regs)
{
	(void)e;
	(void)regs;
	printk(LOG_EMERG, "said by the NMI, before\n");
	panic("crash=panic-in-nmi");
}

static void wait_for_nmi(void)
{
	static struct nmi_event event = { .fn = say_and_panic };
	u64 end = arch_counter() + counter_freq;

	nmi_event_arm(&event, arch_counter());
	while (arch_counter() < end)
		cpu_relax();
}

static void panic_twice(void)
{
	panic("crash=panic-in-panic, the first one");
}

/* ---- SErrors ---- */

static struct task_struct *expects;

void serror_expect(void)
{
	WRITE_ONCE(expects, current);
}

bool serror_expected(void)
{
	if (READ_ONCE(expects) != current)
		return false;
	WRITE_ONCE(expects, NULL);
	return true;
}

static void serror(void)
{
	arch_raise_serror();
	barrier();		/* no tail call: the trace shall have this */
}

static void panic_in_event(struct pt_regs *regs, ulong event)
{
	(void)regs;
	panic("crash=firmware-event, in event %lu", event);
}

static void event_panics(void)
{
	firmware_event_register(panic_in_event);
	firmware_event_raise(1);
	barrier();
}

/* The stack ends without a store below it: whichever exception comes next must find out. */
static void __noinline at_stack_end(enum stack_end_event event)
{
	arch_at_stack_end((ulong)current->stack + 64, event);
}
static void end_irq(void) { at_stack_end(STACK_END_IRQ); }
static void end_undef(void) { at_stack_end(STACK_END_UNDEF); }
static void end_break(void) { at_stack_end(STACK_END_BREAK); }

/* A door that forgets to enter the kernel. */
static noinstr void die_unwatched(void)
{
	struct pt_regs *regs = current_pt_regs();

	raw_local_irq_disable();
	lockdep_hardirqs_off(CALLER_ADDR);
	ct_user_enter();
	instrumentation_quiet_begin();
	die_here("crash=die-unwatched", regs);
	instrumentation_quiet_end();
}

/* NMIs come and come, also into the report. */
static u32 nmis;
static void nmi_again(struct nmi_event *e, struct pt_regs *regs)
{
	(void)regs;
	nmis++;
	nmi_event_arm(e, arch_counter() + counter_freq / 50000);
}
static struct nmi_event again = { .fn = nmi_again };

static void nmis_begin(void)
{
	u64 end = arch_counter() + counter_freq / 10;

	nmi_event_arm(&again, arch_counter());
	while (READ_ONCE(nmis) < 3 && arch_counter() < end)
		cpu_relax();
}

static void nmis_in_report(void)
{
	u64 end = arch_counter() + counter_freq / 10;
	u32 before = READ_ONCE(nmis);

	while (READ_ONCE(nmis) < before + 3 && arch_counter() < end)
		cpu_relax();
	printk(LOG_EMERG, "NMIs in this report: %s\n", READ_ONCE(nmis) != before ? "they come" : "masked here");
}

static void fiq_overflow(void)
{
	nmis_begin();
	overflow();
}

static void fiq_panic(void)
{
	nmis_begin();
	panic("crash=fiq-in-panic, the first one");
}

/* ---- which ---- */

static const struct crash crashes[] = {
	{ "null", "the kernel reads from address 8", null_read },
	{ "undef", "the kernel executes an undefined instruction", undefined_instruction },
	{ "overflow", "the kernel stack overflows", overflow },
	{ "overflow-in-overflow", "the kernel stack overflows, and the overflow stack as well", overflow },
	{ "overflow-irq", "the kernel stack is at its end, and an interrupt comes", end_irq },
	{ "overflow-undef", "the kernel stack is at its end, and an undefined instruction", end_undef },
	{ "overflow-brk", "the kernel stack is at its end, and a breakpoint instruction", end_break },
	{ "fiq-in-overflow", "the kernel stack overflows, and NMIs come and come", fiq_overflow },
	{ "fiq-in-panic", "a panic and another one in its report, and NMIs come and come", fiq_panic },
	{ "die-unwatched", "an exception's report, and nobody made RCU watch", die_unwatched },
	{ "brk-in-idle", "a breakpoint in the idle task, RCU does not watch", wait_for_idle },
	{ "brk-in-noinstr", "a breakpoint in noinstr code, RCU does not watch", break_unwatched },
	{ "brk-in-brk", "a breakpoint in the way into the kernel that breakpoints take", break_in_break },
	{ "lockup", "interrupts stay off, which the watchdog notices", lock_up },
	{ "serror", "an SError of the kernel, raised by software: the emulator has none", serror },
	{ "firmware-event", "an event of the firmware, raised by software, whose handler panics", event_panics },
	{ "panic-in-nmi", "an NMI prints a line, and panics", wait_for_nmi },
	{ "panic-in-panic", "a panic, and another one in its report", panic_twice },
};

static int set_crash(const char *value)
{
	for (u32 i = 0; i < ARRAY_SIZE(crashes); i++)
		if (!strcmp(value, crashes[i].name)) {
			crash = &crashes[i];
			return 0;
		}
	return -EINVAL;
}
BOOT_PARAM("crash", set_crash);

void crash_now(void)
{
	if (!crash)
		return;
	printk(LOG_EMERG, "crash=%s: %s\n", crash->name, crash->what);
	crash->fn();
	panic("crash=%s: nothing happened", crash->name);
}

void crash_in_report(void)
{
	if (!crash || struck_again)
		return;
	struck_again = true;
	if (!strncmp(crash->name, "fiq-", 4))
		nmis_in_report();
	if (!strcmp(crash->name, "fiq-in-panic"))
		panic("crash=fiq-in-panic, the second one");
	if (!strcmp(crash->name, "panic-in-panic"))
		panic("crash=panic-in-panic, the second one");
	if (!strcmp(crash->name, "overflow-in-overflow"))
		overflow();
}
