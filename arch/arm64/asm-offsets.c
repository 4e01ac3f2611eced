// SPDX-License-Identifier: MIT
/* What assembly needs to know of C's structures; asm/ptrace.h asserts the frame's offsets too. */
#include <lintel/kbuild.h>
#include <lintel/sched.h>

void asm_offsets(void);
void asm_offsets(void)
{
	DEFINE(S_SIZE, sizeof(struct pt_regs));
	OFFSET(S_X0, struct pt_regs, regs[0]);
	OFFSET(S_LR, struct pt_regs, regs[30]);
	OFFSET(S_SP, struct pt_regs, sp);
	OFFSET(S_PC, struct pt_regs, pc);
	OFFSET(S_PSTATE, struct pt_regs, pstate);
	OFFSET(S_ORIG_X0, struct pt_regs, orig_x0);
	OFFSET(S_PMR, struct pt_regs, pmr);
	OFFSET(S_IRQ, struct pt_regs, irq);
	DEFINE(NMI_PMR_DESIGN, NMI_PMR);
	OFFSET(S_FRAME, struct pt_regs, frame_record);
	OFFSET(TSK_STACK, struct task_struct, stack);
	OFFSET(TI_PERCPU, struct task_struct, thread_info.percpu_offset);
	OFFSET(CTX_X19, struct task_struct, thread.context.x19);
	OFFSET(CTX_X21, struct task_struct, thread.context.x21);
	OFFSET(CTX_X23, struct task_struct, thread.context.x23);
	OFFSET(CTX_X25, struct task_struct, thread.context.x25);
	OFFSET(CTX_X27, struct task_struct, thread.context.x27);
	OFFSET(CTX_FP, struct task_struct, thread.context.fp);
	OFFSET(CTX_SP, struct task_struct, thread.context.sp);
	OFFSET(CTX_PC, struct task_struct, thread.context.pc);
}
/* What one STP or LDP moves must lie side by side. */
#define PAIR(t, a, b)	static_assert(offsetof(t, b) == offsetof(t, a) + 8, #a " and " #b)
PAIR(struct pt_regs, regs[30], sp);
PAIR(struct pt_regs, pc, pstate);
PAIR(struct pt_regs, orig_x0, syscallno);
PAIR(struct pt_regs, pmr, irq);
PAIR(struct cpu_context, x27, x28);
PAIR(struct cpu_context, fp, sp);
