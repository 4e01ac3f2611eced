/* SPDX-License-Identifier: MIT */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H
#define NR_syscalls 4
static __always_inline long syscall_get_nr(struct pt_regs *r) { return r->nr; }
static __always_inline long syscall_get_return_value(struct pt_regs *r) { return r->ret; }
static __always_inline void syscall_set_return_value(struct pt_regs *r, long v) { r->ret = v; }
#endif
