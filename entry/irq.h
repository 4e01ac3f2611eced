/* SPDX-License-Identifier: MIT */
/*
 * Interrupts, and faults that behave like them: what to do depends on what was interrupted,
 * and what exit needs to know of enter travels in irqentry_state_t (entry/state.h).
 */
#ifndef ENTRY_IRQ_H
#define ENTRY_IRQ_H

#include <entry/state.h>
#include <entry/user.h>

/*
 * irqentry_enter() - from whatever was interrupted (row 7)
 *
 * user mode:	as irqentry_enter_from_user_mode()
 * idle task:	1. L-  2. ct_irq_enter(), whether RCU watches or not: a nested tick must not
 *		take the idle loop for quiescent  3. { T- }; the state says exit_rcu
 * other:	1. L-  2. { check_tick T- }: RCU watches already
 *
 * Interrupts off in and out. Counterpart: irqentry_exit(), with what this returned.
 */
DECLARE_IRQENTRY_ENTER(irqentry_enter)

/*
 * irqentry_exit() - undo irqentry_enter() (row 8)
 *
 * user mode:	as irqentry_exit_to_user_mode()
 * kernel:	irqentry_exit_to_kernel_mode_preempt(), then ..._after_preempt()
 *
 * Interrupts off in and out; the reload of the frame opens them if it says so.
 */
void irqentry_exit(struct pt_regs *regs, irqentry_state_t state);

/*
 * The two halves of the kernel's exit. A door that has more to mask than I (DAIF) masks it
 * between them: scheduling wants as little masked as possible, the bookkeeping everything.
 *
 * preempt: unless interrupts were off or exit_rcu: if the preempt count is 0 and NEED_RESCHED is
 * set, schedule; NEED_RESCHED_LAZY waits for user mode. With CONFIG_PREEMPT; otherwise nothing.
 * Interrupts off in and out; instrumentation allowed.
 */
void irqentry_exit_to_kernel_mode_preempt(struct pt_regs *regs, irqentry_state_t state);
/*
 * after_preempt: interrupts were on: with exit_rcu { Tp Lp } R- L+, else { Tp Lp L+ }.
 * They were off: only R-, and only with exit_rcu. No reschedule, no L+.
 */
void irqentry_exit_to_kernel_mode_after_preempt(struct pt_regs *regs, irqentry_state_t state);

#endif
