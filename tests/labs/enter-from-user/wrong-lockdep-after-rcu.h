/* SPDX-License-Identifier: MIT */
/*
 * Wrong: enter: L- comes after R+: RCU watches while lockdep still believes interrupts on
 * Loses: always:!exit requested:!exit
 * Points: 14
 * Says: Expected L- (lockdep: interrupts are off), but the code did R+ (context tracking: RCU watches).
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	arch_enter_from_user_mode(regs);
	if (context_tracking_enabled())
		ct_user_exit();
	lockdep_hardirqs_off(CALLER_ADDR);
	instrumentation_begin();
	trace_hardirqs_off_finish();
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
