// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/watchdog.h>
#include <asm/timex.h>

#define LOOKS	4		/* in a period: a lockup is reported after 5 at most */

static u32 period;		/* seconds; 0: not running */
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

static void look(u32 irq, void *arg)
{
	struct pt_regs *regs = get_irq_regs();
	char what[80];

	(void)irq;
	(void)arg;
	nmi_timer_program(arch_counter() + (u64)period * counter_freq / LOOKS);
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
	int err;

	seconds = seconds ? seconds : wanted;
	if (!seconds)
		return;
	err = request_nmi(timer_irq_virt, look, NULL, "watchdog");
	if (err) {
		pr_err("watchdog: the NMI timer cannot be had: error %d\n", -err);
		return;
	}
	period = seconds;
	looks = 0;
	nmi_timer_program(arch_counter());
}

bool watchdog_stop(void)
{
	if (!period)
		return false;
	nmi_timer_stop();
	free_nmi(timer_irq_virt);
	period = 0;
	pr_notice("watchdog: stopped, the NMI timer is needed\n");
	return true;
}
