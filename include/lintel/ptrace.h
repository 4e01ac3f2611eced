/* SPDX-License-Identifier: MIT */
/*
 * The frame, as generic code sees it. Each architecture draws its struct pt_regs and defines
 *	user_mode(regs)			the frame came from user mode
 *	regs_irqs_disabled(regs)	the interrupted code had I masked
 *	instruction_pointer(regs), instruction_pointer_set(regs, pc)
 *	link_register(regs)
 *	user_stack_pointer(regs), frame_pointer(regs), regs_psr(regs)
 *	current_pt_regs()		the user frame at the top of current's kernel stack (row 21)
 *	struct user_pt_regs		its first USER_PT_REGS_WORDS words: what user mode may see of it
 */
#ifndef LINTEL_PTRACE_H
#define LINTEL_PTRACE_H

#include <lintel/types.h>
#include <asm/ptrace.h>

#ifdef USER_PT_REGS_WORDS	/* (not on the host) */
static_assert(sizeof(struct user_pt_regs) == USER_PT_REGS_WORDS * sizeof(long), "Linux's words");
static_assert(offsetof(struct user_pt_regs, sp) == offsetof(struct pt_regs, sp), "the same place in both");
static_assert(offsetof(struct user_pt_regs, pc) == offsetof(struct pt_regs, pc), "the same place in both");

/* The only way from a frame to user mode, a signal frame or a tracer (row 34): what lies behind - the state of the
 * exception, in whatever design - is not copied, and can grow without anybody outside noticing. */
static inline void user_regs_get(struct user_pt_regs *to, const struct pt_regs *regs)
{
	*to = *(const struct user_pt_regs *)regs;
}
#endif

#endif
