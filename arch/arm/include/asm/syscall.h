/* SPDX-License-Identifier: MIT */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H

#include <lintel/ptrace.h>

/* Linux has 464; the next power of two makes the mask below a constant. */
#define NR_syscalls	512

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

/*
 * idx if it is below size, a power of two; in any case a number below size, also where the branch
 * before it was mispredicted. In assembly, because the compiler believes that branch and would
 * drop the AND.
 */
static __always_inline ulong __array_index_nospec(ulong idx, ulong size)
{
	ulong i;

	__asm__("ubfx	%0, %1, #0, %2" : "=r" (i) : "r" (idx), "i" (__builtin_ctzl(size)));
	return i;
}
#define array_index_nospec(idx, size)	__array_index_nospec(idx, size)

static_assert(!(NR_syscalls & (NR_syscalls - 1)), "array_index_nospec() masks with its size");

#endif
