// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/nmi_timer.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/watchdog.h>
#include <asm/timex.h>

#define LOOKS	4		/* in a period: a lockup is reported after 5 at most */

static u32 period;		/* seconds */
static u32 wanted;

struct watchdog { struct nmi_event event; u32 looks; u64 seen; };
static DEFINE_PER_CPU(struct watchdog, watchdog);

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

/* A tick has come here, or can come. (Jiffies may be counted by others.) */
static bool is_alive(const struct watchdog *w, struct pt_regs *regs)
{
	return tick_next() != w->seen || user_mode(regs) || !regs_irqs_disabled(regs) || is_idle();
}

static void look(struct nmi_event *e, struct pt_regs *regs)
{
	struct watchdog *w = container_of(e, struct watchdog, event);
	char what[80];

	nmi_event_arm(e, arch_counter() + (u64)period * counter_freq / LOOKS);
	if (is_alive(w, regs)) {
		w->seen = tick_next();
		w->looks = 0;
		return;
	}
	if (++w->looks < LOOKS)
		return;
	snprintf(what, sizeof(what), "hard lockup: interrupts off for %u s", period);
	die(what, regs);
}

static void begin_here(void)
{
	struct watchdog *w;
	int err;

	preempt_disable();
	w = this_cpu_ptr(&watchdog);
	w->event.fn = look;
	w->looks = 0;
	err = nmi_event_arm(&w->event, arch_counter());
	preempt_enable();
	if (err)
		pr_err("watchdog: there is no NMI timer: error %d\n", -err);
}

void watchdog_cpu_start(void)
{
	if (!wanted)
		return;
	period = wanted;
	begin_here();
}

void watchdog_start(u32 seconds)
{
	if (wanted)
		return;
	period = seconds;
	begin_here();
}
