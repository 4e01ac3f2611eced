/* SPDX-License-Identifier: MIT */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H

#include <lintel/ptrace.h>

#define NR_syscalls	464

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

/* All ones if idx < size, else 0, also where the branch before it was mispredicted: the compare
 * is a data dependency, and CSDB stops value speculation. */
static __always_inline ulong array_index_mask_nospec(ulong idx, ulong size)
{
	ulong mask;

	__asm__ volatile("cmp	%1, %2\n\t"
			 "sbc	%0, xzr, xzr\n\t"
			 "hint	#20"		/* csdb */
			 : "=r" (mask) : "r" (idx), "Ir" (size) : "cc");
	return mask;
}

#endif
