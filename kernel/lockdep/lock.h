/* SPDX-License-Identifier: MIT */
/* Between the rest of lockdep's lock checking, its reports and their self-test. */
#ifndef LOCKDEP_LOCK_H
#define LOCKDEP_LOCK_H

#include <lintel/lockdep.h>
#include "graph.h"

#define MAX_CIRCLE	16U		/* steps that a report shows */

enum lock_report {
	REPORT_NONE,
	REPORT_RECURSION,		/* waits for what it holds */
	REPORT_CIRCLE,
	REPORT_INTERRUPT,		/* a circle with an interrupt in it */
	REPORT_WAIT,			/* might wait longer than it may here */
	REPORT_UNLOCK,			/* lets go of what it does not hold */
	REPORT_INIT,
	REPORT_HELD,			/* at return to user mode */
	REPORT_FULL,
};

struct lock_trouble {
	enum lock_report	kind;
	const char		*what;		/* one line */
	const struct lockdep_map *map;
	ulong			ip;
	const struct held_lock	*old;		/* the other lock in it, or NULL */
	u32			length;		/* of the circle */
	struct lock_step	circle[MAX_CIRCLE];
};

extern bool lockdep_off;			/* since the first report */
extern enum lock_report lockdep_found;		/* ... which was this */
extern bool lockdep_quiet;			/* a self-test looks at that and nothing else */

/* Is what happens here followed? Not in an NMI that interrupted lockdep. */
bool lockdep_follows(void);

/* Prints it, and counts as a warning. Once: see report_circle(). */
void lockdep_report(const struct lock_trouble *t);
enum interrupt lockdep_interrupt(u32 count);	/* of a preempt_count: in which one is this? */

#endif
