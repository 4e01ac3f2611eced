/* SPDX-License-Identifier: MIT */
/*
 * Wrong: enter: interrupts are opened, as if it were the system call's business
 * Loses: *:!exit
 * Points: 5
 * Says: Expected } (instrumentation: no longer allowed), but the code did Tp (tracer: the period ends).
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	arch_enter_from_user_mode(regs);
	lockdep_hardirqs_off(CALLER_ADDR);
	if (context_tracking_enabled())
		ct_user_exit();
	instrumentation_begin();
	trace_hardirqs_off_finish();
	local_irq_enable();
	instrumentation_end();
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
