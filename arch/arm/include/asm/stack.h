/* SPDX-License-Identifier: MIT */
#ifndef ASM_STACK_H
#define ASM_STACK_H

#include <lintel/percpu.h>
#include <lintel/sched.h>

static __always_inline ulong current_stack_pointer(void)
{
	ulong sp;

	__asm__ volatile("mov	%0, sp" : "=r" (sp));
	return sp;
}
/* On current's own stack, rather than the IRQ or the overflow stack? */
static __always_inline bool on_thread_stack(void)
{
	return !((current_stack_pointer() ^ (ulong)current->stack) & ~(ulong)(THREAD_SIZE - 1));
}

/* fn(regs) on this CPU's IRQ stack, which must be empty; interrupts off throughout (row 27).
 * entry.S, with unwind information. */
void call_on_irq_stack(void (*fn)(struct pt_regs *regs), struct pt_regs *regs);
DECLARE_PER_CPU(ulong, irq_stack_top);
DECLARE_PER_CPU(ulong, overflow_stack_top);

#endif
