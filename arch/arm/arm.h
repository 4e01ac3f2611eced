/* SPDX-License-Identifier: MIT */
/* Between the files of arch/arm. */
#ifndef ARCH_ARM_H
#define ARCH_ARM_H

#include <lintel/hw_breakpoint.h>
#include <lintel/ptrace.h>

const char *arm_fault_name(ulong fsr);		/* the status of DFSR or IFSR in words; traps.c */
enum debug_event arm_watch_event(const struct pt_regs *regs);	/* a read or a write; hw_breakpoint.c */

#endif
