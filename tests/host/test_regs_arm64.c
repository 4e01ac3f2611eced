// SPDX-License-Identifier: MIT
/* The frame of AArch64, as it is. */
#include <lintel/types.h>
#include "../../arch/arm64/include/asm/ptrace.h"	/* in place of the host's */
#include <lintel/ptrace.h>

#define WORD	u64
#define KERNEL_WORDS(f, v)									\
	((f).orig_x0 = (f).syscallno = (f).pmr = (f).entry_state = (f).frame_record[0] = (v))
#include "regs.h"
