/* SPDX-License-Identifier: MIT */
/*
 * The NMI timer, shared: each CPU has a list of events, by time, and its timer is programmed for the first.
 * kernel/nmi_timer.c.
 */
#ifndef LINTEL_NMI_TIMER_H
#define LINTEL_NMI_TIMER_H

#include <lintel/types.h>

struct pt_regs;

struct nmi_event {
	u64 due;			/* counter value */
	/* NMI context, off the list; regs: what was interrupted. May arm this event or another, for later. */
	void (*fn)(struct nmi_event *e, struct pt_regs *regs);
	struct nmi_event *next;		/* on the list of its CPU */
};

/* Needs timer_init(). */
void nmi_timer_init(void);
/*
 * Armed on this CPU, once, for `due`, which replaces what it was armed for: the last step is that the timer is
 * programmed, so that the NMI comes at that very tick. Task or hardirq context without migration, or an event's
 * own fn; NMIs that are not the timer's arm none. 0, or the error why there are no NMIs here.
 */
int nmi_event_arm(struct nmi_event *e, u64 due);
/* Not armed any more, if it was. As above. */
void nmi_event_cancel(struct nmi_event *e);

#endif
