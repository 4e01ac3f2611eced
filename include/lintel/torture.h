/* SPDX-License-Identifier: MIT */
/* The boot argument torture=seconds[,seed]: threads and interrupts beside init, which end the machine with a verdict
 * (tests/kernel/torture.c). */
#ifndef LINTEL_TORTURE_H
#define LINTEL_TORTURE_H

#ifdef CONFIG_SELFTEST
void torture_start(void);		/* nothing without the argument. Task context */
#else
static inline void torture_start(void) { }
#endif

#endif
