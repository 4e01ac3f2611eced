// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/sched.h>

#ifdef CONFIG_LOCKDEP
/* A CPU starts with interrupts masked. */
DEFINE_PER_CPU(struct lockdep_cpu, lockdep_cpu);

/* A report may itself go through here: once is enough, and it must not recurse. */
static bool reported;

#define LOCKDEP_WARN(cond)						\
	do {								\
		if (unlikely(cond) && !reported) {			\
			reported = true;				\
			WARN_ON(cond);				\
		}							\
	} while (0)

void noinstr lockdep_hardirqs_off(ulong ip)
{
	struct lockdep_cpu *ld = this_cpu_ptr(&lockdep_cpu);

	(void)ip;
	LOCKDEP_WARN(!irqs_disabled());
	/* An NMI may come between Lp and L+; nothing else may. */
	LOCKDEP_WARN(ld->prepared && !in_nmi());
	WRITE_ONCE(ld->hardirqs_enabled, 0);
	evlog(EV_LOCKDEP_OFF);
}

void noinstr lockdep_hardirqs_on_prepare(void)
{
	struct lockdep_cpu *ld = this_cpu_ptr(&lockdep_cpu);

	if (!in_nmi()) {
		LOCKDEP_WARN(ld->hardirqs_enabled);
		LOCKDEP_WARN(ld->hardirq_context);
		LOCKDEP_WARN(!irqs_disabled());
		WRITE_ONCE(ld->prepared, 1);
	}
	evlog(EV_LOCKDEP_PREP);
}

void noinstr lockdep_hardirqs_on(ulong ip)
{
	struct lockdep_cpu *ld = this_cpu_ptr(&lockdep_cpu);

	(void)ip;
	if (!in_nmi()) {
		LOCKDEP_WARN(!ld->prepared);
		LOCKDEP_WARN(ld->hardirqs_enabled);
		LOCKDEP_WARN(!irqs_disabled());
		WRITE_ONCE(ld->prepared, 0);
	}
	WRITE_ONCE(ld->hardirqs_enabled, 1);
	evlog(EV_LOCKDEP_ON);
}

void noinstr lockdep_hardirq_enter(void)
{
	struct lockdep_cpu *ld = this_cpu_ptr(&lockdep_cpu);

	WRITE_ONCE(ld->hardirq_context, ld->hardirq_context + 1);
	evlog(EV_CTX_ENTER);
}

void noinstr lockdep_hardirq_exit(void)
{
	struct lockdep_cpu *ld = this_cpu_ptr(&lockdep_cpu);

	WRITE_ONCE(ld->hardirq_context, ld->hardirq_context - 1);
	evlog(EV_CTX_EXIT);
}

void lockdep_sys_exit(void)
{
	if (unlikely(current->lockdep_depth)) {
		WARN(lockdep_show_held(), "%s[%d] returns to user mode with %d locks held\n",
		     current->comm, current->pid, current->lockdep_depth);
		current->lockdep_depth = 0;
	}
}

void lockdep_assert_irqs_disabled(void)
{
	LOCKDEP_WARN(lockdep_hardirqs_enabled() || !irqs_disabled());
}

void lockdep_assert_irqs_enabled(void)
{
	LOCKDEP_WARN(!lockdep_hardirqs_enabled() || irqs_disabled());
}
#endif
