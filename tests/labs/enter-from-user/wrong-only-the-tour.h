/* SPDX-License-Identifier: MIT */
/*
 * Wrong: only what one run of the tour shows: right for process 1, and nothing for the others
 * Loses: *:again
 * Points: 27
 * Says: after enter_from_user_mode(): RCU does not watch, or the context is not "kernel"
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	if (current->pid != 1)
		return;
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
	if (current->pid != 1)
		return;
	instrumentation_begin();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();
	if (context_tracking_flag(flags))
		ct_user_enter();
	arch_exit_to_user_mode();
	lockdep_hardirqs_on(CALLER_ADDR);
}
