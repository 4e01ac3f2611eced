// SPDX-License-Identifier: MIT
#include <lintel/context_tracking.h>
#include <lintel/crash.h>
#include <lintel/errno.h>
#include <lintel/firmware.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/ptrace.h>
#include <lintel/sched.h>
#include <lintel/tour.h>
#include <lintel/uaccess.h>
#include <uapi/lintel.h>

static struct hwbp user;			/* or of the kernel */
static bool user_set;
static u32 hits, steps, bad, left;

static void check(struct pt_regs *regs)
{
	if (!user_mode(regs) || in_interrupt() || !rcu_is_watching() || irqs_disabled())
		bad++;
}

static void one_step(struct pt_regs *regs)
{
	check(regs);
	steps++;
	if (--left)
		debug_step(regs, one_step);
}

static void one_hit(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	check(regs);
	if (addr != b->addr)
		bad++;
	if (!hits++ && left)
		debug_step(regs, one_step);
}

/* Noinstr code of the kernel, un-watched on user mode's way in and out: addr is then its number. */
static void (*const noinstr_functions[])(void) = { ct_user_exit, ct_user_enter };

static void noinstr_hit(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	if (user_mode(regs) || !in_nmi() || !rcu_is_watching() || addr != b->addr)
		bad++;
	hits++;
}

static long clear(void)
{
	if (!user_set)
		return -ENOENT;
	hwbp_clear(&user);
	user_set = false;
	return (long)((hits & 0xff) | (steps & 0xff) << 8 | bad << 16);
}

static long set(const struct lintel_debug __user *arg)
{
	struct lintel_debug d;
	int err;

	if (copy_from_user(&d, arg, sizeof(d)))
		return -EFAULT;
	if (user_set)
		return -EBUSY;
	user = (struct hwbp){ .addr = (ulong)d.addr, .type = d.type, .len = d.len, .mm = current->mm,
			      .fn = d.handler ? one_hit : NULL };
	if (d.addr < ARRAY_SIZE(noinstr_functions))
		user = (struct hwbp){ .addr = (ulong)noinstr_functions[d.addr], .fn = noinstr_hit };
	hits = steps = bad = 0;
	left = d.handler - 1;
	err = hwbp_set(&user);
	user_set = !err;
	return err;
}

static long events;
static void event(struct pt_regs *regs, ulong nr)
{
	events += user_mode(regs) && in_nmi() && rcu_is_watching() && irqs_disabled() && nr == LINTEL_FIRMWARE;
}

static long firmware_event(void)
{
	firmware_event_register(event);
	return firmware_event_raise_user(LINTEL_FIRMWARE) ? events : -EBUSY;
}

long lintel_debug(ulong op, ulong arg)
{
	if (op == LINTEL_FIRMWARE)
		return firmware_event();
	if (op == LINTEL_DEBUG)
		return arg ? set((void __user *)arg) : clear();
	if (arg)
		serror_expect();
	arch_raise_user_serror();
	return 0;
}
