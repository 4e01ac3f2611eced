// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/vtime.h>
#include <asm/timex.h>

DEFINE_PER_CPU(struct vtime, vtime);

/* RCU watches; and whose time it is or was is here. */
static __always_inline void check(enum vtime_kind was, enum vtime_kind to)
{
	WARN_ON(!rcu_is_watching());
	WARN_ON((to == VT_SOFTIRQ || was == VT_SOFTIRQ) && !in_serving_softirq());
	if (IS_ENABLED(CONFIG_LOCKDEP))
		WARN_ON((to == VT_IRQ || was == VT_IRQ) && !lockdep_hardirq_context());
}

enum vtime_kind noinstr vtime_switch(enum vtime_kind to)
{
	struct vtime *v = this_cpu_ptr(&vtime);
	u64 now = arch_counter();
	enum vtime_kind was = v->now;

	if (IS_ENABLED(CONFIG_DEBUG_ENTRY))
		check(was, to);
	v->sum[was] += now - v->since;
	v->since = now;
	v->now = to;
	return was;
}

void vtime_cpu_init(void)
{
	struct vtime *v = this_cpu_ptr(&vtime);

	v->since = v->start = arch_counter();
	for (u32 kind = 0; kind < NR_VTIME; kind++)
		v->start -= v->sum[kind];
}

void vtime_tick(enum vtime_kind kind, u64 period)
{
	this_cpu_ptr(&vtime)->sum[kind] += period;
}
