// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/crash.h>
#include <lintel/errno.h>
#include <lintel/idle.h>
#include <lintel/irqflags.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
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

static void lock_up(void)
{
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

static void serror(void)
{
	arch_raise_serror();
}

/* ---- which ---- */

static const struct crash crashes[] = {
	{ "null", "the kernel reads from address 8", null_read },
	{ "undef", "the kernel executes an undefined instruction", undefined_instruction },
	{ "overflow", "the kernel stack overflows", overflow },
	{ "overflow-in-overflow", "the kernel stack overflows, and the overflow stack as well", overflow },
	{ "brk-in-idle", "a breakpoint in the idle task, RCU does not watch", wait_for_idle },
	{ "brk-in-noinstr", "a breakpoint in noinstr code, RCU does not watch", break_unwatched },
	{ "lockup", "interrupts stay off, which the watchdog notices", lock_up },
	{ "serror", "an SError of the kernel, raised by software: the emulator has none", serror },
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
	if (!strcmp(crash->name, "panic-in-panic"))
		panic("crash=panic-in-panic, the second one");
	if (!strcmp(crash->name, "overflow-in-overflow"))
		overflow();
}
