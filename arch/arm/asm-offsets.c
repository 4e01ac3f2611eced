// SPDX-License-Identifier: MIT
/* What assembly needs to know of C's structures: becomes <asm/asm-offsets.h>. */
#include <lintel/kbuild.h>
#include <lintel/boot.h>
#include <lintel/sched.h>

void asm_offsets(void);
void asm_offsets(void)
{
	OFFSET(S_SP, struct pt_regs, sp);
	OFFSET(S_LR, struct pt_regs, lr);
	OFFSET(S_PC, struct pt_regs, pc);
	OFFSET(S_PSR, struct pt_regs, cpsr);
	OFFSET(S_ORIG_R0, struct pt_regs, orig_r0);
	OFFSET(S_SYSCALLNO, struct pt_regs, syscallno);
	OFFSET(S_DACR, struct pt_regs, dacr);
	DEFINE(S_FRAME_SIZE, sizeof(struct pt_regs));
	DEFINE(FIQ_BANKS_SIZE, sizeof(struct fiq_banks));
	OFFSET(TSK_STACK, struct task_struct, stack);
	OFFSET(TI_PERCPU_OFFSET, struct thread_info, percpu_offset);
	OFFSET(TSK_CONTEXT, struct task_struct, thread.context);
	OFFSET(VFP_FPSCR, struct vfp_state, fpscr);
	DEFINE(BOOT_INFO_SIZE, sizeof(struct boot_info));
}
