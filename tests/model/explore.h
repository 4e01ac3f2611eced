/* SPDX-License-Identifier: MIT */
/* The explorer, as the command sees it. */
#ifndef MODEL_EXPLORE_H
#define MODEL_EXPLORE_H

#include "model.h"

struct totals {
	u64 states, transitions, crossings;	/* crossings explored: door and state at its V */
	u32 longest;				/* steps of one of them */
	u32 kinds[NR_ARCH][NR_DOORS][NR_CONTEXTS];	/* times explored */
	u32 lines[NR_ARCH][SPEC_MAX];		/* times a crossing ended on this line of order.def */
};
extern struct totals totals;

void explore_init(void);
/* Everything, with exceptions nested to `depth`. True if all of it is as it must be. */
bool explore(u32 depth);
/* After explore() found something: prints the shortest way to it, with `depth` or less. */
void explain(u32 depth);

/* One crossing of a target's log. */
struct logged {
	u8 arch, door, ctx;
	bool irqs_on, lockdep, tracked;
	bool without[NR_EVENTS];	/* events of keepers that the target does not have */
	u32 nr;
	struct { u8 event, arg; } ev[CROSSING_MAX];
};
/* Can the model show the same events? Counts the lines of order.def that they follow; if not, *far
 * says how many of the events it could show. */
bool explore_log(const struct logged *log, u32 *far, u32 *lines);

#endif
