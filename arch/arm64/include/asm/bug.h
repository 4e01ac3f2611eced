/* SPDX-License-Identifier: MIT */
#ifndef ASM_BUG_H
#define ASM_BUG_H

#include <lintel/ptrace.h>

#define ARCH_BREAK(imm)		"brk #" __stringify(imm)
#define ARCH_BREAK_WORD(imm)	(0xd4200000U | (imm) << 5)

#define arch_break_with(imm, pointer)						\
	do {									\
		register const void *__p __asm__("x0") = (pointer);		\
		__asm__ volatile(ARCH_BREAK(imm) : : "r" (__p) : "memory");	\
	} while (0)
static inline void *arch_break_argument(const struct pt_regs *regs) { return (void *)regs->regs[0]; }

#endif
