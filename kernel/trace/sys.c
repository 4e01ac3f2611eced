// SPDX-License-Identifier: MIT
#include <lintel/evlog.h>
#include <lintel/irqflags.h>
#include <lintel/trace.h>

struct trace_sys_count trace_sys_count;

void trace_sys_enter(struct pt_regs *regs, long nr)
{
	(void)regs;
	__atomic_fetch_add(&trace_sys_count.enter, 1, __ATOMIC_RELAXED);
	lockdep_assert_irqs_enabled();
	evlog_args(EV_WORK, EV_WORK_TRACE, nr);
}

void trace_sys_exit(struct pt_regs *regs, long ret)
{
	(void)regs;
	__atomic_fetch_add(&trace_sys_count.exit, 1, __ATOMIC_RELAXED);
	lockdep_assert_irqs_enabled();
	evlog_args(EV_WORK, EV_WORK_TRACE, ret);
}
