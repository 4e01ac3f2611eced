// SPDX-License-Identifier: MIT
#include <entry/irq.h>
#include <lintel/bug.h>
#include <lintel/sched.h>

DEFINE_IRQENTRY_ENTER(irqentry_enter, IRQENTRY_IRQ)
{
	if (user_mode(regs)) {
		irqentry_enter_from_user_mode(regs);
		return;
	}

	lockdep_hardirqs_off(CALLER_ADDR);
	if (is_idle_task(current)) {
		ct_irq_enter();
		state->exit_rcu = true;
		instrumentation_begin();
	} else {
		instrumentation_begin();
		rcu_irq_enter_check_tick();
	}
	trace_hardirqs_off_finish();
	instrumentation_end();
}

static __always_inline bool exit_rcu(struct pt_regs *regs, irqentry_state_t state)
{
	return irqentry_state(regs, state, IRQENTRY_IRQ)->exit_rcu;
}

void irqentry_exit_to_kernel_mode_preempt(struct pt_regs *regs, irqentry_state_t state)
{
	if (regs_irqs_disabled(regs) || exit_rcu(regs, state))
		return;
	if (IS_ENABLED(CONFIG_PREEMPT) && !preempt_count() &&
	    test_thread_flag(TIF_NEED_RESCHED))
		preempt_schedule_irq();
}

void noinstr irqentry_exit_to_kernel_mode_after_preempt(struct pt_regs *regs, irqentry_state_t state)
{
	if (regs_irqs_disabled(regs)) {
		if (exit_rcu(regs, state))
			ct_irq_exit();
		return;
	}

	instrumentation_begin();
	if (!exit_rcu(regs, state)) {
		trace_hardirqs_on();
		instrumentation_end();
		return;
	}
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();
	ct_irq_exit();
	lockdep_hardirqs_on(CALLER_ADDR);
}

void noinstr irqentry_exit(struct pt_regs *regs, irqentry_state_t state)
{
	irqentry_state_leave(regs, state, IRQENTRY_IRQ);
	if (user_mode(regs)) {
		irqentry_exit_to_user_mode(regs);
		return;
	}

	instrumentation_begin();
	irqentry_exit_to_kernel_mode_preempt(regs, state);
	instrumentation_end();
	arch_irqentry_exit_mask();
	irqentry_exit_to_kernel_mode_after_preempt(regs, state);
}

#ifdef CONFIG_DEBUG_ENTRY
void irqentry_mispaired(enum irqentry_kind kind)
{
	panic("%s() ends what %s() began, or what has ended", kind == IRQENTRY_IRQ ? "irqentry_exit" :
	      "irqentry_nmi_exit", kind == IRQENTRY_IRQ ? "irqentry_nmi_enter" : "irqentry_enter");
}
#endif
