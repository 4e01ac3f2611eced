/* SPDX-License-Identifier: MIT */
/*
 * The frame, as generic code sees it. Each architecture draws its struct pt_regs and defines
 *	user_mode(regs)			the frame came from user mode
 *	regs_irqs_disabled(regs)	the interrupted code had I masked
 *	instruction_pointer(regs), instruction_pointer_set(regs, pc)
 *	link_register(regs)
 *	user_stack_pointer(regs), frame_pointer(regs), regs_psr(regs)
 *	current_pt_regs()		the user frame at the top of current's kernel stack (row 21)
 */
#ifndef LINTEL_PTRACE_H
#define LINTEL_PTRACE_H

#include <lintel/types.h>
#include <asm/ptrace.h>

#endif
