/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_IDLE_H
#define LINTEL_IDLE_H

#include <lintel/types.h>

/* Which body the idle task uses from its next round on: the usual one keeps interrupts masked
 * until RCU watches again; with irqs_on they open inside the un-watched state (idle=irqs-on). */
void idle_set_body(bool irqs_on);
bool idle_irqs_on(void);

/* Called by the idle task once each round, while RCU watches and interrupts are open; NULL: none.
 * For the tour: the only way to make something happen in watched idle. Must not sleep. */
void idle_set_visitor(void (*fn)(void));	/* on this CPU, which the caller stays on */
void idle_set_visitor_of(u32 cpu, void (*fn)(void));

/* Counter value when init's first user instruction was about to run. */
extern u64 init_first_tick;

#endif
