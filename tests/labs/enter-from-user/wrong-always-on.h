/* SPDX-License-Identifier: MIT */
/*
 * Wrong: user mode is taken for tracked, whatever the task's flag says
 * Loses: untracked
 * Points: 22
 * Says: Expected { (instrumentation: allowed from here), but the code did R+ (context tracking: RCU watches).
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	arch_enter_from_user_mode(regs);
	lockdep_hardirqs_off(CALLER_ADDR);
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
	ct_user_enter();
	arch_exit_to_user_mode();
	lockdep_hardirqs_on(CALLER_ADDR);
}
