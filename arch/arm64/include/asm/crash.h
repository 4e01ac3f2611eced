/* SPDX-License-Identifier: MIT */
#ifndef ASM_CRASH_H
#define ASM_CRASH_H
#define ARCH_UNDEFINED_INSTRUCTION	".inst 0"
#define ARCH_BREAKPOINT			"brk #0"
#endif
