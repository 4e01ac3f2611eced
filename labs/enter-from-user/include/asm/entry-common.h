/* SPDX-License-Identifier: MIT */
/* The lab's architecture: its hooks look whether they are called where they may be. */
#ifndef ASM_ENTRY_COMMON_H
#define ASM_ENTRY_COMMON_H
#include <lintel/evlog.h>

void lab_arch_enter(struct pt_regs *regs);
void lab_arch_exit(void);

static __always_inline void arch_enter_from_user_mode(struct pt_regs *regs)
{
	lab_arch_enter(regs);
	evlog(EV_ARCH_CHECK);
}
#define arch_enter_from_user_mode arch_enter_from_user_mode
static __always_inline void arch_exit_to_user_mode(void) { lab_arch_exit(); }
#define arch_exit_to_user_mode arch_exit_to_user_mode
#endif
