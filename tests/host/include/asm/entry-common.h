/* SPDX-License-Identifier: MIT */
#ifndef ASM_ENTRY_COMMON_H
#define ASM_ENTRY_COMMON_H
#include <lintel/evlog.h>
static __always_inline void arch_enter_from_user_mode(struct pt_regs *regs)
{
	(void)regs;
	evlog(EV_ARCH_CHECK);
}
#define arch_enter_from_user_mode arch_enter_from_user_mode

/* The places where an architecture adds something, for a test to look around in; others ignore them. */
enum host_hook { HOOK_USER_PREPARE, HOOK_USER, HOOK_KERNEL_MASK };
extern void host_hook(enum host_hook where, ulong work) __attribute__((weak));
#define HOST_HOOK(where, work)			\
	do {					\
		if (host_hook)			\
			host_hook(where, work);	\
	} while (0)

static __always_inline void arch_exit_to_user_mode_prepare(struct pt_regs *regs, ulong work)
{
	(void)regs;
	HOST_HOOK(HOOK_USER_PREPARE, work);
}
static __always_inline void arch_exit_to_user_mode(void) { HOST_HOOK(HOOK_USER, 0); }
static __always_inline void arch_irqentry_exit_mask(void) { HOST_HOOK(HOOK_KERNEL_MASK, 0); }
#define arch_exit_to_user_mode_prepare arch_exit_to_user_mode_prepare
#define arch_exit_to_user_mode arch_exit_to_user_mode
#define arch_irqentry_exit_mask arch_irqentry_exit_mask
#endif
