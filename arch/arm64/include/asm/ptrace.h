/* SPDX-License-Identifier: MIT */
/*
 * The frame: what every door finds at its `regs`, lowest address first. The first 34 words are
 * Linux's user_pt_regs (and what ptrace and signal frames show); the rest is ours alone
 * (row 34): user_regs_get() in lintel/ptrace.h knows the border.
 *
 *	offset	word		from user mode		from the kernel
 *	------	-----------	---------------------	--------------------------------------
 *	0x000	x0 .. x30	x0 .. x30		x0 .. x30
 *	0x0f8	sp		SP_EL0			SP_EL1 as it was before the exception
 *	0x100	pc		ELR_EL1			ELR_EL1
 *	0x108	pstate		SPSR_EL1		SPSR_EL1 (PAN among it: row 33)
 *	0x110	orig_x0		x0 at svc		not written
 *	0x118	syscallno	w8 at svc		not written
 *	0x11c	entry_state	struct irqentry_state, in the design "frame"
 *	0x120	pmr		nmi=pmr: priority mask of the interrupted code (row 33)
 *	0x128	irq		nmi=pmr, nmi=nmi: what the IRQ's door acknowledged
 *	0x130	frame record	not written; x29 = 0	x29 of the interrupted code
 *	0x138			ends the chain		pc of the interrupted code
 *	0x140	top of the stack's frame: THREAD_SIZE above the stack's base for a user frame
 *
 * A user frame always ends at the top of the task's stack, which is where SP_EL1 points in user
 * mode. The frame record lets a walk along x29 go on through the exception.
 */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#define PSR_MODE_EL0t	0x00000000
#define PSR_MODE_EL1t	0x00000004
#define PSR_MODE_EL1h	0x00000005
#define PSR_MODE_MASK	0x0000000f
#define PSR_MODE32_BIT	0x00000010
#define PSR_F_BIT	0x00000040
#define PSR_I_BIT	0x00000080
#define PSR_A_BIT	0x00000100
#define PSR_D_BIT	0x00000200
#define PSR_IL_BIT	0x00100000
#define PSR_SS_BIT	0x00200000
#define PSR_PAN_BIT	0x00400000

/* Immediates of MSR DAIFSet and DAIFClr. */
#define DAIF_F		1
#define DAIF_I		2
#define DAIF_A		4
#define DAIF_D		8

#define PT_REGS_SIZE	320

#ifndef __ASSEMBLER__
#include <lintel/nmi.h>
#include <lintel/types.h>

struct pt_regs {
	u64	regs[31];
	u64	sp;
	u64	pc;
	u64	pstate;
	u64	orig_x0;
	s32	syscallno;
	u32	entry_state;
	u64	pmr;
	u64	irq;
	u64	frame_record[2];
};

/* What user mode may see: Linux's 34 words, in Linux's order. */
#define USER_PT_REGS_WORDS	34
struct user_pt_regs {
	u64	regs[31];
	u64	sp, pc, pstate;
};

static_assert(sizeof(struct pt_regs) == PT_REGS_SIZE && PT_REGS_SIZE % 16 == 0, "frame size");
static_assert(offsetof(struct pt_regs, sp) == 0xf8, "sp");
static_assert(offsetof(struct pt_regs, pc) == 0x100, "pc");
static_assert(offsetof(struct pt_regs, pstate) == 0x108, "pstate");
static_assert(offsetof(struct pt_regs, orig_x0) == 0x110, "orig_x0");
static_assert(offsetof(struct pt_regs, syscallno) == 0x118, "syscallno");
static_assert(offsetof(struct pt_regs, pmr) == 0x120, "pmr");
static_assert(offsetof(struct pt_regs, frame_record) == 0x130, "frame_record");

static __always_inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->pstate & PSR_MODE_MASK) == PSR_MODE_EL0t;
}
static __always_inline bool regs_irqs_disabled(const struct pt_regs *regs)
{
	return regs->pstate & PSR_I_BIT || (nmi_by_pmr() && !(regs->pmr & PMR_ON_BIT));
}
static __always_inline ulong instruction_pointer(const struct pt_regs *regs)
{
	return regs->pc;
}
static __always_inline void instruction_pointer_set(struct pt_regs *regs, ulong pc)
{
	regs->pc = pc;
}
static __always_inline ulong link_register(const struct pt_regs *regs) { return regs->regs[30]; }
static __always_inline ulong user_stack_pointer(const struct pt_regs *regs) { return regs->sp; }
static __always_inline ulong frame_pointer(const struct pt_regs *regs) { return regs->regs[29]; }
static __always_inline ulong regs_psr(const struct pt_regs *regs) { return regs->pstate; }

/* The user frame at the top of current's kernel stack (row 21); a macro, because this header
 * comes before task_struct. */
#define current_pt_regs()	((struct pt_regs *)((ulong)current->stack + THREAD_SIZE) - 1)

/* One vector slot serves system calls, faults and more, another one IRQs and NMIs: which of them is
 * in the syndrome. doors.c. */
#define arch_door(regs, door, syndrome)	which_door(regs, door, syndrome)

#endif
#endif
