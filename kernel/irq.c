// SPDX-License-Identifier: MIT
/*
 * From a door to a handler and back. The path of every interrupt is kept short: what a check or
 * an account needs beyond the count is behind a configuration or a flag.
 */
#include <entry/nmi.h>
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/doors.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/spinlock.h>
#include <lintel/time.h>
#include <lintel/uaccess.h>
#include <lintel/vtime.h>
#include <asm/stack.h>

static void irq_unhandled(u32 irq, void *arg)
{
	(void)arg;
	irq_chip->disable(irq);
	pr_warn("interrupt %u came, and nobody asked for it: it is disabled\n", irq);
}

struct irq_desc irq_desc[NR_IRQS] = {
	[0 ... NR_IRQS - 1] = { .handler = irq_unhandled },
};

void warn_in_nmi(const char *what)
{
	WARN(true, "%s in NMI context\n", what);
}

static arch_spinlock_t irq_lock;	/* who has which, and the distributor's shared words */

static int request(u32 irq, irq_handler_t handler, void *arg, const char *name, bool nmi)
{
	struct irq_desc *desc;
	ulong flags;

	if (irq >= NR_IRQS || !handler)
		return -EINVAL;
	desc = &irq_desc[irq];
	flags = local_irq_save();
	arch_spin_lock(&irq_lock);
	if (desc->handler != irq_unhandled) {
		arch_spin_unlock(&irq_lock);
		local_irq_restore(flags);
		return -EBUSY;
	}
	desc->arg = arg;
	desc->name = name;
	desc->nmi = nmi;
	desc->handler = handler;
	irq_chip->enable(irq, nmi);
	arch_spin_unlock(&irq_lock);
	local_irq_restore(flags);
	return 0;
}

int request_irq(u32 irq, irq_handler_t handler, void *arg, const char *name)
{
	return request(irq, handler, arg, name, false);
}

int request_nmi(u32 irq, irq_handler_t handler, void *arg, const char *name)
{
	return request(irq, handler, arg, name, true);
}

void irq_cpu_init(void)
{
	for (u32 irq = 0; irq < IRQ_FIRST_SHARED; irq++)
		if (irq_desc[irq].handler != irq_unhandled)
			irq_chip->enable(irq, irq_desc[irq].nmi);
}

/* ---- around the handlers ---- */

/* What each level of hardirq interrupted, as time accounting calls it. */
struct irq_vtime { u8 was[HARDIRQ_MASK / HARDIRQ_OFFSET + 1]; };
static DEFINE_PER_CPU(struct irq_vtime, irq_vtime);

static u8 *irq_vtime_slot(void)
{
	return &this_cpu_ptr(&irq_vtime)->was[(preempt_count() & HARDIRQ_MASK) / HARDIRQ_OFFSET];
}

void irq_enter_account(void)
{
	if (context_tracking_enabled())
		*irq_vtime_slot() = vtime_switch(VT_IRQ);
	if (is_idle_task(current) || is_nohz_full(smp_processor_id()))
		tick_irq_enter();
}

void irq_exit_account(void)
{
	tick_nohz_full_update();
	if (context_tracking_enabled())
		vtime_switch(*irq_vtime_slot());
}

/* ---- one interrupt ---- */

void irq_check_handler(u32 irq, bool in_context)
{
	const char *name = irq_desc[irq].name ? irq_desc[irq].name : "unnamed";
	struct pt_regs *regs = get_irq_regs();

	WARN(!in_nmi() && regs && !user_mode(regs) && on_thread_stack(),
	     "interrupt %u (%s) on the stack of what it interrupted\n", irq, name);

	WARN(arch_user_window_open(), "interrupt %u (%s) with user memory open\n", irq, name);
	WARN(!in_context, "interrupt %u (%s) outside its context: preempt_count %08x\n", irq, name,
	     preempt_count());
	if (WARN(!irqs_disabled(), "the handler of interrupt %u (%s) enabled interrupts\n", irq, name))
		local_irq_disable();
}

/* A door without a vector: the crossing is an NMI's all the same. */
void handle_nmi_from_irq(u32 irq, struct pt_regs *regs)
{
	irqentry_state_t state;

	evlog_door(regs, DOOR_FIQ, DOOR_SLOT_NONE, 0);
	state = irqentry_nmi_enter(regs);
	instrumentation_begin();
	generic_handle_nmi(irq);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
	evlog(EV_RETURN);
}
