/* SPDX-License-Identifier: MIT */
/*
 * System calls: user mode's crossing plus the work around the call. Inline; what is not on
 * the path of a null call is in syscall.c.
 */
#ifndef ENTRY_SYSCALL_H
#define ENTRY_SYSCALL_H

#include <entry/user.h>
#include <asm/syscall.h>

/* Entry work of row 4, in Linux's order. Returns the number to run, or -1 to run nothing and
 * leave the result as it is. Interrupts on, instrumentation allowed. */
long syscall_trace_enter(struct pt_regs *regs, long nr, ulong work);
/* Exit work of row 5: once for each call, whatever the loop does. Interrupts on. */
void syscall_exit_work(struct pt_regs *regs, ulong work);
/* Interrupts on again, with a warning that names the call (row 5). */
void syscall_left_irqs_off(struct pt_regs *regs);

/* The number, from the frame; and entry work, if any, which may change it. Interrupts on. */
static __always_inline long syscall_enter_from_user_mode_work(struct pt_regs *regs)
{
	ulong work = READ_ONCE(current_thread_info()->syscall_work);
	long nr = syscall_get_nr(regs);

	if (unlikely(work & SYSCALL_WORK_ENTER))
		nr = syscall_trace_enter(regs, nr, work);
	return nr;
}

/*
 * syscall_enter_from_user_mode() - begin a system call
 *
 * 1. enter_from_user_mode()
 * 2. interrupts on: from here the call is preemptible		{ Tp Lp L+ }
 * 3. the number, and entry work
 *
 * Returns the number, -1 to run nothing. Interrupts off in, on out. Counterpart: syscall_exit_to_user_mode().
 */
static __always_inline long syscall_enter_from_user_mode(struct pt_regs *regs)
{
	long nr;

	enter_from_user_mode(regs);
	instrumentation_begin();
	local_irq_enable();
	nr = syscall_enter_from_user_mode_work(regs);
	instrumentation_end();
	return nr;
}

/* Exit work, once; interrupts on, and if the call has left them off, on again with a warning. */
static __always_inline void syscall_exit_to_user_mode_work(struct pt_regs *regs)
{
	ulong work = READ_ONCE(current_thread_info()->syscall_work);

	if (IS_ENABLED(CONFIG_DEBUG_ENTRY) && irqs_disabled())
		syscall_left_irqs_off(regs);
	if (unlikely(work & SYSCALL_WORK_EXIT))
		syscall_exit_work(regs, work);
}

/*
 * syscall_exit_to_user_mode() - end a system call; also a new task's first return
 *
 * 1. exit work, once, interrupts on				{
 * 2. interrupts off						L- T-
 * 3. exit_to_user_mode_prepare()					}
 * 4. exit_to_user_mode()
 *
 * Interrupts on in, off out. Counterpart: syscall_enter_from_user_mode().
 */
static __always_inline void syscall_exit_to_user_mode(struct pt_regs *regs)
{
	ulong flags;

	instrumentation_begin();
	syscall_exit_to_user_mode_work(regs);
	local_irq_disable();
	flags = exit_to_user_mode_prepare(regs);
	instrumentation_end();
	exit_to_user_mode(flags);
}

#endif
