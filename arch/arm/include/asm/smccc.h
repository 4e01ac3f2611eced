/* SPDX-License-Identifier: MIT */
#ifndef ASM_SMCCC_H
#define ASM_SMCCC_H

#include <lintel/types.h>

/* One call to firmware: function and three arguments. By encoding, so that no assembler option is
 * needed. Firmware keeps r4 and up. */
#define __SMCCC(encoding)						\
	register ulong r0 __asm__("r0") = fn;				\
	register ulong r1 __asm__("r1") = a;				\
	register ulong r2 __asm__("r2") = b;				\
	register ulong r3 __asm__("r3") = c;				\
	__asm__ volatile(".inst " encoding				\
			 : "+r" (r0), "+r" (r1), "+r" (r2), "+r" (r3) :: "ip", "memory"); \
	return (s32)r0;

static inline s32 smccc_hvc(ulong fn, ulong a, ulong b, ulong c) { __SMCCC("0xe1400070") }
static inline s32 smccc_smc(ulong fn, ulong a, ulong b, ulong c) { __SMCCC("0xe1600070") }

#endif
