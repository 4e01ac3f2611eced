// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/time.h>
#include <lintel/vtime.h>
#include <asm/barrier.h>

/* Every CPU starts in the kernel, in a task, watched. */
DEFINE_PER_CPU(struct context_tracking, context_tracking) = {
	.state = CT_STATE_KERNEL | CT_RCU_WATCHING,
	.nesting = 1,
	.nmi_nesting = CT_NESTING_IRQ_NONIDLE,
};

#define CT_DEBUG(cond)	\
	((void)(IS_ENABLED(CONFIG_DEBUG_ENTRY) && WARN_ON(cond)))

/*
 * The two places where the word changes. Somebody else changes memory, has a full barrier, and reads
 * the word to learn whether this CPU may still use what was there before (rows 36 and 37).
 *
 * R- is a release: what this CPU did while watched is over for all others before they see it leave.
 * Nothing has to wait behind it: what comes is noinstr code and user mode, neither reads under RCU,
 * and the next R+ has a barrier of its own.
 *
 * R+ is the other way round: nothing that comes may be done before all others see the word, else
 * both sides miss each other. A SEQ_CST operation does not say so on AArch64 (LDAXR and STLXR:
 * later loads may pass the store). Nothing before it has to wait: R- has waited. The barrier is
 * a DSB because the ISB behind it would not wait for a DMB; and the ISB is behind because new code
 * may come until the moment that R+ is seen (row 38; an exception's own synchronisation is earlier,
 * and WFI has none).
 *
 * tools/counter breaks each of these words in a model, tools/barriers reads the machine code.
 */
static __always_inline void ct_eqs_enter(struct context_tracking *ct, u32 delta)
{
	u32 old = __atomic_fetch_add(&ct->state, CT_RCU_WATCHING + delta, __ATOMIC_RELEASE);

	CT_DEBUG(!(old & CT_RCU_WATCHING));
	evlog_args(EV_RCU_EXIT, old, old + CT_RCU_WATCHING + delta);
}

static __always_inline void ct_eqs_exit(struct context_tracking *ct, u32 delta)
{
	u32 old = __atomic_fetch_add(&ct->state, CT_RCU_WATCHING - delta, __ATOMIC_RELAXED);

	smp_mb_sync_core();
	CT_DEBUG(old & CT_RCU_WATCHING);
	evlog_args(EV_RCU_ENTER, old, old + CT_RCU_WATCHING - delta);
}

/* A task leaves the kernel's world for `to` (user mode, idle); nothing interrupted is below it. */
static __always_inline void ct_kernel_exit(enum ct_state to)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	CT_DEBUG(!irqs_disabled() || lockdep_hardirqs_enabled());
	CT_DEBUG((ct->state & CT_STATE_MASK) != CT_STATE_KERNEL);
	WARN_ON(ct->nmi_nesting != CT_NESTING_IRQ_NONIDLE);
	CT_DEBUG(ct->nesting != 1);
	WRITE_ONCE(ct->nesting, 0);
	/* Heals what an unbalanced interrupt left; the warning above has named it. */
	WRITE_ONCE(ct->nmi_nesting, 0);
	ct_eqs_enter(ct, to);
}

static __always_inline void ct_kernel_enter(enum ct_state from)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	CT_DEBUG(!irqs_disabled() || lockdep_hardirqs_enabled());
	CT_DEBUG((ct->state & CT_STATE_MASK) != from);
	ct_eqs_exit(ct, from);
	CT_DEBUG(ct->nesting != 0);
	WRITE_ONCE(ct->nesting, 1);
	WARN_ON(ct->nmi_nesting != 0);
	WRITE_ONCE(ct->nmi_nesting, CT_NESTING_IRQ_NONIDLE);
}

void noinstr ct_user_enter(void)
{
	vtime_switch(VT_USER);
	ct_kernel_exit(CT_STATE_USER);
}

void noinstr ct_user_exit(void)
{
	ct_kernel_enter(CT_STATE_USER);
	vtime_switch(VT_SYSTEM);
}

void noinstr ct_idle_enter(void)
{
	vtime_switch(VT_IDLE);
	ct_kernel_exit(CT_STATE_IDLE);
}

void noinstr ct_idle_exit(void)
{
	ct_kernel_enter(CT_STATE_IDLE);
	vtime_switch(VT_SYSTEM);
}

/*
 * The state bits stay as they were: an NMI in user mode is a watched stay in USER. A second NMI
 * between the atomic and the count sees RCU watching and counts 2, and takes 2 back, before this
 * one counts 1: so 1 in the sum says that the outermost level made RCU watch.
 *
 * What it interrupts may be between its R+ and its barrier, or (ARMv7, where a release is a barrier in
 * front) between its barrier and its R-. So one that changes nothing has the barriers all the same.
 */
void noinstr ct_nmi_enter(void)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);
	long by = 2;

	CT_DEBUG(ct->nmi_nesting < 0);
	if (!rcu_is_watching()) {
		ct_eqs_exit(ct, 0);
		by = 1;
	} else {
		smp_mb_sync_core();
		evlog_args(EV_RCU_ENTER, ct->state, ct->state);
	}
	WRITE_ONCE(ct->nmi_nesting, ct->nmi_nesting + by);
}

void noinstr ct_nmi_exit(void)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	WARN_ON(ct->nmi_nesting <= 0);
	CT_DEBUG(!rcu_is_watching());
	if (ct->nmi_nesting != 1) {
		smp_mb();
		WRITE_ONCE(ct->nmi_nesting, ct->nmi_nesting - 2);
		evlog_args(EV_RCU_EXIT, ct->state, ct->state);
		return;
	}
	WRITE_ONCE(ct->nmi_nesting, 0);
	ct_eqs_enter(ct, 0);
}

void noinstr ct_irq_enter(void)
{
	CT_DEBUG(!irqs_disabled());
	ct_nmi_enter();
}

void noinstr ct_irq_exit(void)
{
	CT_DEBUG(!irqs_disabled());
	ct_nmi_exit();
}

void rcu_irq_enter_check_tick(void)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	evlog(EV_CHECK_TICK);
	if (in_nmi())
		return;
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY))
		WARN(!rcu_is_watching(), "check_tick: RCU is not watching\n");
	if (likely(!READ_ONCE(ct->urgent_qs)) || READ_ONCE(ct->forced_tick))
		return;
	WRITE_ONCE(ct->forced_tick, true);
	tick_nohz_force();
}
