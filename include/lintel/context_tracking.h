/* SPDX-License-Identifier: MIT */
/*
 * Context tracking: does RCU watch this CPU, and in which context is it?
 *
 * One atomic word holds both:   [ counter, in steps of CT_RCU_WATCHING | state, 2 bits ]
 * The counter is odd (bit 2 set) while RCU watches. Two counts beside it say how the CPU got
 * here: `nesting` for tasks (0: not watching by itself), `nmi_nesting` for interrupts:
 * CT_NESTING_IRQ_NONIDLE while a task runs, plus 2 for each interrupt level, or plus 1 for the
 * outermost one that found RCU not watching (features.md, section 2 and rows 29 and 48).
 *
 * All of it is noinstr: interrupts off in and out, no call that could be instrumented. Nothing done
 * while RCU watched is left over behind R-, and nothing is done or fetched early before R+ (rows 37
 * and 38; docs/counter.md).
 */
#ifndef LINTEL_CONTEXT_TRACKING_H
#define LINTEL_CONTEXT_TRACKING_H

#include <lintel/percpu.h>
#include <lintel/smp.h>

enum ct_state { CT_STATE_KERNEL, CT_STATE_IDLE, CT_STATE_USER, CT_STATE_GUEST };

#define CT_STATE_MASK		3U
#define CT_RCU_WATCHING		4U
#define CT_NESTING_IRQ_NONIDLE	(INTPTR_MAX / 2 + 1)

struct context_tracking {
	u32	state;		/* counter and enum ct_state; atomic */
	bool	urgent_qs;	/* a grace period waits for this CPU */
	bool	forced_tick;	/* ... and its tick was turned on for it */
	long	nesting;
	long	nmi_nesting;
};
DECLARE_PER_CPU(struct context_tracking, context_tracking);

/*
 * The boot argument nohz_full= (or CONFIG_CONTEXT_TRACKING_USER_FORCE) turns the tracking of
 * user mode on; off, it costs the test of a flag that the entry has in hand anyway. CPUs are tracked, tasks
 * are not: the scheduler makes the flag right while it has a task in hand that comes to a CPU.
 */
static inline void context_tracking_task(struct thread_info *ti, u32 cpu)
{
	if (likely(!nohz_full_cpus))
		return;
	if (nohz_full_cpus & CPU_MASK(cpu))
		set_ti_thread_flag(ti, TIF_CONTEXT_TRACKING);
	else
		clear_ti_thread_flag(ti, TIF_CONTEXT_TRACKING);
}

static __always_inline bool context_tracking_flag(ulong thread_flags)
{
	return IS_ENABLED(CONFIG_CONTEXT_TRACKING_USER_FORCE) ||
	       unlikely(thread_flags & _TIF_CONTEXT_TRACKING);
}
static __always_inline bool context_tracking_enabled(void)
{
	return context_tracking_flag(READ_ONCE(current_thread_info()->flags));
}

static __always_inline enum ct_state ct_state(void)
{
	return this_cpu_read(context_tracking.state) & CT_STATE_MASK;
}
static __always_inline bool rcu_is_watching(void)
{
	return this_cpu_read(context_tracking.state) & CT_RCU_WATCHING;
}

/* Kernel to user: 1. accounts system time. 2. warns unless nmi_nesting says "task". 3. state
 * USER, un-watched. Emits R-. Counterpart: ct_user_exit(). */
void ct_user_enter(void);
/* User to kernel: 1. state KERNEL, watched. 2. accounts user time. Emits R+. */
void ct_user_exit(void);

/* The idle task around its sleep. Emit R-, R+. */
void ct_idle_enter(void);
void ct_idle_exit(void);

/*
 * An NMI or anything like it, from wherever (nests). Enter: 1. if RCU does not watch, makes it
 * watch and counts 1, else counts 2. Emits R+. Exit: the mirror image; emits R-. ct_irq_*:
 * the same for an interrupt of the idle task, with interrupts off checked.
 */
void ct_nmi_enter(void);
void ct_nmi_exit(void);
void ct_irq_enter(void);
void ct_irq_exit(void);

/* An interrupt of a watched kernel context: if a grace period waits for this CPU and its tick
 * is off, turns the tick on (row 30). Ignores NMIs; warns if RCU does not watch. Emits C. */
void rcu_irq_enter_check_tick(void);

#endif
