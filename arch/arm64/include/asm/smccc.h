/* SPDX-License-Identifier: MIT */
#ifndef ASM_SMCCC_H
#define ASM_SMCCC_H

#include <lintel/types.h>

/* One call to firmware: function and one argument. Firmware keeps x18 and up. */
#define __SMCCC(insn)							\
	register ulong x0 __asm__("x0") = fn;				\
	register ulong x1 __asm__("x1") = arg;				\
	__asm__ volatile(insn						\
			 : "+r" (x0), "+r" (x1)				\
			 :: "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",	\
			    "x12", "x13", "x14", "x15", "x16", "x17", "memory");		\
	return (s32)x0;

static inline s32 smccc_hvc(ulong fn, ulong arg) { __SMCCC("hvc	#0") }
static inline s32 smccc_smc(ulong fn, ulong arg) { __SMCCC(".inst 0xd4000003") }

#endif
