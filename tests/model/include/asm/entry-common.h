/* SPDX-License-Identifier: MIT */
#ifndef ASM_ENTRY_COMMON_H
#define ASM_ENTRY_COMMON_H
#include <lintel/evlog.h>
#include <lintel/ptrace.h>

/* A hook of the architecture: the exception that may strike there. */
void model_hook(void);
void model_check_user_frame(struct pt_regs *regs);

static __always_inline void arch_enter_from_user_mode(struct pt_regs *regs)
{
	model_check_user_frame(regs);
	evlog(EV_ARCH_CHECK);
}
#define arch_enter_from_user_mode arch_enter_from_user_mode
static __always_inline void arch_exit_to_user_mode_prepare(struct pt_regs *regs, ulong work)
{
	(void)regs;
	(void)work;
	model_hook();
}
#define arch_exit_to_user_mode_prepare arch_exit_to_user_mode_prepare
static __always_inline void arch_exit_to_user_mode(void) { model_hook(); }
#define arch_exit_to_user_mode arch_exit_to_user_mode
/* AArch64 masks D and A here. The model lets them come all the same: what holds then, holds
 * without them. */
static __always_inline void arch_irqentry_exit_mask(void) { model_hook(); }
#define arch_irqentry_exit_mask arch_irqentry_exit_mask
#endif
