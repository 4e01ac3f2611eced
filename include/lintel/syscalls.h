/* SPDX-License-Identifier: MIT */
/*
 * The system-call table and its dispatch. A system call takes its arguments from the frame and
 * from nowhere else: what C clobbered on the way in does not matter (rows 22 and 43).
 *
 *	SYSCALL_DEFINE2(nanosleep, const void __user *, req, void __user *, rem) { ... }
 *
 * defines sys_nanosleep(regs). asm/syscalls.def lists SYSCALL(number, name) for the architecture.
 */
#ifndef LINTEL_SYSCALLS_H
#define LINTEL_SYSCALLS_H

#include <lintel/errno.h>
#include <lintel/ptrace.h>
#include <asm/syscall.h>	/* NR_syscalls, syscall_get_arg(regs, n), array_index_mask_nospec() */

typedef long (*syscall_fn_t)(struct pt_regs *regs);
extern const syscall_fn_t sys_call_table[NR_syscalls];
long sys_ni_syscall(struct pt_regs *regs);

/* Numbers outside the table: the architecture's private ones, or -ENOSYS. arch/<arch>. */
long arch_syscall_other(struct pt_regs *regs, long nr);

/* idx if it is below size, else anything below size: asm/syscall.h may know a shorter way. */
#ifndef array_index_nospec
#define array_index_nospec(idx, size)	((idx) & array_index_mask_nospec(idx, size))
#endif

static __always_inline void invoke_syscall(struct pt_regs *regs, long nr)
{
	long ret;

	if (likely((ulong)nr < NR_syscalls))
		/* A mispredicted check must not turn a user's number into a wild load. */
		ret = sys_call_table[array_index_nospec((ulong)nr, NR_syscalls)](regs);
	else
		ret = arch_syscall_other(regs, nr);
	syscall_set_return_value(regs, ret);
}

#define __SC_ARG(n, t)	((t)syscall_get_arg(regs, n))

#define SYSCALL_DEFINE0(name)								\
	static __always_inline long __sys_##name(struct pt_regs *regs);			\
	long sys_##name(struct pt_regs *regs);						\
	long sys_##name(struct pt_regs *regs) { return __sys_##name(regs); }		\
	static __always_inline long __sys_##name(struct pt_regs *regs __unused)

#define __SC_DEF(name, decl, args)							\
	static __always_inline long __sys_##name decl;					\
	long sys_##name(struct pt_regs *regs);						\
	long sys_##name(struct pt_regs *regs) { return __sys_##name args; }		\
	static __always_inline long __sys_##name decl

#define SYSCALL_DEFINE1(name, t0, a0) \
	__SC_DEF(name, (t0 a0), (__SC_ARG(0, t0)))
#define SYSCALL_DEFINE2(name, t0, a0, t1, a1) \
	__SC_DEF(name, (t0 a0, t1 a1), (__SC_ARG(0, t0), __SC_ARG(1, t1)))
#define SYSCALL_DEFINE3(name, t0, a0, t1, a1, t2, a2) \
	__SC_DEF(name, (t0 a0, t1 a1, t2 a2), (__SC_ARG(0, t0), __SC_ARG(1, t1), __SC_ARG(2, t2)))
#define SYSCALL_DEFINE4(name, t0, a0, t1, a1, t2, a2, t3, a3) \
	__SC_DEF(name, (t0 a0, t1 a1, t2 a2, t3 a3), \
		 (__SC_ARG(0, t0), __SC_ARG(1, t1), __SC_ARG(2, t2), __SC_ARG(3, t3)))
#define SYSCALL_DEFINE5(name, t0, a0, t1, a1, t2, a2, t3, a3, t4, a4) \
	__SC_DEF(name, (t0 a0, t1 a1, t2 a2, t3 a3, t4 a4), \
		 (__SC_ARG(0, t0), __SC_ARG(1, t1), __SC_ARG(2, t2), __SC_ARG(3, t3), __SC_ARG(4, t4)))
#define SYSCALL_DEFINE6(name, t0, a0, t1, a1, t2, a2, t3, a3, t4, a4, t5, a5) \
	__SC_DEF(name, (t0 a0, t1 a1, t2 a2, t3 a3, t4 a4, t5 a5), \
		 (__SC_ARG(0, t0), __SC_ARG(1, t1), __SC_ARG(2, t2), __SC_ARG(3, t3), __SC_ARG(4, t4), \
		  __SC_ARG(5, t5)))

#endif
