/* SPDX-License-Identifier: MIT */
/*
 * Wrong: the events of the tour are written by hand, the keepers never called
 * Loses: *
 * Points: 2
 * Says: it has not happened yet at L-
 */

static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	evlog(EV_ARCH_CHECK);
	evlog(EV_LOCKDEP_OFF);
	evlog(EV_RCU_ENTER);
	evlog(EV_INSTR_BEGIN);
	evlog(EV_TRACE_OFF);
	evlog(EV_INSTR_END);
}

static __always_inline void exit_to_user_mode(ulong flags)
{
	evlog(EV_INSTR_BEGIN);
	evlog(EV_TRACE_PREP);
	evlog(EV_LOCKDEP_PREP);
	evlog(EV_INSTR_END);
	evlog(EV_RCU_EXIT);
	evlog(EV_LOCKDEP_ON);
}
