/* SPDX-License-Identifier: MIT */
/*
 * Wrong: enter: clears a table first, for which the compiler calls memset() before RCU watches. The order
 * is right, so that only `make noinstr` can see it.
 * Loses:
 * Points: 60 of 65
 * Says: compilers make such calls by themselves
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	char table[500] = { (char)regs->pc };

	__asm__ volatile("" : : "r" (table) : "memory");
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
	lockdep_hardirqs_on(CALLER_ADDR);
}
