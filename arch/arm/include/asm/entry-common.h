/* SPDX-License-Identifier: MIT */
/* What ARMv7 adds to entry/: see entry/user.h for the contracts. */
#ifndef ASM_ENTRY_COMMON_H
#define ASM_ENTRY_COMMON_H

#include <lintel/evlog.h>
#include <lintel/ptrace.h>

/* Checks that the frame came from USR with I and A open, lies at the top of current's stack,
 * and that we run on that stack; panics with what it found. traps.c. */
void arm_check_user_frame(struct pt_regs *regs);

static __always_inline void arch_enter_from_user_mode(struct pt_regs *regs)
{
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY)) {
		arm_check_user_frame(regs);
		evlog(EV_ARCH_CHECK);
	}
}
#define arch_enter_from_user_mode arch_enter_from_user_mode

/* Nothing but I is masked by choice: A and F stay open through exit and reload, because the
 * frame being reloaded is never below sp. */
static __always_inline void arch_irqentry_exit_mask(void) { }
#define arch_irqentry_exit_mask arch_irqentry_exit_mask

#endif
