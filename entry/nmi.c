// SPDX-License-Identifier: MIT
#include <entry/nmi.h>

irqentry_state_t noinstr irqentry_nmi_enter(struct pt_regs *regs)
{
	irqentry_state_t state = { .lockdep = lockdep_hardirqs_enabled() };

	(void)regs;
	__nmi_count_enter();
	lockdep_hardirqs_off(CALLER_ADDR);
	lockdep_hardirq_enter();
	ct_nmi_enter();

	instrumentation_begin();
	trace_hardirqs_off_finish();
	trace_nmi_enter();
	instrumentation_end();
	return state;
}

void noinstr irqentry_nmi_exit(struct pt_regs *regs, irqentry_state_t state)
{
	(void)regs;
	instrumentation_begin();
	trace_nmi_exit();
	if (state.lockdep) {
		trace_hardirqs_on_prepare();
		lockdep_hardirqs_on_prepare();
	}
	instrumentation_end();

	ct_nmi_exit();
	lockdep_hardirq_exit();
	if (state.lockdep)
		lockdep_hardirqs_on(CALLER_ADDR);
	__nmi_count_exit();
}
