/* SPDX-License-Identifier: MIT */
/*
 * entry/order.def, ready to be followed: each line is a row of steps, and where a crossing stands
 * in it is a set of steps that may come next, one bit each. An event moves all of the set at once:
 * those steps that wait for it go one further, the others drop out. Following is noinstr: the
 * monitor does it at every event, before RCU watches and in NMIs.
 */
#ifndef TRACE_ORDER_H
#define TRACE_ORDER_H

#include <lintel/evlog.h>
#include <lintel/monitor.h>

#define ORDER_STEPS	62
#define ORDER_ALIKE	MONITOR_LINES
#define ORDER_ANY	NR_EVENTS	/* "...": any service events, or none */

/* What must hold for a step to be there at all. */
#define ORDER_IF_LOCKDEP_ON	1	/* [ ]: lockdep believed interrupts on at V */
#define ORDER_IF_IRQS_ON	2	/* < >: the frame had them on */
#define ORDER_IF_TRACKED	4	/* R+, R- of user mode: it is tracked */

struct order_step { u8 event, work, cond; };	/* work: enum ev_work, or NR_EV_WORK for any */

struct order_line {
	const char	*text;
	const struct order_line *next;	/* for the same door and context */
	u8		door, ctx, nr, alike;	/* alike: with this one, lines of the same kind behind it */
	struct order_step step[ORDER_STEPS];
	u64		on[NR_EVENTS + 1];	/* steps that wait for an event; the last: "..." */
	u64		on_work[NR_EV_WORK];	/* ... for this W, besides on[EV_WORK] for any */
	u64		cond[3];		/* steps that are there only if; by ORDER_IF_ bit */
};

/* The first line for a door and context, or NULL; all are read when first asked for. */
const struct order_line *order_for(enum door door, enum context ctx);

/* Is this event's keeper configured at all? */
bool order_keeper_configured(enum event ev);

/* All of them, in the order of the file. */
u32 order_lines(const struct order_line **lines);

/* Which ORDER_IF_* hold for a crossing that began with this V. */
u8 order_holds(const struct evrec *door);

/* The set before the first event; the set after one more: empty if it must not come now. */
u64 order_begin(const struct order_line *l, u8 holds);
u64 order_next(const struct order_line *l, u8 holds, u64 set, u8 event, u8 arg);
/* Highest step of a set that is not empty. In 32-bit halves: no call to libgcc. */
static __always_inline u32 order_last(u64 set)
{
	u32 high = (u32)(set >> 32);

	return high ? 63U - (u32)__builtin_clz(high) : 31U - (u32)__builtin_clz((u32)set);
}

/* May the crossing end here? */
static __always_inline bool order_ends(const struct order_line *l, u64 set)
{
	return set >> l->nr & 1;
}

#endif
