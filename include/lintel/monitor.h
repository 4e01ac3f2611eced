/* SPDX-License-Identifier: MIT */
/*
 * The runtime monitor (CONFIG_MONITOR): follows every crossing through entry/order.def while
 * it happens, from the emitting keeper's own context: before RCU watches, in NMIs, nested. At the
 * first event that must not come now it reports and stops. It also asserts state:
 *	1. interrupts are masked at every event that wants them so
 *	2. at X the keepers stand as they stood at V
 *	3. user mode is entered and left with nothing open
 *	4. what an event says has happened when it comes
 *	5. an interrupt comes only where lockdep believes interrupts on, and order.def has a line for it
 *	6. between crossings, too, nothing is traced while RCU does not watch
 * A crossing belongs to its task, which may be switched away in the middle; so do the levels
 * below. An NMI at any instruction uses the next level and gives it back.
 */
#ifndef LINTEL_MONITOR_H
#define LINTEL_MONITOR_H

#include <lintel/evlog.h>

#define MONITOR_LEVELS	8	/* open crossings of one task; deeper ones are only counted */
#define MONITOR_LINES	4	/* lines of order.def for one door and context, at most */

struct order_line;			/* kernel/trace/order.h */

struct monitor_level {
	u64		set[MONITOR_LINES];	/* where it stands in each line */
	const struct order_line *line[MONITOR_LINES];
	u8		nr, holds;		/* nr 0: order.def does not speak of it */
	u8		door, ctx;
	u32		seq;			/* number of its V */
	struct pt_regs	*regs;
	u32		preempt_count, lockdep, hardirq_context, ct_state, nesting, nmi_nesting;
};

struct monitor { u32 depth; struct monitor_level level[MONITOR_LEVELS]; };

#ifdef CONFIG_MONITOR
void monitor_door(struct pt_regs *regs, const struct evrec *v);
void monitor_event(const struct evrec *r);
#else
static __always_inline void monitor_door(struct pt_regs *regs, const struct evrec *v)
{
	(void)regs;
	(void)v;
}
static __always_inline void monitor_event(const struct evrec *r) { (void)r; }
#endif

#endif
