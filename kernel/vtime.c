// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/vtime.h>
#include <asm/timex.h>

DEFINE_PER_CPU(struct vtime, vtime);

enum vtime_kind noinstr vtime_switch(enum vtime_kind to)
{
	struct vtime *v = this_cpu_ptr(&vtime);
	u64 now = arch_counter();
	enum vtime_kind was = v->now;

	if (IS_ENABLED(CONFIG_DEBUG_ENTRY))
		NOINSTR_WARN_ON(!rcu_is_watching());
	v->sum[was] += now - v->since;
	v->since = now;
	v->now = to;
	return was;
}

void vtime_tick(enum vtime_kind kind, u64 period)
{
	this_cpu_ptr(&vtime)->sum[kind] += period;
}
