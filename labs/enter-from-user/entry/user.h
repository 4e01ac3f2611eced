/* SPDX-License-Identifier: MIT */
/*
 * Crossing the line between user and kernel mode: the two smallest steps, and what must be
 * done before the second. Inline, because every system call takes them.
 *
 * The frame is saved, all general registers are in it, and interrupts are off when a door
 * calls in here; F, A and D are open already (the masking policy, docs/masking.md).
 */
#ifndef ENTRY_USER_H
#define ENTRY_USER_H

#include <lintel/context_tracking.h>
#include <lintel/instrumentation.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/ptrace.h>
#include <asm/entry-common.h>

/*
 * What an architecture adds; its asm/entry-common.h defines a macro of the same name beside each
 * that it has.
 *	arch_enter_from_user_mode	checks that the frame is a user frame, emits A; un-watched
 *	arch_exit_to_user_mode_prepare	interrupts off, instrumentation allowed
 *	arch_exit_to_user_mode		un-watched, nothing may be instrumented
 *	arch_irqentry_exit_mask		masks what else is open before a kernel exit's bookkeeping
 *					(debug and SError on AArch64; F stays open until the reload)
 */
#ifndef arch_enter_from_user_mode
static __always_inline void arch_enter_from_user_mode(struct pt_regs *regs) { (void)regs; }
#endif
#ifndef arch_exit_to_user_mode_prepare
static __always_inline void arch_exit_to_user_mode_prepare(struct pt_regs *regs, ulong work)
{
	(void)regs;
	(void)work;
}
#endif
#ifndef arch_exit_to_user_mode
static __always_inline void arch_exit_to_user_mode(void) { }
#endif
#ifndef arch_irqentry_exit_mask
static __always_inline void arch_irqentry_exit_mask(void) { }
#endif

/*
 * enter_from_user_mode() - establish the kernel's state after user mode (row 2)
 *
 * 1. the architecture checks that the frame came from user mode	A
 * 2. lockdep: interrupts are off					L-
 * 3. context tracking: USER -> KERNEL, RCU watches			R+
 * 4. the tracer starts a hardirqs-off period			{ T- }
 *
 * Interrupts off in and out. Before step 3 nothing may be instrumented.
 * Counterpart: exit_to_user_mode().
 */
static __always_inline void enter_from_user_mode(struct pt_regs *regs)
{
	/* Your steps. */
}

/*
 * exit_to_user_mode() - the last thing before the frame is reloaded (row 3)
 *
 * 1. the tracer ends the hardirqs-off period; lockdep prepares	{ Tp Lp }
 * 2. context tracking: KERNEL -> USER, RCU no longer watches		R-
 * 3. the architecture's last word
 * 4. lockdep: interrupts are on (the return opens them)		L+
 *
 * Interrupts off in and out, exit_to_user_mode_prepare() done since they went off. After the
 * closing bracket nothing may be instrumented. `flags` is what that returned: it also says whether
 * user mode is tracked. Counterpart: enter_from_user_mode().
 */
static __always_inline void exit_to_user_mode(ulong flags)
{
	/* Your steps. */
}

/* The loop of row 6, out of line: returns with interrupts off and no work left. */
ulong exit_to_user_mode_loop(struct pt_regs *regs, ulong work);

/*
 * exit_to_user_mode_prepare() - do all pending work (row 6)
 *
 * 1. while a work flag is set: interrupts on, do it, interrupts off, read the flags again
 *    (NEED_RESCHED_LAZY is one: here is where it is served)
 * 2. the architecture's per-return state
 * 3. no lock is held
 *
 * Interrupts off in and out; instrumentation allowed. The flags were last read with interrupts
 * off, and NMIs set none: none is set at the return. Returns them as last read.
 */
static __always_inline ulong exit_to_user_mode_prepare(struct pt_regs *regs)
{
	ulong flags = READ_ONCE(current_thread_info()->flags);

	lockdep_assert_irqs_disabled();
	/* Any flag at all goes the long way round; with none, as usual, nothing has to look again. */
	if (unlikely(flags))
		flags = exit_to_user_mode_loop(regs, flags);
	arch_exit_to_user_mode_prepare(regs, flags);
	lockdep_sys_exit();
	return flags;
}

/*
 * The user halves of every door but the system call's: interrupts stay off in between unless
 * the door opens them. Exits run no system-call work (row 28).
 */
static __always_inline void irqentry_enter_from_user_mode(struct pt_regs *regs)
{
	enter_from_user_mode(regs);
}

static __always_inline void irqentry_exit_to_user_mode(struct pt_regs *regs)
{
	ulong flags;

	instrumentation_begin();
	flags = exit_to_user_mode_prepare(regs);
	instrumentation_end();
	exit_to_user_mode(flags);
}

#endif
