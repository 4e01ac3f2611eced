// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/crossing.h>
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/monitor.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include "order.h"

#ifdef CONFIG_MONITOR

/* After the first finding the machine is on its way down: its last events are not judged. */
static bool stopped;

/* ---- the report ---- */

static void print_strings(const struct monitor_level *l)
{
	static struct crossing c;
	static char came[512], expected[512];
	int column;

	if (crossing_at(l->seq, &c) == -ENOSPC)
		return;
	crossing_print(&c, came, sizeof(came));
	column = crossing_check(&c, expected, sizeof(expected));
	printk(LOG_EMERG, "  came     %s\n", came);
	printk(LOG_EMERG, "  expected %s\n", expected);
	if (column >= 0)
		printk(LOG_EMERG, "           %*s^ this should have come\n", column, "");
}

/* What is wrong with a V is not in its own string: so where was the one that it came into? */
static void print_below(const struct monitor_level *l)
{
	printk(LOG_EMERG, "  inside of %s from %s, which so far was\n", door_name(l->door), context_name(l->ctx));
	print_strings(l);
}

static void __noreturn report(const struct monitor_level *l, const struct evrec *r, const char *why,
			      ulong is, ulong was)
{
	if (!l) {
		printk(LOG_EMERG, "entry order: outside of any crossing: %s at %s, emitted at %pS\n", why,
		       evlog_letter(r->event), (void *)r->pc);
		panic("the entry order is broken");
	}
	printk(LOG_EMERG, "entry order: %s from %s: %s at %s, emitted at %pS\n", door_name(l->door),
	       context_name(l->ctx), why, evlog_letter(r->event), (void *)r->pc);
	if (is != was)
		printk(LOG_EMERG, "  is       %08lx\n  was      %08lx at V\n", is, was);
	if (r->event != EV_DOOR)
		print_strings(l);
	else if (l != current->monitor.level)
		print_below(l - 1);
	die_here("the entry order is broken", l->regs);
}

/* If it is that interrupts are open, none may come into the report. */
static noinstr void fail_state(const struct monitor_level *l, const struct evrec *r, const char *why,
			       ulong is, ulong was)
{
	if (stopped)
		return;
	stopped = true;
	raw_local_irq_disable();
	instrumentation_quiet_begin();
	report(l, r, why, is, was);
	instrumentation_quiet_end();
}

static noinstr void fail(const struct monitor_level *l, const struct evrec *r, const char *why)
{
	fail_state(l, r, why, 0, 0);
}

/* ---- state ---- */

/* All events but these come with interrupts masked. */
#define ANY_MASK	(BIT(EV_INSTR_BEGIN) | BIT(EV_INSTR_END) | BIT(EV_WORK))

static __always_inline void check_mask(const struct monitor_level *l, const struct evrec *r)
{
	if (!(BIT(r->event) & ANY_MASK) && !arch_irqs_disabled_flags(r->psr))
		fail(l, r, "interrupts are open");
}

/* Keepers speak after the change: an event that comes before it opens a window in which an NMI finds
 * the old state behind the new one's event. Levels count from what V found. */
static __always_inline bool is_true(const struct monitor_level *l, const struct evrec *r)
{
	u32 levels = (r->preempt_count - l->preempt_count) & (NMI_MASK | HARDIRQ_MASK);
	bool nmi = r->preempt_count & NMI_MASK;		/* leaves the preparation to whom it interrupted */

	switch (r->event) {
	case EV_LOCKDEP_OFF:
		return !r->lockdep && (nmi || !lockdep_prepared());
	case EV_LOCKDEP_PREP:
		return nmi || lockdep_prepared();
	case EV_LOCKDEP_ON:
		return r->lockdep && (nmi || !lockdep_prepared());
	case EV_RCU_ENTER:
		return r->ct_state & CT_RCU_WATCHING;
	case EV_RCU_EXIT:	/* (the NMI inside an SError of user mode counts from its own start) */
		return l->door == DOOR_FORK || (l->ctx == CTX_USER && nmi) || r->nmi_nesting == l->nmi_nesting;
	case EV_HARDIRQ_ADD:
		return levels == HARDIRQ_OFFSET;
	case EV_NMI_ADD:
		return levels == NMI_OFFSET + HARDIRQ_OFFSET;
	case EV_HARDIRQ_SUB:
	case EV_NMI_SUB:
		return !levels;
	case EV_CTX_ENTER:
		return lockdep_hardirq_context() == l->hardirq_context + 1;
	case EV_CTX_EXIT:
		return lockdep_hardirq_context() == l->hardirq_context;
	}
	return true;
}

static __always_inline u32 ct_bits(u32 state)
{
	return state & (CT_STATE_MASK | CT_RCU_WATCHING);
}

static __always_inline void same(const struct monitor_level *l, const struct evrec *r, const char *why,
				 ulong is, ulong was)
{
	if (is != was)
		fail_state(l, r, why, is, was);
}

/* A new task's first crossing ends elsewhere than it began; for all others X is where V was. */
static __always_inline void check_same(const struct monitor_level *l, const struct evrec *r)
{
	if (l->door == DOOR_FORK)
		return;
	same(l, r, "the preempt count is not what it was", r->preempt_count, l->preempt_count);
	same(l, r, "lockdep's interrupt state is not what it was", r->lockdep, l->lockdep);
	same(l, r, "lockdep's hardirq context is not what it was", lockdep_hardirq_context(), l->hardirq_context);
	same(l, r, "the context is not what it was", ct_bits(r->ct_state), ct_bits(l->ct_state));
	same(l, r, "nesting is not what it was", r->nesting, l->nesting);
	same(l, r, "nmi_nesting is not what it was", r->nmi_nesting, l->nmi_nesting);
}

/* What was not done on the way to user mode waits for whatever comes next: a signal that is late, or lost (rows 6
 * and 13). An NMI does no work. Another CPU may give some behind the last look; then its interrupt comes next, and with
 * several CPUs nobody can tell. */
static __always_inline void check_work(const struct monitor_level *l, const struct evrec *r)
{
	ulong work = READ_ONCE(current_thread_info()->flags) & EXIT_TO_USER_MODE_WORK;

	if (!smp_several && l->ctx == CTX_USER && l->door != DOOR_FIQ)
		same(l, r, "work is left", work, 0);
}

/* ---- following ---- */

static __always_inline void begin_lines(struct monitor_level *l)
{
	const struct order_line *line = order_for(l->door, l->ctx);

	for (l->nr = 0; line && l->nr < MONITOR_LINES; line = line->next) {
		l->line[l->nr] = line;
		l->set[l->nr++] = order_begin(line, l->holds);
	}
}

/* Somebody opened interrupts behind lockdep's back, or in a handler. What comes in would be in order itself,
 * and again and again, until the stack ends. */
static __always_inline void check_let_in(const struct monitor_level *l, const struct evrec *v)
{
	if (l->door != DOOR_IRQ || !(l->holds & ORDER_IF_IRQS_ON))
		return;
	if (IS_ENABLED(CONFIG_LOCKDEP) && !v->lockdep)
		fail(l, v, "interrupts were open, and lockdep believed them off");
	if (!l->nr)
		fail(l, v, "interrupts were open where none may come");
}

/* The level is taken before it is filled: an NMI in between takes the next one. */
void noinstr monitor_door(struct pt_regs *regs, const struct evrec *v)
{
	struct monitor *m = &current->monitor;
	u32 depth = m->depth++;
	struct monitor_level *l = &m->level[depth];

	barrier();
	if (depth >= MONITOR_LEVELS)
		return;
	l->door = v->arg & 0xff;
	l->ctx = v->ctx;
	l->holds = order_holds(v);
	l->seq = v->seq - 1;
	l->regs = regs;
	l->preempt_count = v->preempt_count;
	l->lockdep = v->lockdep;
	l->hardirq_context = lockdep_hardirq_context();
	l->ct_state = v->ct_state;
	l->nesting = v->nesting;
	l->nmi_nesting = v->nmi_nesting;
	begin_lines(l);
	if (l->ctx == CTX_USER && depth)
		fail(l, v, "from user mode, but an older crossing of this task is still open");
	check_let_in(l, v);
	check_mask(l, v);
}

/* Does any line allow this event now? Lines that did not allow an earlier one are out. */
static __always_inline bool advance(struct monitor_level *l, const struct evrec *r)
{
	u64 any = 0;

	for (u32 i = 0; i < l->nr; i++) {
		if (l->set[i])
			l->set[i] = order_next(l->line[i], l->holds, l->set[i], r->event, r->arg);
		any |= l->set[i];
	}
	return any;
}

static __always_inline bool may_end(const struct monitor_level *l)
{
	for (u32 i = 0; i < l->nr; i++)
		if (order_ends(l->line[i], l->set[i]))
			return true;
	return false;
}

/* No line speaks of what comes between crossings. But idle is un-watched there, and may be traced no more
 * than an entry. */
static __always_inline void check_outside(const struct evrec *r)
{
	const u32 traced = BIT(EV_INSTR_BEGIN) | BIT(EV_TRACE_OFF) | BIT(EV_TRACE_PREP) | BIT(EV_WORK);

	if ((BIT(r->event) & traced) && !(r->ct_state & CT_RCU_WATCHING))
		fail(NULL, r, "RCU does not watch");
	if (r->event == EV_RETURN)
		fail(NULL, r, "there is none to end");
}

void noinstr monitor_event(const struct evrec *r)
{
	struct monitor *m = &current->monitor;
	bool ends = r->event == EV_RETURN || (r->event == EV_WORK && r->arg == EV_WORK_EXIT);
	struct monitor_level *l;

	if (stopped)
		return;
	if (!m->depth) {
		check_outside(r);
		return;
	}
	l = &m->level[m->depth - 1];
	if (m->depth <= MONITOR_LEVELS && l->nr) {
		if (!advance(l, r))
			fail(l, r, "must not come now");
		else if (ends && !may_end(l))
			fail(l, r, "too early to end");
		check_mask(l, r);
		if (!is_true(l, r))
			fail(l, r, "it has not happened yet");
	}
	if (!ends)
		return;
	if (m->depth <= MONITOR_LEVELS && r->event == EV_RETURN) {
		check_same(l, r);
		check_work(l, r);
	}
	m->depth = r->event == EV_RETURN ? m->depth - 1 : 0;
}

#endif
