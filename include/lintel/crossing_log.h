/* SPDX-License-Identifier: MIT */
/*
 * The boot argument crossings=log: every crossing that this machine makes goes to the console as a line,
 *	crossing: <door> <context> irqs=<0|1> lockdep=<0|1> tracked=<0|1> without=<keepers' letters>: <events>
 * (frame with interrupts on; lockdep believed them on; user mode is tracked; events of keepers that are not
 * configured). One that differs from an earlier one in nothing but how often a group of events follows
 * itself is not shown again. `make model` replays the lines against the model. crossings=scan does it without
 * a thread of its own, when somebody scans.
 */
#ifndef LINTEL_CROSSING_LOG_H
#define LINTEL_CROSSING_LOG_H

#include <lintel/types.h>

/* Starts the kernel thread that reads the ring, if it was asked for. Task context. */
void crossing_log_start(void);
/* Reads the rest and prints "crossings: ...", what was counted. Does nothing if none was started. Task
 * context, before the machine ends. */
void crossing_log_end(void);
/* Reads what is new, now, also without the boot argument (then nothing is shown), and holds every crossing
 * that is over against entry/order.def. How many were out of order so far; each different one is printed. Task
 * context. */
u32 crossing_log_scan(void);
/* How many of those that the scans have seen were NMIs. */
u32 crossing_log_nmis(void);

#endif
