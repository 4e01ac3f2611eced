// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/ptrace.h>
#include <lintel/uaccess.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>

#define MDSCR_SS	BIT(0)
#define MDSCR_KDE	BIT(13)
#define MDSCR_MDE	BIT(15)
#define DAIF_BITS	((ulong)(PSR_D_BIT | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT))

#define CASE(i, kind)						\
	case i:							\
		write_sysreg(addr, dbg##kind##vr##i##_el1);		\
		write_sysreg(control, dbg##kind##cr##i##_el1);	\
		break;
#define CASES(k)	CASE(0, k) CASE(1, k) CASE(2, k) CASE(3, k) CASE(4, k) CASE(5, k) CASE(6, k) CASE(7, k) \
			CASE(8, k) CASE(9, k) CASE(10, k) CASE(11, k) CASE(12, k) CASE(13, k) CASE(14, k) CASE(15, k)

u32 noinstr arch_hwbp_count(bool watch)
{
	return min((u32)(read_sysreg(id_aa64dfr0_el1) >> (watch ? 20 : 12) & 0xf) + 1, HWBP_SLOTS);
}

void noinstr arch_hwbp_write(u32 slot, ulong addr, u32 control)
{
	if (slot < HWBP_SLOTS)
		switch (slot) { CASES(b) }
	else
		switch (slot - HWBP_SLOTS) { CASES(w) }
	isb();
}

static __always_inline void mdscr_change(ulong clear, ulong set)
{
	ulong v = read_sysreg(mdscr_el1);

	write_sysreg((v & ~clear) | set, mdscr_el1);
	isb();
}

void arch_debug_enable(void)
{
	mdscr_change(0, MDSCR_MDE | MDSCR_KDE);
}

/* Its door saves nothing yet, and has D masked for the most part. */
bool arch_hwbp_allowed(ulong addr, bool watch)
{
	return watch || addr < (ulong)__entry_text_start || addr >= (ulong)__entry_text_end;
}

/* ---- steps ---- */

bool arch_step_begin(struct pt_regs *regs, struct debug_step *s)
{
	s->masks = regs->pstate & DAIF_BITS;
	regs->pstate = (regs->pstate & ~(ulong)PSR_D_BIT) | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT | PSR_SS_BIT;
	mdscr_change(0, MDSCR_SS | MDSCR_KDE | MDSCR_MDE);
	return true;
}

void noinstr arch_step_end(struct pt_regs *regs, struct debug_step *s)
{
	mdscr_change(MDSCR_SS, 0);
	regs->pstate = (regs->pstate & ~(DAIF_BITS | PSR_SS_BIT)) | s->masks;
}

bool arch_step_emulate(struct pt_regs *regs)
{
	u32 insn = *(u32 *)regs->pc, t = insn & 31;
	ulong bits = (insn >> 8 & 0xf) << 6;

	if ((insn & 0xfffff0df) == 0xd50340df)			/* MSR DAIFSet, MSR DAIFClr */
		regs->pstate = insn & 0x20 ? regs->pstate & ~bits : regs->pstate | bits;
	else if ((insn & ~31U) == 0xd51b4220)			/* MSR DAIF, Xt */
		regs->pstate = (regs->pstate & ~DAIF_BITS) | (t == 31 ? 0 : regs->regs[t] & DAIF_BITS);
	else if ((insn & ~31U) == 0xd53b4220 && t != 31)	/* MRS Xt, DAIF */
		regs->regs[t] = regs->pstate & DAIF_BITS;
	else
		return false;
	regs->pc += 4;
	return true;
}

/* The signed field of `bits` bits at `shift`, in instructions. */
static ulong offset(u32 insn, u32 shift, u32 bits)
{
	return (ulong)((long)((s32)(insn << (32 - shift - bits)) >> (32 - bits)) * 4);
}

bool arch_next(const struct pt_regs *regs, ulong next[2])
{
	ulong pc = regs->pc;
	u32 insn;

	if (copy_from_user(&insn, (void __user *)pc, 4))
		return false;
	next[0] = pc + 4;
	next[1] = 0;
	if ((insn & 0x7c000000) == 0x14000000)			/* B, BL */
		next[0] = pc + offset(insn, 0, 26);
	else if ((insn & 0xff000010) == 0x54000000 ||		/* B.cond */
		 (insn & 0x7e000000) == 0x34000000)		/* CBZ, CBNZ */
		next[1] = pc + offset(insn, 5, 19);
	else if ((insn & 0x7e000000) == 0x36000000)		/* TBZ, TBNZ */
		next[1] = pc + offset(insn, 5, 14);
	else if ((insn & 0xff9ffc1f) == 0xd61f0000)		/* BR, BLR, RET */
		next[0] = (insn >> 5 & 31) == 31 ? 0 : regs->regs[insn >> 5 & 31];
	else if ((insn & 0xfe000000) == 0xd6000000)		/* ... with authentication */
		return false;
	return true;
}
