/* SPDX-License-Identifier: MIT */
/*
 * Wrong: exit: RCU stops watching before the tracer and lockdep's preparation ran
 * Loses: always:!enter requested:!enter
 * Points: 14
 * Says: Expected { (instrumentation: allowed from here), but the code did R- (context tracking: RCU no longer watches).
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
}

static __always_inline void exit_to_user_mode(ulong flags)
{
	if (context_tracking_flag(flags))
		ct_user_enter();
	instrumentation_begin();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();
	arch_exit_to_user_mode();
	lockdep_hardirqs_on(CALLER_ADDR);
}
