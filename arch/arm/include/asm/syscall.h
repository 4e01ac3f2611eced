/* SPDX-License-Identifier: MIT */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H

#include <lintel/ptrace.h>

#define NR_syscalls	464

/* Private numbers, as Linux has them from 0x0f0001 to 0x0f07ff. */
#define __ARM_NR_BASE		0x0f0000
#define __ARM_NR_breakpoint	(__ARM_NR_BASE + 1)
#define __ARM_NR_cacheflush	(__ARM_NR_BASE + 2)
#define __ARM_NR_set_tls	(__ARM_NR_BASE + 5)
#define __ARM_NR_get_tls	(__ARM_NR_BASE + 6)
#define __ARM_NR_end		(__ARM_NR_BASE + 0x7ff)

static __always_inline long syscall_get_nr(const struct pt_regs *regs)
{
	return (long)regs->syscallno;
}
static __always_inline void syscall_set_nr(struct pt_regs *regs, long nr)
{
	regs->syscallno = (ulong)nr;
}
static __always_inline ulong syscall_get_arg(const struct pt_regs *regs, unsigned int n)
{
	return regs->r[n];
}
static __always_inline long syscall_get_return_value(const struct pt_regs *regs)
{
	return (long)regs->r[0];
}
static __always_inline void syscall_set_return_value(struct pt_regs *regs, long ret)
{
	regs->r[0] = (ulong)ret;
}

/* All ones if idx < size, else 0, also where the branch before it was mispredicted: the compare
 * is a data dependency, and CSDB (a hint) stops value speculation. */
static __always_inline ulong array_index_mask_nospec(ulong idx, ulong size)
{
	ulong mask;

	__asm__ volatile("cmp	%1, %2\n\t"
			 "sbc	%0, %1, %1\n\t"
			 ".inst	0xe320f014	@ csdb"
			 : "=r" (mask) : "r" (idx), "Ir" (size) : "cc");
	return mask;
}

/* The same without the mask: what is too big becomes 0. Conditional, so that it too is data. */
static __always_inline ulong __array_index_nospec(ulong idx, ulong size)
{
	__asm__ volatile("cmp	%0, %1\n\t"
			 "movhs	%0, #0\n\t"
			 ".inst	0xe320f014	@ csdb"
			 : "+r" (idx) : "Ir" (size) : "cc");
	return idx;
}
#define array_index_nospec(idx, size)	__array_index_nospec(idx, size)

#endif
