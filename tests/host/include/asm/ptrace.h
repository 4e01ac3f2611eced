/* SPDX-License-Identifier: MIT */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H
struct pt_regs { bool user, irqs_off; ulong pc, sp; long nr, ret; u32 entry_state; };
static __always_inline bool user_mode(struct pt_regs *r) { return r->user; }
static __always_inline bool regs_irqs_disabled(struct pt_regs *r) { return r->irqs_off; }
static __always_inline ulong instruction_pointer(struct pt_regs *r) { return r->pc; }
#endif
