/* SPDX-License-Identifier: MIT */
#ifndef ASM_CRASH_H
#define ASM_CRASH_H
#define ARCH_UNDEFINED_INSTRUCTION	".inst 0xe7f000f0"
#define ARCH_BREAKPOINT			"bkpt #0"
#endif
