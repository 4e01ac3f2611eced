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
#endif
