/* SPDX-License-Identifier: MIT */
/*
 * The hard-lockup watchdog, boot argument watchdog=SECONDS (1 to 600): an NMI on each CPU looks whether interrupts
 * have been off there for so long, and ends the machine with the trace of where that is.
 */
#ifndef LINTEL_WATCHDOG_H
#define LINTEL_WATCHDOG_H

#include <lintel/types.h>

/* On each CPU, when it has come: starts it there, if it was asked for. */
void watchdog_cpu_start(void);
/* Starts it on this CPU with `seconds`, unless it runs everywhere already. Task context. */
void watchdog_start(u32 seconds);

#endif
