/* SPDX-License-Identifier: MIT */
/*
 * Hardware breakpoints, watchpoints, single steps and the kernel's own breakpoint instructions (docs/debug.md).
 *
 * A kernel address is found in every context, also where RCU does not watch: the handler runs in an NMI (in_nmi(),
 * interrupts masked), may call what an NMI may, and what it interrupted goes on afterwards, with the
 * instruction that was hit. That one runs with all masked and its breakpoint off; if it faults and is
 * begun again, it is hit again. A user address is found in one address space; its handler runs like a page
 * fault's: interrupts on, in the task.
 *
 * Refused: the entry assembly, whose registers are not saved yet, and on ARMv7 kernel stacks, which it saves
 * them to. Not found: what the handling of another debug exception does. Never watch a word that LDREX and
 * STREX change: the exception between them makes them begin again, for ever.
 */
#ifndef LINTEL_HW_BREAKPOINT_H
#define LINTEL_HW_BREAKPOINT_H

#include <lintel/types.h>

struct mm;
struct pt_regs;

enum hwbp_type { HWBP_EXECUTE, HWBP_READ, HWBP_WRITE, HWBP_ACCESS };

struct hwbp {
	ulong		addr;		/* a word's; watchpoints: within one word (long) */
	u32		len;		/* watchpoints: bytes */
	enum hwbp_type	type;
	struct mm	*mm;		/* user mode of this address space; NULL: the kernel */
	/* addr: of the instruction, or of the access. Of user mode without a handler: SIGTRAP. */
	void		(*fn)(struct hwbp *b, struct pt_regs *regs, ulong addr);
	u32		slot;		/* private */
};

/* On this CPU. -ENOSPC: no slot is free; -EINVAL: none of the above. Any context but NMI. */
int hwbp_set(struct hwbp *b);
void hwbp_clear(struct hwbp *b);

/* From a handler: let what was interrupted do one more instruction, then call fn (which may ask again). */
void debug_step(struct pt_regs *regs, void (*fn)(struct pt_regs *regs));

/* The kernel's breakpoint instruction with this immediate (ARCH_BREAK, asm/bug.h) calls fn, as if it were a
 * breakpoint; regs go on behind the instruction. NULL takes it away. -ENOSPC. */
int break_register(u32 immediate, void (*fn)(struct pt_regs *regs));

/* ---- for the doors ---- */

enum debug_event { DEBUG_EXECUTE, DEBUG_READ, DEBUG_WRITE, DEBUG_STEP, DEBUG_BREAK };

/* One of the kernel, in NMI context. addr: of the access, or the immediate. False: nobody wants it. */
bool debug_kernel(struct pt_regs *regs, enum debug_event event, ulong addr);
/* One of user mode, interrupts on. False: SIGTRAP. */
bool debug_user(struct pt_regs *regs, enum debug_event event, ulong addr);
/* Another exception of the kernel: if it is of the instruction being stepped, the step is over, and the frame as if
 * there had been none. noinstr, before V. */
void debug_step_cancel(struct pt_regs *regs);
/* The task ends. */
void debug_exit(void);

/* ---- each architecture's part, asm/hw_breakpoint.h ---- */

#define HWBP_SLOTS	16U		/* breakpoints; as many watchpoints above */

struct debug_step {
	bool	active;
	u32	off;			/* slots that are off meanwhile, a bit each */
	ulong	pc, masks;		/* of the instruction; what its frame had masked */
	ulong	next[2];		/* where it may go on */
	void	(*fn)(struct pt_regs *regs);
};

/* How many there are. */
u32 arch_hwbp_count(bool watch);
/* A slot's two registers; control 0: off. noinstr. */
void arch_hwbp_write(u32 slot, ulong addr, u32 control);
/* Debug exceptions may come. */
void arch_debug_enable(void);
/* Where the instruction at regs goes on: one or two places, 0 for none; false if it cannot be told. */
bool arch_next(const struct pt_regs *regs, ulong next[2]);
/* A kernel instruction that reads or writes the mask bits is done here, for a step changes them. */
bool arch_step_emulate(struct pt_regs *regs);
/* Begin and end a step of the kernel: everything masked, the next instruction traps. noinstr: end. */
bool arch_step_begin(struct pt_regs *regs, struct debug_step *s);
void arch_step_end(struct pt_regs *regs, struct debug_step *s);
/* May the kernel be stopped where it touches this? */
bool arch_hwbp_allowed(ulong addr, bool watch);

#endif
