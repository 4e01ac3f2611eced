/* SPDX-License-Identifier: MIT */
/*
 * Wrong: the tracer is called without instrumentation_begin() and _end()
 * Loses: *
 * Points: 2
 * Says: Expected { (instrumentation: allowed from here), but the code did T- (tracer: an interrupts-off period begins).
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	arch_enter_from_user_mode(regs);
	lockdep_hardirqs_off(CALLER_ADDR);
	if (context_tracking_enabled())
		ct_user_exit();
	trace_hardirqs_off_finish();
}

static __always_inline void exit_to_user_mode(ulong flags)
{
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	if (context_tracking_flag(flags))
		ct_user_enter();
	arch_exit_to_user_mode();
	lockdep_hardirqs_on(CALLER_ADDR);
}
