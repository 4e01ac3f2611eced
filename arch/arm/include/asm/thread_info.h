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
/*
 * The current task. It is in TPIDRPRW, from where every entry copies it to r9, which compilers leave
 * alone (-ffixed-r9): it costs nothing to look at, and a FIQ cannot split that. clang knows no
 * register variables on this architecture and reads TPIDRPRW; not volatile, because for one flow
 * of control it never changes. User TLS is TPIDRURO.
 */
#ifdef __clang__
static __always_inline struct thread_info *current_thread_info(void)
{
	struct thread_info *ti;

	__asm__("mrc	p15, 0, %0, c13, c0, 4" : "=r" (ti));
	return ti;
}
#else
register struct thread_info *current_in_r9 __asm__("r9");
#define current_thread_info()	((struct thread_info *)current_in_r9)
#endif

/* The boot CPU's stacks, in the image: linker/arm.lds.S. */
extern char init_stack[], init_irq_stack[], init_overflow_stack[], firmware_stack[];
#endif
#endif
