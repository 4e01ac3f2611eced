// SPDX-License-Identifier: MIT
/*
 * A list that NMIs walk, and no lock: while the timer is off, none of its NMIs comes. So whoever changes the
 * list stops the timer first, and programs it last.
 */
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/nmi_timer.h>
#include <lintel/percpu.h>
#include <lintel/printk.h>
#include <lintel/time.h>
#include <asm/timex.h>

static DEFINE_PER_CPU(struct nmi_event *, nmi_events);
static int no_timer = -ENODEV;

static void take_off(struct nmi_event *e)
{
	struct nmi_event **p = this_cpu_ptr(&nmi_events);

	while (*p && *p != e)
		p = &(*p)->next;
	if (*p)
		*p = e->next;
}

/* Behind those of the same time. */
static void put_on(struct nmi_event *e)
{
	struct nmi_event **p = this_cpu_ptr(&nmi_events);

	while (*p && (*p)->due <= e->due)
		p = &(*p)->next;
	e->next = *p;
	*p = e;
}

static void program_first(void)
{
	struct nmi_event *first = this_cpu_read(nmi_events);

	if (first)
		nmi_timer_program(first->due);
	else
		nmi_timer_stop();
}

int nmi_event_arm(struct nmi_event *e, u64 due)
{
	ulong flags;

	if (no_timer)
		return no_timer;
	raw_local_irq_save(flags);
	nmi_timer_stop();
	take_off(e);
	e->due = due;
	put_on(e);
	program_first();
	raw_local_irq_restore(flags);
	return 0;
}

void nmi_event_cancel(struct nmi_event *e)
{
	ulong flags;

	raw_local_irq_save(flags);
	nmi_timer_stop();
	take_off(e);
	program_first();
	raw_local_irq_restore(flags);
}

/* What came due while another one's function ran is served at once. */
static void nmi_timer_handler(u32 irq, void *arg)
{
	struct nmi_event *e;

	(void)irq;
	(void)arg;
	nmi_timer_stop();
	while ((e = this_cpu_read(nmi_events)) && e->due <= arch_counter()) {
		this_cpu_write(nmi_events, e->next);
		e->fn(e, get_irq_regs());
	}
	program_first();
}

void nmi_timer_init(void)
{
	no_timer = request_nmi(timer_irq_virt, nmi_timer_handler, NULL, "nmi-timer");
	if (no_timer)
		pr_err("the NMI timer cannot have interrupt %u: error %d\n", timer_irq_virt, -no_timer);
}
