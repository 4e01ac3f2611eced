// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/watchdog.h>
#include <asm/timex.h>

#define LOOKS	4		/* in a period: a lockup is reported after 5 at most */

static u32 period;		/* seconds */
static u32 wanted, looks;
static u64 seen_jiffies;

static int set_watchdog(const char *value)
{
	ulong v;

	if (kstrtoul(value, &v) || v < 1 || v > 600)
		return -EINVAL;
	wanted = (u32)v;
	return 0;
}
BOOT_PARAM("watchdog", set_watchdog);

/* The idle task sleeps masked, and no tick comes: that is no lockup, unless one of its interrupts hangs. */
static bool is_idle(void)
{
	return is_idle_task(current) && (preempt_count() & HARDIRQ_MASK) == HARDIRQ_OFFSET;
}

/* A tick has come, or can come. */
static bool is_alive(struct pt_regs *regs)
{
	return jiffies != seen_jiffies || user_mode(regs) || !regs_irqs_disabled(regs) || is_idle();
}

static void look(struct nmi_event *e, struct pt_regs *regs)
{
	char what[80];

	nmi_event_arm(e, arch_counter() + (u64)period * counter_freq / LOOKS);
	if (is_alive(regs)) {
		seen_jiffies = jiffies;
		looks = 0;
		return;
	}
	if (++looks < LOOKS)
		return;
	snprintf(what, sizeof(what), "hard lockup: interrupts off for %u s", period);
	die(what, regs);
}

void watchdog_start(u32 seconds)
{
	static struct nmi_event event = { .fn = look };
	int err;

	period = wanted ? wanted : seconds;
	if (!period)
		return;
	looks = 0;
	err = nmi_event_arm(&event, arch_counter());
	if (err)
		pr_err("watchdog: there is no NMI timer: error %d\n", -err);
}
