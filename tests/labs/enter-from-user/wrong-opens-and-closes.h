/* SPDX-License-Identifier: MIT */
/*
 * Wrong: enter: interrupts are opened for a moment, behind the keepers' backs
 * Loses: *:enter,irq,nmi,again
 * Points: 20
 * Says: interrupts were opened: both functions are called, and return, with interrupts off
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	arch_enter_from_user_mode(regs);
	lockdep_hardirqs_off(CALLER_ADDR);
	if (context_tracking_enabled())
		ct_user_exit();
	instrumentation_begin();
	trace_hardirqs_off_finish();
	instrumentation_end();
	raw_local_irq_enable();
	raw_local_irq_disable();
}

static __always_inline void exit_to_user_mode(ulong flags)
{
	instrumentation_begin();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();
	if (context_tracking_flag(flags))
		ct_user_enter();
	arch_exit_to_user_mode();
	lockdep_hardirqs_on(CALLER_ADDR);
}
