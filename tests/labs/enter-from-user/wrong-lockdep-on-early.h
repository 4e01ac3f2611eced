/* SPDX-License-Identifier: MIT */
/*
 * Wrong: exit: lockdep is told that interrupts are on while RCU still watches
 * Loses: *:!enter
 * Points: 5
 * Says: Expected R- (context tracking: RCU no longer watches), but the code did L+ (lockdep: interrupts are on).
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
	instrumentation_begin();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();
	lockdep_hardirqs_on(CALLER_ADDR);
	if (context_tracking_flag(flags))
		ct_user_enter();
	arch_exit_to_user_mode();
}
