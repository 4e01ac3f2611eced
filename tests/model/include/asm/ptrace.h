/* SPDX-License-Identifier: MIT */
/* Where a slot serves several doors, the syndrome of the model is the door itself. */
#ifndef MODEL_PTRACE_H
#define MODEL_PTRACE_H
#include_next <asm/ptrace.h>
#define arch_door(regs, door, syndrome)	((syndrome) ? (syndrome) : (door))
#endif
