// SPDX-License-Identifier: MIT
#include <entry/syscall.h>
#include <lintel/bug.h>
#include <lintel/trace.h>

long syscall_trace_enter(struct pt_regs *regs, long nr, ulong work)
{
	if (work & SYSCALL_WORK_TRACEPOINT) {
		trace_sys_enter(regs, nr);
		/* The tracer may have changed the number. */
		nr = syscall_get_nr(regs);
	}
	return nr;
}

void syscall_exit_work(struct pt_regs *regs, ulong work)
{
	if (work & SYSCALL_WORK_TRACEPOINT)
		trace_sys_exit(regs, syscall_get_return_value(regs));
}

void syscall_left_irqs_off(struct pt_regs *regs)
{
	WARN(true, "system call %ld left interrupts off\n", (long)syscall_get_nr(regs));
	local_irq_enable();
}
