// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/mm.h>
#include <lintel/ptrace.h>
#include <lintel/uaccess.h>
#include <asm/hw_breakpoint.h>
#include "arm.h"

DEFINE_PER_CPU(u32, debug_depth);
bool debug_wanted;

#define AIF_BITS	((ulong)(PSR_A_BIT | PSR_I_BIT | PSR_F_BIT))
/* CP14: DBGBVR and DBGBCR are 4 and 5, DBGWVR and DBGWCR 6 and 7. */
#define CASE(i, v, c)									\
	case i:										\
		__asm__ volatile("mcr p14, 0, %0, c0, c" #i ", " #v "\n\t"			\
				 "mcr p14, 0, %1, c0, c" #i ", " #c : : "r" (addr), "r" (control)); \
		break;
#define CASES(v, c)	CASE(0, v, c) CASE(1, v, c) CASE(2, v, c) CASE(3, v, c) CASE(4, v, c) CASE(5, v, c) \
			CASE(6, v, c) CASE(7, v, c) CASE(8, v, c) CASE(9, v, c) CASE(10, v, c) CASE(11, v, c) \
			CASE(12, v, c) CASE(13, v, c) CASE(14, v, c) CASE(15, v, c)

u32 noinstr arch_hwbp_count(bool watch)
{
	u32 didr;

	__asm__("mrc p14, 0, %0, c0, c0, 0" : "=r" (didr));
	return (watch ? didr >> 28 : didr >> 24 & 0xf) + 1;
}

void noinstr arch_hwbp_write(u32 slot, ulong addr, u32 control)
{
	if (slot < HWBP_SLOTS)
		switch (slot) { CASES(4, 5) }
	else
		switch (slot - HWBP_SLOTS) { CASES(6, 7) }
	isb();
}

void arch_debug_enable(void)
{
	if (debug_wanted)
		return;
	for (u32 i = 0; i < arch_hwbp_count(false); i++)
		arch_hwbp_write(i, 0, 0);
	for (u32 i = 0; i < arch_hwbp_count(true); i++)
		arch_hwbp_write(HWBP_SLOTS + i, 0, 0);
	debug_wanted = true;
	__asm__ volatile("mcr p14, 0, %0, c1, c0, 4\n\tisb" : : "r" (0));	/* DBGOSLAR */
	if (!this_cpu_read(debug_depth))
		write_dscr(read_dscr() | DSCR_MDBGEN);
}

/* The vectors run in modes whose return address a debug exception would destroy, and push onto the stacks there. */
bool arch_hwbp_allowed(ulong addr, bool watch)
{
	if (!watch)
		return addr < (ulong)__entry_text_start || addr >= (ulong)__entry_text_end;
	return !(addr >= VMALLOC_START && addr < VMALLOC_END) &&
	       !(addr >= (ulong)init_stack && addr < (ulong)_end);
}

/* ---- where an A32 instruction goes on ---- */

static ulong reg(const struct pt_regs *regs, u32 n)
{
	return n < 13 ? regs->r[n] : n == 13 ? regs->sp : n == 14 ? regs->lr : regs->pc + 8;
}

static bool fetch(const struct pt_regs *regs, ulong va, ulong *out)
{
	if (user_mode(regs))
		return !copy_from_user(out, (void __user *)va, 4);
	return arch_probe_word((void *)va, (u32 *)out);
}

/* A register, shifted by an immediate. (RRX and shifts by registers write no pc.) */
static ulong shifted(const struct pt_regs *regs, u32 insn)
{
	ulong v = reg(regs, insn & 15);
	u32 by = insn >> 7 & 31;

	switch (insn >> 5 & 3) {
	case 0:		return v << by;
	case 1:		return by ? v >> by : 0;
	case 2:		return (ulong)((long)v >> (by ? by : 31));
	default:	return by ? v >> by | v << (32 - by) : v;
	}
}

static ulong operand2(const struct pt_regs *regs, u32 insn)
{
	u32 by = insn >> 7 & 30, v = insn & 0xff;

	if (!(insn & BIT(25)))
		return shifted(regs, insn);
	return by ? v >> by | v << (32 - by) : v;
}

/* MOV, ADD, SUB and the like with pc as destination. */
static bool next_computed(const struct pt_regs *regs, u32 insn, ulong *to)
{
	ulong a = reg(regs, insn >> 16 & 15), b = operand2(regs, insn);

	switch (insn >> 21 & 15) {
	case 2:		*to = a - b; return true;
	case 3:		*to = b - a; return true;
	case 4:		*to = a + b; return true;
	case 12:	*to = a | b; return true;
	case 13:	*to = b; return true;
	case 14:	*to = a & ~b; return true;
	}
	return false;
}

static bool next_loaded(const struct pt_regs *regs, u32 insn, ulong *to)
{
	ulong base = reg(regs, insn >> 16 & 15);
	ulong by = insn & BIT(25) ? shifted(regs, insn) : insn & 0xfff;

	if (insn & BIT(24))
		base = insn & BIT(23) ? base + by : base - by;
	return fetch(regs, base, to);
}

/* LDM: pc is the highest register, so it comes from the highest word. */
static bool next_multiple(const struct pt_regs *regs, u32 insn, ulong *to)
{
	ulong base = reg(regs, insn >> 16 & 15), n = 0;
	bool up = insn & BIT(23), before = insn & BIT(24);

	for (u32 list = insn & 0xffff; list; list &= list - 1)
		n++;
	if (up)
		return fetch(regs, base + 4 * (n - !before), to);
	return fetch(regs, base - (before ? 4 : 0), to);
}

static bool writes_pc(const struct pt_regs *regs, u32 insn, ulong *to)
{
	if ((insn & 0x0ffffff0) == 0x012fff10 || (insn & 0x0ffffff0) == 0x012fff30) {	/* BX, BLX */
		*to = reg(regs, insn & 15);
		return true;
	}
	if ((insn & 0x0c00f000) == 0x0000f000 && (insn & 0x01900000) != 0x01000000 &&
	    ((insn & 0x02000000) || !(insn & 0x10)))
		return next_computed(regs, insn, to);
	if ((insn & 0x0c50f000) == 0x0410f000 && (insn & 0x02000010) != 0x02000010)
		return next_loaded(regs, insn, to);
	if ((insn & 0x0e108000) == 0x08108000)
		return next_multiple(regs, insn, to);
	*to = 0;
	return true;
}

bool arch_next(const struct pt_regs *regs, ulong next[2])
{
	ulong pc = regs->pc, insn, to = 0;

	next[0] = pc + 4;
	next[1] = 0;
	if (thumb_mode(regs) || !fetch(regs, pc, &insn))
		return false;
	if (insn >> 28 == 15)			/* BLX to Thumb, RFE: not followed; the rest goes straight on */
		return (insn & 0x0e000000) != 0x0a000000 && (insn & 0x0e500000) != 0x08100000;
	if ((insn & 0x0e000000) == 0x0a000000)	/* B, BL */
		to = pc + 8 + (ulong)((long)(insn << 8) >> 6);
	else if (!writes_pc(regs, insn, &to))
		return false;
	if (to & 1)
		return false;
	if (to && insn >> 28 == 14)
		next[0] = to;
	else
		next[1] = to;
	return true;
}

/* Of a watchpoint; QEMU leaves DFSR.WnR alone. In Thumb, a write. */
enum debug_event arm_watch_event(const struct pt_regs *regs)
{
	ulong insn = 0;

	if (thumb_mode(regs) || !fetch(regs, regs->pc, &insn))
		return DEBUG_WRITE;
	return insn & BIT(20) || (insn & 0x0e0000f0) == 0x000000d0 ? DEBUG_READ : DEBUG_WRITE;	/* (LDRD) */
}

/* ---- steps of the kernel ---- */

bool arch_step_begin(struct pt_regs *regs, struct debug_step *s)
{
	u32 first = arch_hwbp_count(false) - 2;

	if (!arch_next(regs, s->next))
		return false;
	arch_debug_enable();
	for (u32 i = 0; i < 2; i++)
		arch_hwbp_write(first + i, s->next[i], s->next[i] ? 0x1e3 : 0);
	s->masks = regs->cpsr & AIF_BITS;
	regs->cpsr |= AIF_BITS;
	return true;
}

void noinstr arch_step_end(struct pt_regs *regs, struct debug_step *s)
{
	u32 first = arch_hwbp_count(false) - 2;

	for (u32 i = 0; i < 2; i++)
		arch_hwbp_write(first + i, 0, 0);
	regs->cpsr = (regs->cpsr & ~AIF_BITS) | s->masks;
}

/* Which bits of CPSR the field mask of an MSR covers; never the mode or the instruction set. */
static ulong msr_bits(u32 insn)
{
	return (insn & BIT(16) ? 0xc0 : 0) | (insn & BIT(17) ? 0x300 : 0) | (insn & BIT(18) ? 0xf0000 : 0) |
	       (insn & BIT(19) ? 0xf8000000 : 0);
}

bool arch_step_emulate(struct pt_regs *regs)
{
	u32 insn = *(u32 *)regs->pc;

	if (thumb_mode(regs))
		return false;
	if ((insn & 0xfffbfe3f) == 0xf1080000) {		/* CPSIE, CPSID; no mode */
		ulong bits = insn & AIF_BITS;

		regs->cpsr = insn & BIT(18) ? regs->cpsr | bits : regs->cpsr & ~bits;
	} else if ((insn & 0xffff0fff) == 0xe10f0000) {		/* MRS Rd, CPSR */
		((ulong *)regs)[insn >> 12 & 15] = regs->cpsr;	/* sp and lr come behind r12 */
	} else if ((insn & 0xfff0fff0) == 0xe120f000) {		/* MSR CPSR_x, Rn */
		ulong bits = msr_bits(insn);

		regs->cpsr = (regs->cpsr & ~bits) | (reg(regs, insn & 15) & bits);
	} else {
		return false;
	}
	regs->pc += 4;
	return true;
}
