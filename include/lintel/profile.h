/* SPDX-License-Identifier: MIT */
/*
 * The sampling profiler, boot argument profile=HZ[,PAGES]: so often a second an NMI keeps the call trace of
 * what it interrupted, until the buffer of so many pages (a power of two) is full; the end of the machine prints
 * them all, and how many were taken and dropped. tools/profile reads that.
 */
#ifndef LINTEL_PROFILE_H
#define LINTEL_PROFILE_H

void profile_start(void);	/* if it was asked for. Task context */
void profile_end(void);		/* on the way out of a run that went well; once */

#endif
