/* SPDX-License-Identifier: MIT */
/* No traps here: a warning is a call, and whoever asks for a bug has found one. */
#ifndef ASM_BUG_H
#define ASM_BUG_H
#define __bug_trap(imm, text)							\
	do {									\
		if ((imm) == BREAK_BUG)						\
			panic("BUG: %s:%d: %s", __FILE__, __LINE__, text);	\
		__warn(__FILE__, __LINE__, "%s", text);				\
	} while (0)
#endif
