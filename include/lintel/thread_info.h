/* SPDX-License-Identifier: MIT */
/*
 * thread_info: the head of task_struct, and all of it that the entry code touches.
 *
 * The task pointer is in a register of its own on both architectures (TPIDRPRW, TPIDR_EL1),
 * so `current` is one instruction, which no FIQ can split. preempt_count lives here for the
 * same reason: it needs no per-CPU address, and a FIQ between load and store puts back what
 * it found.
 */
#ifndef LINTEL_THREAD_INFO_H
#define LINTEL_THREAD_INFO_H

#ifndef __ASSEMBLER__
#include <lintel/types.h>

struct pt_regs;

struct thread_info {
	unsigned long	flags;		/* TIF_*: work before returning to user mode */
	unsigned long	syscall_work;	/* SYSCALL_WORK_*: work at system-call entry and exit */
	u32		preempt_count;	/* layout in preempt.h */
	u32		cpu;		/* the CPU this task is on */
	unsigned long	percpu_offset;	/* that CPU's area less the template's address */
	struct pt_regs	*irq_regs;	/* the frame that the running handler interrupted, or NULL */
};
#endif

/* Bits of thread_info.flags. */
#define TIF_SIGPENDING		0	/* the task must die or take a signal */
#define TIF_NEED_RESCHED	1	/* another task wants the CPU */
#define TIF_NOTIFY_RESUME	2	/* call resume_user_mode_work() */
#define TIF_NEED_RESCHED_LAZY	3	/* the same on the way to user mode; in the kernel nobody looks */
#define TIF_CONTEXT_TRACKING	8	/* its CPU's user mode is tracked: see context_tracking.h. Not work */
#define TIF_IDLE		9	/* an idle task: its interrupts have more to do. Not work */

#define _TIF_SIGPENDING		(1UL << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED	(1UL << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_RESUME	(1UL << TIF_NOTIFY_RESUME)
#define _TIF_NEED_RESCHED_LAZY	(1UL << TIF_NEED_RESCHED_LAZY)
#define _TIF_CONTEXT_TRACKING	(1UL << TIF_CONTEXT_TRACKING)
#define _TIF_IDLE		(1UL << TIF_IDLE)

/* What keeps the exit loop going (row 6). */
#define EXIT_TO_USER_MODE_WORK	(_TIF_SIGPENDING | _TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY | \
				 _TIF_NOTIFY_RESUME)

/* Bits of thread_info.syscall_work (rows 4 and 5; more of them come with their users). */
#define SYSCALL_WORK_TRACEPOINT		(1UL << 0)
#define SYSCALL_WORK_ENTER		SYSCALL_WORK_TRACEPOINT
#define SYSCALL_WORK_EXIT		SYSCALL_WORK_TRACEPOINT

#ifndef __ASSEMBLER__
#include <asm/thread_info.h>	/* THREAD_SIZE, current_thread_info() */

#define current		((struct task_struct *)current_thread_info())

static __always_inline bool test_thread_flag(int bit)
{
	return READ_ONCE(current_thread_info()->flags) & BIT(bit);
}

/* Atomic: an interrupt may set another flag of the same word in between. */
static __always_inline void set_ti_thread_flag(struct thread_info *ti, int bit)
{
	__atomic_fetch_or(&ti->flags, BIT(bit), __ATOMIC_RELAXED);
}
static __always_inline void clear_ti_thread_flag(struct thread_info *ti, int bit)
{
	__atomic_fetch_and(&ti->flags, ~BIT(bit), __ATOMIC_RELAXED);
}
/* Both kinds; whether there was one. By the task's own CPU. */
static __always_inline bool clear_need_resched(struct thread_info *ti)
{
	const ulong both = _TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY;

	if (!(READ_ONCE(ti->flags) & both))
		return false;
	__atomic_fetch_and(&ti->flags, ~both, __ATOMIC_RELAXED);
	return true;
}
#endif
#endif
