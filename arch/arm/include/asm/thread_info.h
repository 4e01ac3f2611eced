/* SPDX-License-Identifier: MIT */
#ifndef ASM_THREAD_INFO_H
#define ASM_THREAD_INFO_H

/* Kernel stacks are THREAD_SIZE bytes at a multiple of twice that, so bit THREAD_SHIFT of sp is
 * clear on a stack and set in the hole below it: the overflow check is one TST. */
#define THREAD_SHIFT	14
#define THREAD_SIZE	(1 << THREAD_SHIFT)

#define OVERFLOW_STACK_SIZE 4096

#ifndef __ASSEMBLER__
#include <lintel/compiler.h>

struct thread_info;
/* TPIDRPRW holds the current task. Not volatile: for one flow of control it never changes, so
 * the compiler may read it once. User TLS is TPIDRURO. */
static __always_inline struct thread_info *current_thread_info(void)
{
	struct thread_info *ti;

	__asm__("mrc	p15, 0, %0, c13, c0, 4" : "=r" (ti));
	return ti;
}

/* The boot CPU's stacks, in the image: linker/arm.lds.S. */
extern char init_stack[], init_irq_stack[], init_overflow_stack[];
#endif
#endif
