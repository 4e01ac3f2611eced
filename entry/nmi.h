/* SPDX-License-Identifier: MIT */
/* NMIs and what behaves like them: they may come at any instruction, in any state (row 11). */
#ifndef ENTRY_NMI_H
#define ENTRY_NMI_H

#include <entry/irq.h>

/*
 * irqentry_nmi_enter() - no difference between user and kernel mode; nests
 *
 * 1. remember what lockdep believed: it may be half-way through a change	(state.lockdep)
 * 2. count the NMI, before anything asks in_nmi()		N+
 * 3. lockdep: interrupts off, in hardirq context		L- h+
 * 4. RCU watches, whatever it did before			R+
 * 5. tracer							{ T- F }
 *
 * I and F masked in and out. Counterpart: irqentry_nmi_exit(), with what this returned.
 */
DECLARE_IRQENTRY_ENTER(irqentry_nmi_enter)

/*
 * irqentry_nmi_exit() - the mirror image: everything is as irqentry_nmi_enter() found it
 *
 * 1. tracer, and lockdep's preparation if interrupts were on	{ F [Tp Lp] }
 * 2. R-  3. h-  4. lockdep as remembered			[L+]
 * 5. leave the count, last of all				N-
 */
void irqentry_nmi_exit(struct pt_regs *regs, irqentry_state_t state);

#endif
