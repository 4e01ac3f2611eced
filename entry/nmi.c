// SPDX-License-Identifier: MIT
#include <entry/nmi.h>

DEFINE_IRQENTRY_ENTER(irqentry_nmi_enter, IRQENTRY_NMI)
{
	(void)regs;
	state->lockdep = lockdep_hardirqs_enabled();
	__nmi_count_enter();
	lockdep_hardirqs_off(CALLER_ADDR);
	lockdep_hardirq_enter();
	ct_nmi_enter();

	instrumentation_begin();
	trace_hardirqs_off_finish();
	trace_nmi_enter();
	instrumentation_end();
}

void noinstr irqentry_nmi_exit(struct pt_regs *regs, irqentry_state_t state)
{
	struct irqentry_state *was = irqentry_state_leave(regs, state, IRQENTRY_NMI);

	(void)regs;
	instrumentation_begin();
	trace_nmi_exit();
	if (was->lockdep) {
		trace_hardirqs_on_prepare();
		lockdep_hardirqs_on_prepare();
	}
	instrumentation_end();

	ct_nmi_exit();
	lockdep_hardirq_exit();
	if (was->lockdep)
		lockdep_hardirqs_on(CALLER_ADDR);
	__nmi_count_exit();
}
