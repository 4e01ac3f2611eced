/* SPDX-License-Identifier: MIT */
/*
 * The window to user memory: PSTATE.PAN clear. Nothing opens it, because uaccess has LDTR and STTR; but what
 * did would find that every exception saves it in SPSR, closes it (SCTLR.SPAN) and opens it again (row 33).
 */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <lintel/types.h>
#include <asm/ptrace.h>
#include <asm/sysreg.h>

static inline bool arch_has_user_window(void) { return read_sysreg(id_aa64mmfr1_el1) >> 20 & 0xf; }

/* False as well where it cannot be closed. */
static inline bool arch_user_window_open(void)
{
	return arch_has_user_window() && !(read_sysreg(s3_0_c4_c2_3) & PSR_PAN_BIT);
}

static inline void arch_set_user_window(bool open)
{
	if (open)
		__asm__ volatile(".inst 0xd500409f" : : : "memory");	/* msr pan, #0 */
	else
		__asm__ volatile(".inst 0xd500419f" : : : "memory");	/* msr pan, #1 */
}

#endif
