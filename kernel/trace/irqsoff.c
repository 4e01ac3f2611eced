// SPDX-License-Identifier: MIT
/* The tracer of hardirqs-off periods: the simplest instrumentation that entry code can break. */
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <asm/timex.h>

#ifdef CONFIG_TRACE_IRQFLAGS
DEFINE_PER_CPU(struct irqsoff, irqsoff);

void trace_hardirqs_off_finish(void)
{
	struct irqsoff *t = this_cpu_ptr(&irqsoff);

	/* An NMI does not disturb the period it interrupted. */
	if (!in_nmi() && !t->off) {
		t->off = 1;
		t->ip = CALLER_ADDR;
		t->since = arch_counter();
	}
	evlog(EV_TRACE_OFF);
}

void trace_hardirqs_on_prepare(void)
{
	struct irqsoff *t = this_cpu_ptr(&irqsoff);

	if (!in_nmi() && t->off) {
		u64 length = arch_counter() - t->since;

		if (length > t->max) {
			t->max = length;
			t->max_ip = t->ip;
		}
		t->off = 0;
	}
	evlog(EV_TRACE_PREP);
}

void trace_hardirqs_off(void)
{
	lockdep_hardirqs_off(CALLER_ADDR);
	trace_hardirqs_off_finish();
}

void trace_hardirqs_on(void)
{
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	lockdep_hardirqs_on(CALLER_ADDR);
}

void trace_nmi_enter(void)
{
	evlog_args(EV_TRACE_NMI, ++this_cpu_ptr(&irqsoff)->nmi, 0);
}

void trace_nmi_exit(void)
{
	evlog_args(EV_TRACE_NMI, --this_cpu_ptr(&irqsoff)->nmi, 0);
}
#endif
