// SPDX-License-Identifier: MIT
/* The frame of ARMv7, as it is, on a host of any word size; with every word that a design may add. */
#define CONFIG_IRQENTRY_STATE_FRAME 1
#include <lintel/types.h>
#define ulong	u32
#define long	int
#include "../../arch/arm/include/asm/ptrace.h"	/* in place of the host's */
#include <lintel/ptrace.h>
#undef long

#define WORD	u32
#define KERNEL_WORDS(f, v)	((f).syscallno = (f).dacr = (f).entry_state = (v))
#include "regs.h"
