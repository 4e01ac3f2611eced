// SPDX-License-Identifier: MIT
#include <lintel/context_tracking.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/nmi_timer.h>
#include <lintel/preempt.h>
#include <lintel/shot.h>
#include <lintel/time.h>
#include <asm/timex.h>

#define PATIENCE	(counter_freq / 10)	/* then it is not coming */

struct shot irq_shot, nmi_shot;

static void shot_arm(struct shot *s, u64 due)
{
	s->due = due;
	s->cpu = smp_processor_id();
	s->fired = false;
	s->taken = 0;
	s->handler = s->left = 0;
	barrier();
}

static void shot_came(struct shot *s)
{
	struct pt_regs *regs = get_irq_regs();

	s->taken++;
	s->pc = instruction_pointer(regs);
	s->user = user_mode(regs);
	s->in_idle = is_idle_task(current);
	s->fired = true;
}

/* The same once more, without what its handler did inside. */
static void shot_again(struct shot *s)
{
	s->due = s->again;
	s->again = 0;
	s->inside = NULL;
	s->fired = false;
	tick_shot(s->due);
}

static void irq_shot_over(struct shot *s)
{
	irq_desc[timer_irq_phys].handler = s->tick;
	tick_shot(NEVER);
}

/* Stands in for the tick's handler until the shot has come; the tick loses nothing, its handler
 * is called each time and goes by the counter. */
static void irq_shot_handler(u32 irq, void *arg)
{
	struct shot *s = &irq_shot;

	s->handler = arch_counter();
	if (s->handler >= s->due && !s->fired && s->cpu == smp_processor_id()) {
		s->in_context = in_hardirq() && !in_nmi();
		if (s->inside)
			s->inside();
		shot_came(s);
		if (s->again)
			shot_again(s);
		else
			irq_shot_over(s);
	}
	s->tick(irq, arg);
	s->left = arch_counter();
}

void irq_shot_at(u64 due, u64 again, void (*inside)(void))
{
	struct irq_desc *desc = &irq_desc[timer_irq_phys];
	ulong flags = local_irq_save();

	if (desc->handler != irq_shot_handler) {
		irq_shot.tick = desc->handler;
		desc->handler = irq_shot_handler;
	}
	irq_shot.inside = inside;
	irq_shot.again = again;
	shot_arm(&irq_shot, due);
	tick_shot(due);
	local_irq_restore(flags);
}

void irq_shot_cancel(void)
{
	ulong flags = local_irq_save();

	if (irq_desc[timer_irq_phys].handler == irq_shot_handler)
		irq_shot_over(&irq_shot);
	local_irq_restore(flags);
}

static void nmi_shot_handler(struct nmi_event *e, struct pt_regs *regs)
{
	struct shot *s = &nmi_shot;

	(void)e;
	(void)regs;
	s->handler = arch_counter();
	s->in_context = in_nmi();
	if (s->inside)
		s->inside();
	shot_came(s);
	s->left = arch_counter();
}

static struct nmi_event nmi_shot_event = { .fn = nmi_shot_handler };

int nmi_shot_at(u64 due, void (*inside)(void))
{
	nmi_shot.inside = inside;
	shot_arm(&nmi_shot, due);
	return nmi_event_arm(&nmi_shot_event, due);
}

void nmi_shot_cancel(void)
{
	nmi_event_cancel(&nmi_shot_event);
}

bool shot_wait(struct shot *s)
{
	u64 end = s->due + PATIENCE;

	while (!READ_ONCE(s->fired) && arch_counter() < end)
		cpu_relax();
	return READ_ONCE(s->fired) && s->in_context;
}

/* ---- end states ---- */

struct keepers keepers_now(void)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	return (struct keepers){
		.preempt = preempt_count(), .lockdep = lockdep_hardirqs_enabled(),
		.state = ct->state & (CT_STATE_MASK | CT_RCU_WATCHING), .nesting = ct->nesting,
		.nmi_nesting = ct->nmi_nesting, .irqs_off = irqs_disabled(),
	};
}

bool keepers_same(const struct keepers *before)
{
	struct keepers now = keepers_now();

	return now.preempt == before->preempt && now.lockdep == before->lockdep &&
	       now.state == before->state && now.nesting == before->nesting &&
	       now.nmi_nesting == before->nmi_nesting && now.irqs_off == before->irqs_off;
}

