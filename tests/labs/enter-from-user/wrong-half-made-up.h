/* SPDX-License-Identifier: MIT */
/*
 * Wrong: exit: L+ is written by hand, and what lockdep would have noted as well
 * Loses: *:irq,nmi,again
 * Points: 21
 * Says: L+ is in the record, but lockdep_hardirqs_on() was not called for it: only the keeper of a state may emit its event
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
	if (context_tracking_flag(flags))
		ct_user_enter();
	arch_exit_to_user_mode();
	lockdep_cpu.prepared = 0;
	lockdep_cpu.hardirqs_enabled = 1;
	evlog(EV_LOCKDEP_ON);
}
