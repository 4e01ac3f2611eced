// SPDX-License-Identifier: MIT
#include <entry/user.h>
#include <lintel/sched.h>

/*
 * Each round opens interrupts, so any flag may be set again while one is being served: only a
 * reading with interrupts off ends the loop. The order within a round is Linux's: first give
 * up the CPU, so that what follows runs when it is this task's turn; signals may end the task.
 */
ulong exit_to_user_mode_loop(struct pt_regs *regs, ulong work)
{
	while (work & EXIT_TO_USER_MODE_WORK) {
		local_irq_enable();

		if (work & (_TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY))
			schedule();
		if (work & _TIF_SIGPENDING)
			arch_do_signal_or_restart(regs);
		if (work & _TIF_NOTIFY_RESUME)
			resume_user_mode_work(regs);

		local_irq_disable();
		work = READ_ONCE(current_thread_info()->flags);
	}
	return work;
}
