/* SPDX-License-Identifier: MIT */
#ifndef ASM_THREAD_INFO_H
#define ASM_THREAD_INFO_H

/* Kernel stacks are THREAD_SIZE bytes at a multiple of twice that, so bit THREAD_SHIFT of SP is
 * clear on a stack and set in the hole below it: the overflow check is one TBNZ. */
#define THREAD_SHIFT	14
#define THREAD_SIZE	(1 << THREAD_SHIFT)

#ifndef __ASSEMBLER__
#include <lintel/compiler.h>

struct thread_info;
/*
 * TPIDR_EL1 holds the current task, and so does x18 as long as the kernel runs: no C code uses it
 * for anything else (-ffixed-x18). Doors from EL0 load it; for one flow of control it never
 * changes. User TLS is TPIDR_EL0.
 */
register struct thread_info *arm64_current __asm__("x18");

static __always_inline struct thread_info *current_thread_info(void) { return arm64_current; }

/* The boot CPU's stacks, in the image: linker/arm64.lds.S. */
extern char init_stack[], init_irq_stack[], init_overflow_stack[], firmware_stack[];
#endif
#endif
