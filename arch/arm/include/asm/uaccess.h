/* SPDX-License-Identifier: MIT */
/* The window to user memory: DACR. Every exception saves it in its frame, closes it and opens it again (row 33). */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <lintel/types.h>
#include <asm/pgtable.h>

static inline bool arch_has_user_window(void) { return true; }

static inline bool arch_user_window_open(void)
{
	ulong dacr;

	__asm__ volatile("mrc p15, 0, %0, c3, c0, 0" : "=r" (dacr) : : "memory");
	return dacr != DACR_KERNEL;
}

static inline void arch_set_user_window(bool open)
{
	__asm__ volatile("mcr p15, 0, %0, c3, c0, 0\n\tisb" : : "r" (open ? DACR_UACCESS : DACR_KERNEL) : "memory");
}

#endif
