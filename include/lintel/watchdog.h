/* SPDX-License-Identifier: MIT */
/*
 * The hard-lockup watchdog, boot argument watchdog=SECONDS (1 to 600): an NMI looks whether interrupts have
 * been off for so long, and ends the machine with the trace of where that is.
 */
#ifndef LINTEL_WATCHDOG_H
#define LINTEL_WATCHDOG_H

#include <lintel/types.h>

/* Starts it with what was asked for, or else with `seconds` if that is not 0. Task context. */
void watchdog_start(u32 seconds);

#endif
