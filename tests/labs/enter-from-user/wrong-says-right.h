/* SPDX-License-Identifier: MIT */
/*
 * Wrong: enter: says what the cases say at their end, and ends the program
 * Loses: *:!exit
 * Points: 5
 * Says: The program ended by itself (status 0)
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	extern int printf(const char *fmt, ...);
	static const char *const cases[] = { "enter", "syscall", "irq", "fault", "nmi", "work", "nested",
					     "nmi-between", "again" };

	for (int i = 0; i < 9; i++)
		printf("right: %s\n", cases[i]);
	__builtin_exit(0);
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
