/* SPDX-License-Identifier: MIT */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H

#include <lintel/ptrace.h>

/* Linux has 464; the next power of two makes the mask below a constant. */
#define NR_syscalls	512

static __always_inline long syscall_get_nr(const struct pt_regs *regs)
{
	return regs->syscallno;
}
static __always_inline void syscall_set_nr(struct pt_regs *regs, long nr)
{
	regs->syscallno = (s32)nr;
}
static __always_inline ulong syscall_get_arg(const struct pt_regs *regs, unsigned int n)
{
	return regs->regs[n];
}
static __always_inline long syscall_get_return_value(const struct pt_regs *regs)
{
	return (long)regs->regs[0];
}
static __always_inline void syscall_set_return_value(struct pt_regs *regs, long ret)
{
	regs->regs[0] = (u64)ret;
}

/*
 * idx if it is below size, a power of two; in any case a number below size, also where the branch
 * before it was mispredicted. In assembly, because the compiler believes that branch and would
 * drop the AND.
 */
static __always_inline ulong array_index_nospec(ulong idx, ulong size)
{
	ulong i;

	__asm__("and	%0, %1, %2" : "=r" (i) : "r" (idx), "L" (size - 1));
	return i;
}
#define array_index_nospec array_index_nospec
static_assert(!(NR_syscalls & (NR_syscalls - 1)), "array_index_nospec() masks with its size");

#endif
