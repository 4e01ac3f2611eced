/* SPDX-License-Identifier: MIT */
#ifndef ASM_TIMEX_H
#define ASM_TIMEX_H
extern u64 host_counter;
static __always_inline u64 arch_counter(void) { return ++host_counter; }
#endif
