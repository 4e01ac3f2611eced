// SPDX-License-Identifier: MIT
/*
 * Work that an interrupt leaves for the moment after it: interrupts on, no task switch. What is
 * raised again and again is left for the next interrupt or for idle, so that tasks get a turn.
 */
#include <lintel/context_tracking.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/vtime.h>

#define MAX_ROUNDS	10

DEFINE_PER_CPU(u32, softirq_bits);
static void (*softirq_fn[NR_SOFTIRQS])(void);

void open_softirq(enum softirq nr, void (*fn)(void))
{
	softirq_fn[nr] = fn;
}

/* Interrupts on in and out; the flags are those taken with interrupts off. */
static void run_round(u32 pending)
{
	for (u32 nr = 0; nr < NR_SOFTIRQS; nr++)
		if ((pending & BIT(nr)) && softirq_fn[nr])
			softirq_fn[nr]();
}

/* Interrupts off. */
static u32 take_pending(void)
{
	u32 pending = this_cpu_read(softirq_bits);

	this_cpu_write(softirq_bits, 0);
	return pending;
}

void do_softirq(void)
{
	enum vtime_kind was = VT_SYSTEM;
	u32 pending;

	__preempt_count_add(SOFTIRQ_OFFSET);
	if (context_tracking_enabled())
		was = vtime_switch(VT_SOFTIRQ);
	for (u32 round = 0; round < MAX_ROUNDS; round++) {
		pending = take_pending();
		if (!pending)
			break;
		local_irq_enable();
		run_round(pending);
		local_irq_disable();
	}
	if (context_tracking_enabled())
		vtime_switch(was);
	__preempt_count_sub(SOFTIRQ_OFFSET);
}

/* From a task with interrupts on, what is pending runs here and now. */
static void run_if_possible(void)
{
	if (in_interrupt() || irqs_disabled() || !softirq_pending())
		return;
	local_irq_disable();
	do_softirq();
	local_irq_enable();
}

void raise_softirq(enum softirq nr)
{
	ulong flags;

	not_in_nmi("raise_softirq()");
	/* It is served on the CPU that it was raised on. */
	__preempt_count_add(PREEMPT_OFFSET);
	flags = local_irq_save();
	this_cpu_write(softirq_bits, this_cpu_read(softirq_bits) | BIT(nr));
	local_irq_restore(flags);
	run_if_possible();
	preempt_enable();
}

void local_bh_disable(void)
{
	__preempt_count_add(SOFTIRQ_DISABLE_OFFSET);
	barrier();
}

void local_bh_enable(void)
{
	barrier();
	/* Not preemptible in between: a softirq is served by the task that held it off. */
	__preempt_count_sub(SOFTIRQ_DISABLE_OFFSET - PREEMPT_OFFSET);
	run_if_possible();
	preempt_enable();
}
