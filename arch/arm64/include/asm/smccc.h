/* SPDX-License-Identifier: MIT */
#ifndef ASM_SMCCC_H
#define ASM_SMCCC_H

#include <lintel/types.h>

/* One call to firmware: function and three arguments. Firmware keeps x18 and up. */
#define __SMCCC(insn)							\
	register ulong x0 __asm__("x0") = fn;				\
	register ulong x1 __asm__("x1") = a;				\
	register ulong x2 __asm__("x2") = b;				\
	register ulong x3 __asm__("x3") = c;				\
	__asm__ volatile(insn						\
			 : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)	\
			 :: "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",	\
			    "x12", "x13", "x14", "x15", "x16", "x17", "memory");		\
	return (s32)x0;

static inline s32 smccc_hvc(ulong fn, ulong a, ulong b, ulong c) { __SMCCC("hvc	#0") }
static inline s32 smccc_smc(ulong fn, ulong a, ulong b, ulong c) { __SMCCC(".inst 0xd4000003") }

#endif
