/* SPDX-License-Identifier: MIT */
/*
 * One interrupt of the tick's timer, and one of the NMI timer, at a tick of the counter: for the tour and the
 * sweeps, which make them strike at a place. Task context, one user at a time.
 */
#ifndef LINTEL_SHOT_H
#define LINTEL_SHOT_H

#include <lintel/irq.h>

struct shot {
	u64 again;			/* ... and once more then; 0: no */
	u64 due, handler, left;		/* counter: asked for; the handler's first and last line */
	u32 cpu;			/* where; the user stays there meanwhile */
	bool fired;
	bool in_context;		/* hardirq for the IRQ, NMI for the NMI */
	bool in_idle;			/* it came while the idle task ran */
	u32 taken;
	ulong pc;			/* of the instruction that it came before */
	bool user;			/* ... which is user mode's */
	void (*inside)(void);		/* runs in the handler */
	irq_handler_t tick;		/* the IRQ's handler otherwise */
};
extern struct shot irq_shot, nmi_shot;

/* The tick loses nothing: its handler runs as well. */
void irq_shot_at(u64 due, u64 again, void (*inside)(void));	/* again: 0, or for another one then */
void irq_shot_cancel(void);
int nmi_shot_at(u64 due, void (*inside)(void));		/* -errno: there are no NMIs here */
void nmi_shot_cancel(void);
/* Until it has come, where it should be; false if it does not. */
bool shot_wait(struct shot *s);

/* What the keepers say, and whether they still say the same. */
struct keepers { u32 preempt, lockdep, state; long nesting, nmi_nesting; bool irqs_off; };
struct keepers keepers_now(void);
bool keepers_same(const struct keepers *before);

#endif
