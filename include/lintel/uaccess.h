/* SPDX-License-Identifier: MIT */
/* The only way to user memory. User mappings are closed to the kernel otherwise (DACR, PAN). */
#ifndef LINTEL_UACCESS_H
#define LINTEL_UACCESS_H

#include <lintel/types.h>
#include <lintel/errno.h>
#include <asm/memory.h>
#include <asm/uaccess.h>

/*
 * The window through which the kernel's own loads and stores reach user memory: part of the state of each
 * exception (row 33). Uaccess opens it where it has to; no handler finds it open, and what was interrupted
 * finds it as it was. From asm/uaccess.h:
 *	arch_user_window_open()		is it?
 *	arch_has_user_window()		can it be closed at all? A CPU without PAN cannot
 *	arch_set_user_window(open)	by hand, for tests
 */

/* In user range, without wrapping? */
static inline bool access_ok(const void __user *p, size_t n)
{
	return n <= TASK_SIZE && (ulong)p <= TASK_SIZE - n;
}

/* Return what could not be copied, 0 for all. May fault and sleep: task context. asm in arch. */
size_t arch_copy_from_user(void *to, const void __user *from, size_t n);
size_t arch_copy_to_user(void __user *to, const void *from, size_t n);
size_t arch_clear_user(void __user *to, size_t n);

static inline size_t copy_from_user(void *to, const void __user *from, size_t n)
{
	return access_ok(from, n) ? arch_copy_from_user(to, from, n) : n;
}
static inline size_t copy_to_user(void __user *to, const void *from, size_t n)
{
	return access_ok(to, n) ? arch_copy_to_user(to, from, n) : n;
}
static inline size_t clear_user(void __user *to, size_t n)
{
	return access_ok(to, n) ? arch_clear_user(to, n) : n;
}

/* __ex_table, sorted by the linker's order of appearance: if insn faults, continue at fixup.
 * Offsets are relative to the entry's own words. An entry may also cover an instruction that is
 * undefined (semihosting without a host, asm/semihosting.h): the doors for aborts *and* for
 * undefined instructions of the kernel ask fixup_exception() before they die. */
struct extable_entry { s32 insn, fixup; };
struct pt_regs;
bool fixup_exception(struct pt_regs *regs);	/* lib/extable.c: true if it moved the pc */

#endif
