/* SPDX-License-Identifier: MIT */
/*
 * The frame: what every door finds at its `regs`, lowest address first. The first 18 words are
 * Linux's pt_regs (and what ptrace and signal frames show); the rest is ours alone
 * (row 34): user_regs_get() in lintel/ptrace.h knows the border.
 *
 *	offset	word		from user mode		from the kernel
 *	------	-----------	---------------------	--------------------------------------
 *	0x00	r0 .. r12	r0 .. r12		r0 .. r12
 *	0x34	sp		sp_usr			sp_svc as it was before the exception
 *	0x38	lr		lr_usr			lr_svc (lr_usr if a FIQ hit user mode)
 *	0x3c	pc		where to go on		where to go on
 *	0x40	cpsr		flags, Thumb, mode	flags, masks, mode
 *	0x44	orig_r0		r0 at svc; else old	-1
 *	0x48	syscallno	r7 at svc; else -1	-1
 *	0x4c	dacr		not used: open		DACR as the interrupted code had it (row 33)
 *	0x50	entry_state	design "frame" alone, and 4 bytes unused: struct irqentry_state
 *	0x50	top of the stack's frame: THREAD_SIZE above the stack's base for a user frame
 *
 * A user frame always ends at the top of the task's stack. In user mode sp_svc points at
 * orig_r0, not at the top: SRS then puts pc and cpsr where they belong, the svc vector stores r0
 * and r7 at sp without moving it, and the return's RFE leaves sp_svc where the next entry wants
 * it. Nothing is ever live below sp, so an NMI may come at any instruction of it.
 */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#define MODE_MASK	0x1f
#define USR_MODE	0x10
#define FIQ_MODE	0x11
#define IRQ_MODE	0x12
#define SVC_MODE	0x13
#define ABT_MODE	0x17
#define HYP_MODE	0x1a
#define UND_MODE	0x1b
#define SYS_MODE	0x1f

#define PSR_T_BIT	0x00000020
#define PSR_F_BIT	0x00000040
#define PSR_I_BIT	0x00000080
#define PSR_A_BIT	0x00000100
#define PSR_E_BIT	0x00000200
#define PSR_IT_MASK	0x0600fc00
#define PSR_J_BIT	0x01000000

#ifdef CONFIG_IRQENTRY_STATE_FRAME
#define PT_REGS_SIZE	88
#else
#define PT_REGS_SIZE	80
#endif

#ifndef __ASSEMBLER__
#include <lintel/types.h>
#include <asm/fsr.h>

struct pt_regs {
	ulong	r[13];
	ulong	sp;
	ulong	lr;
	ulong	pc;
	ulong	cpsr;
	ulong	orig_r0;
	ulong	syscallno;
	ulong	dacr;
#ifdef CONFIG_IRQENTRY_STATE_FRAME
	u32	entry_state, unused;
#endif
};

/* What user mode may see: Linux's 18 words, in Linux's order. */
#define USER_PT_REGS_WORDS	18
struct user_pt_regs {
	ulong	r[13];
	ulong	sp, lr, pc, cpsr;
	ulong	orig_r0;
};

static_assert(sizeof(struct pt_regs) == PT_REGS_SIZE && PT_REGS_SIZE % 8 == 0, "frame size");
static_assert(offsetof(struct pt_regs, sp) == 0x34, "sp");
static_assert(offsetof(struct pt_regs, pc) == 0x3c, "pc");
static_assert(offsetof(struct pt_regs, cpsr) == 0x40, "cpsr");
static_assert(offsetof(struct pt_regs, orig_r0) == 0x44, "orig_r0");
static_assert(offsetof(struct pt_regs, syscallno) == 0x48, "syscallno");
static_assert(offsetof(struct pt_regs, dacr) == 0x4c, "dacr");

/*
 * What the FIQ vector saves beside the frame, right above it: a FIQ may hit the first
 * instructions of another vector, where the banked registers of that mode (and SVC's) are live,
 * and its handler may itself take aborts and undefined instructions (row 26).
 */
struct fiq_banks {
	ulong	sp_svc, lr_svc, spsr_svc;
	ulong	sp_abt, lr_abt, spsr_abt;	/* sp of ABT and UND: scratch of the stubs */
	ulong	sp_und, lr_und, spsr_und;
	ulong	lr_irq, spsr_irq;
	ulong	dfsr, dfar, ifsr, ifar;
	ulong	pad;
};
static_assert(sizeof(struct fiq_banks) % 8 == 0, "the frame below stays aligned");

static __always_inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cpsr & 0xf) == 0;		/* of all modes, only USR has the low bits clear */
}
static __always_inline bool regs_irqs_disabled(const struct pt_regs *regs)
{
	return regs->cpsr & PSR_I_BIT;
}
static __always_inline ulong instruction_pointer(const struct pt_regs *regs)
{
	return regs->pc;
}
static __always_inline void instruction_pointer_set(struct pt_regs *regs, ulong pc)
{
	regs->pc = pc;
	regs->cpsr &= ~(ulong)PSR_IT_MASK;	/* what follows is not in the old IT block */
}
static __always_inline ulong link_register(const struct pt_regs *regs) { return regs->lr; }
static __always_inline ulong user_stack_pointer(const struct pt_regs *regs) { return regs->sp; }
static __always_inline ulong frame_pointer(const struct pt_regs *regs) { return regs->r[11]; }
static __always_inline ulong regs_psr(const struct pt_regs *regs) { return regs->cpsr; }
static __always_inline bool thumb_mode(const struct pt_regs *regs) { return regs->cpsr & PSR_T_BIT; }

/* Prefetch and data aborts share their vectors with debug events and asynchronous aborts; a prefetch
 * abort of the kernel that is no debug event must not be (DOOR_DEBUG). */
#define arch_door(regs, door, syndrome)						\
	((door) == DOOR_DEBUG ? (FSR_FS(syndrome) == FS_DEBUG ? (door) : DOOR_BAD) : \
	 (door) != DOOR_FAULT ? (door) :					\
	 FSR_FS(syndrome) == FS_DEBUG ? DOOR_DEBUG :				\
	 FSR_FS(syndrome) == FS_ASYNC_EXTERNAL || FSR_FS(syndrome) == FS_ASYNC_PARITY ? \
		DOOR_SERROR : (door))

/* The user frame at the top of current's kernel stack (row 21); a macro, because this header
 * comes before task_struct. */
#define current_pt_regs()	((struct pt_regs *)((ulong)current->stack + THREAD_SIZE) - 1)

#endif
#endif
