/* SPDX-License-Identifier: MIT */
/* What AArch64 adds to entry/: see entry/user.h for the contracts. */
#ifndef ASM_ENTRY_COMMON_H
#define ASM_ENTRY_COMMON_H

#include <lintel/evlog.h>
#include <lintel/ptrace.h>
#include <asm/irqflags.h>

/* Checks that the frame came from EL0t, lies at the top of current's stack, and that we run on
 * that stack with interrupts masked; panics with what it found. traps.c. */
void arm64_check_user_frame(struct pt_regs *regs);

static __always_inline void arch_enter_from_user_mode(struct pt_regs *regs)
{
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY)) {
		arm64_check_user_frame(regs);
		evlog(EV_ARCH_CHECK);
	}
}
#define arch_enter_from_user_mode arch_enter_from_user_mode

/* Scheduling wants D, A and F open; the bookkeeping of the exit must see no debug exception or
 * SError. F stays open until the reload: an NMI makes RCU watch by itself. */
static __always_inline void arch_irqentry_exit_mask(void)
{
	if (nmi_by_pmr())	/* where the NMI is masked by I */
		__asm__ volatile("msr	daifset, %0" : : "i" (DAIF_D | DAIF_A) : "memory");
	else
		__asm__ volatile("msr	daifset, %0" : : "i" (DAIF_D | DAIF_A | DAIF_I) : "memory");
}
#define arch_irqentry_exit_mask arch_irqentry_exit_mask

#endif
