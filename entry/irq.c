// SPDX-License-Identifier: MIT
#include <entry/irq.h>
#include <lintel/sched.h>

irqentry_state_t noinstr irqentry_enter(struct pt_regs *regs)
{
	irqentry_state_t state = { .exit_rcu = false };

	if (user_mode(regs)) {
		irqentry_enter_from_user_mode(regs);
		return state;
	}

	lockdep_hardirqs_off(CALLER_ADDR);
	if (is_idle_task(current)) {
		ct_irq_enter();
		state.exit_rcu = true;
		instrumentation_begin();
	} else {
		instrumentation_begin();
		rcu_irq_enter_check_tick();
	}
	trace_hardirqs_off_finish();
	instrumentation_end();
	return state;
}

void irqentry_exit_to_kernel_mode_preempt(struct pt_regs *regs, irqentry_state_t state)
{
	if (regs_irqs_disabled(regs) || state.exit_rcu)
		return;
	if (IS_ENABLED(CONFIG_PREEMPTION) && !preempt_count() &&
	    test_thread_flag(TIF_NEED_RESCHED))
		preempt_schedule_irq();
}

void noinstr irqentry_exit_to_kernel_mode_after_preempt(struct pt_regs *regs, irqentry_state_t state)
{
	if (regs_irqs_disabled(regs)) {
		if (state.exit_rcu)
			ct_irq_exit();
		return;
	}

	instrumentation_begin();
	if (!state.exit_rcu) {
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
