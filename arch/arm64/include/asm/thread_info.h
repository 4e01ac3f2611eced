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
/* TPIDR_EL1 holds the current task. Not volatile: for one flow of control it never changes, so
 * the compiler may read it once. User TLS is TPIDR_EL0. */
static __always_inline struct thread_info *current_thread_info(void)
{
	struct thread_info *ti;

	__asm__("mrs	%0, tpidr_el1" : "=r" (ti));
	return ti;
}

/* The boot CPU's stacks, in the image: linker/arm64.lds.S. */
extern char init_stack[], init_irq_stack[], init_overflow_stack[];
#endif
#endif
