// SPDX-License-Identifier: MIT
/*
 * Back traces by the EHABI tables (.ARM.exidx, .ARM.extab) that the compiler makes for every
 * function: they cost no instruction. A trace goes on through exception frames, which lie where
 * the C door's caller, entry.S, had its sp, and through the IRQ stack. Nothing is believed: reads
 * are bounded and go through the exception table.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/kallsyms.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/stacktrace.h>
#include <asm/stack.h>

#define MAX_FRAMES	256
#define EXIDX_CANTUNWIND 1
enum { SP = 13, LR = 14, PC = 15 };

struct exidx { u32 fn, insn; };		/* prel31 offset; table word, or prel31 to it, or 1 */
extern const struct exidx __exidx_start[], __exidx_end[];

/* The compiler's tables name these (and pr0); nothing calls them. */
void __aeabi_unwind_cpp_pr1(void);
void __aeabi_unwind_cpp_pr2(void);
void __aeabi_unwind_cpp_pr1(void) { }
void __aeabi_unwind_cpp_pr2(void) { }

struct unwind { struct stack_trace *to; ulong r[16]; const u32 *insn; u32 byte, left; };

static ulong prel31(const u32 *p)
{
	return (ulong)p + (ulong)((s32)(*p << 1) >> 1);
}

static const struct exidx *find_exidx(ulong pc)
{
	const struct exidx *lo = __exidx_start, *hi = __exidx_end;

	if (pc < (ulong)_text || pc >= (ulong)_etext || lo == hi || pc < prel31(&lo->fn))
		return NULL;
	while (hi - lo > 1) {
		const struct exidx *mid = lo + (hi - lo) / 2;

		if (prel31(&mid->fn) <= pc)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* The instructions: three bytes in the word itself (model 0), or two and some more words. */
static bool start_insns(struct unwind *u, const struct exidx *e)
{
	u32 word;

	if (e->insn == EXIDX_CANTUNWIND)
		return false;
	u->insn = e->insn & BIT(31) ? &e->insn : (const u32 *)prel31(&e->insn);
	word = *u->insn;
	switch (word >> 24) {
	case 0x80:
		u->byte = 2;
		u->left = 3;
		return true;
	case 0x81: case 0x82:
		u->byte = 1;
		u->left = 2 + 4 * (word >> 16 & 0xff);
		return true;
	}
	return false;
}

static u32 next_insn(struct unwind *u)
{
	u32 v;

	if (!u->left)
		return 0xb0;		/* finish */
	u->left--;
	v = *u->insn >> (8 * u->byte) & 0xff;
	if (u->byte-- == 0) {
		u->byte = 3;
		u->insn++;
	}
	return v;
}

static bool within(ulong sp, ulong low, ulong size)
{
	return sp >= low && sp < low + size;
}

/* No other address is read: behind a wrong one there may be a device. */
static bool on_a_stack(ulong sp)
{
	return !(sp & 3) && (within(sp, (ulong)current->stack, THREAD_SIZE) ||
			     within(sp, ALIGN_DOWN(current_stack_pointer(), THREAD_SIZE), THREAD_SIZE) ||
			     within(sp, this_cpu_read(irq_stack_top) - THREAD_SIZE, THREAD_SIZE) ||
			     within(sp, (ulong)firmware_stack, THREAD_SIZE) ||
			     within(sp, this_cpu_read(overflow_stack_top) - OVERFLOW_STACK_SIZE, OVERFLOW_STACK_SIZE));
}

static bool pop(struct unwind *u, u32 mask)
{
	ulong sp = u->r[SP];

	for (u32 i = 0; i < 16; i++, mask >>= 1) {
		u32 v;

		if (!(mask & 1))
			continue;
		if (!on_a_stack(sp) || !arch_probe_word((void *)sp, &v))
			return false;
		u->r[i] = v;
		sp += 4;
	}
	u->r[SP] = sp;
	return true;
}

static u32 uleb128(struct unwind *u)
{
	u32 v = 0, b, shift = 0;

	do {
		b = next_insn(u);
		v |= (b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80 && shift < 28);
	return v;
}

/* One instruction; false for one that cannot be (or that we do not use: VFP pops). */
static bool execute(struct unwind *u, u32 insn)
{
	if (insn < 0x40)
		u->r[SP] += (insn << 2) + 4;
	else if (insn < 0x80)
		u->r[SP] -= ((insn & 0x3f) << 2) + 4;
	else if (insn < 0x90) {
		u32 mask = (insn & 0xf) << 12 | next_insn(u) << 4;
		ulong sp = u->r[SP];

		if (!mask || !pop(u, mask & ~(u32)BIT(SP)))
			return false;
		if (mask & BIT(SP))
			u->r[SP] = sp;	/* never made by compilers for the kernel */
	} else if (insn < 0xa0 && insn != 0x9d && insn != 0x9f)
		u->r[SP] = u->r[insn & 0xf];
	else if (insn >= 0xa0 && insn < 0xb0)
		return pop(u, ((2U << ((insn & 7) + 4)) - 1) & ~0xfU) && (!(insn & 8) || pop(u, BIT(LR)));
	else if (insn == 0xb1)
		return pop(u, next_insn(u) & 0xf);
	else if (insn == 0xb2)
		u->r[SP] += 0x204 + (uleb128(u) << 2);
	else
		return false;
	return true;
}

/* From a function to its caller. `at` lies in the function: a return address less one. */
static bool unwind_one(struct unwind *u, ulong at)
{
	const struct exidx *e = find_exidx(at);
	ulong sp = u->r[SP];
	u32 insn;

	if (!e || !start_insns(u, e))
		return false;
	u->r[PC] = 0;
	while ((insn = next_insn(u)) != 0xb0)
		if (!execute(u, insn))
			return false;
	if (!u->r[PC])
		u->r[PC] = u->r[LR];
	return u->r[PC] != at + 1 || u->r[SP] != sp;
}

/*
 * A function that was interrupted need not be as its table says: that holds between its first instructions and
 * its last. These are looked at one by one.
 */
#define INSN_PUSH(i)		(((i) & 0xffff0000) == 0xe92d0000)	/* push {...} */
#define INSN_PUSH_ONE(i)	(((i) & 0xffff0fff) == 0xe52d0004)	/* str r, [sp, #-4]! */
#define INSN_POP(i)		(((i) & 0xffff0000) == 0xe8bd0000)	/* pop {...} */
#define INSN_POP_ONE(i)		(((i) & 0xffff0fff) == 0xe49d0004)	/* ldr r, [sp], #4 */
#define INSN_SUB_SP(i)		(((i) & 0xfffff000) == 0xe24dd000)	/* sub sp, sp, #n */
#define INSN_ADD_SP(i)		(((i) & 0xfffff000) == 0xe28dd000)	/* add sp, sp, #n */
#define INSN_BRANCH(i)		(((i) & 0x0e000000) == 0x0a000000)	/* b, bl */
#define INSN_BX(i)		(((i) & 0x0fffffd0) == 0x012fff10)	/* bx, blx */
#define INSN_CALL(i)		(((i) & 0x0f000000) == 0x0b000000 || ((i) & 0x0ffffff0) == 0x012fff30)

static u32 insn_at(ulong pc)
{
	return *(const u32 *)pc;
}

static bool in_text(ulong pc)
{
	return !(pc & 3) && pc >= (ulong)_text && pc < (ulong)_etext;
}

/* Could it be an address that somebody returns to? */
static bool is_return(ulong pc)
{
	return in_text(pc) && in_text(pc - 4) && INSN_CALL(insn_at(pc - 4));
}

static u32 imm12(u32 insn)
{
	u32 v = insn & 0xff, turn = insn >> 7 & 0x1e;

	return turn ? v >> turn | v << (32 - turn) : v;
}

/* What the instructions before pc have made of the stack, if they ran one after the other. */
static bool straight(ulong from, ulong pc, u32 *depth, bool *lr_saved)
{
	for (*depth = 0, *lr_saved = false; from < pc; from += 4) {
		u32 i = insn_at(from);
		u32 saved = INSN_PUSH(i) || INSN_POP(i) ? i & 0xffff :
			    INSN_PUSH_ONE(i) || INSN_POP_ONE(i) ? BIT(i >> 12 & 15) : 0;
		u32 bytes = 0;

		if (INSN_BRANCH(i) || INSN_BX(i))
			return false;
		for (u32 rest = saved; rest; rest >>= 1)
			bytes += 4 * (rest & 1);
		if (INSN_PUSH(i) || INSN_PUSH_ONE(i)) {
			*depth += bytes;
			*lr_saved |= !!(saved & BIT(LR));
		} else if (INSN_POP(i) || INSN_POP_ONE(i)) {
			*depth -= bytes;
			*lr_saved &= !(saved & BIT(LR));
		} else if (INSN_SUB_SP(i)) {
			*depth += imm12(i);
		} else if (INSN_ADD_SP(i)) {
			*depth -= imm12(i);
		}
	}
	return true;
}

/* Is lr what the next instructions return to? They are the last ones, then. */
static bool returns_by_lr(ulong pc)
{
	u32 before = insn_at(pc - 4);

	return (insn_at(pc) & 0x0ffffff0) == 0x012fff10 ||		/* bx, not blx */
	       (INSN_POP(before) && before & BIT(LR) && !(before & BIT(PC))) || (before & 0xfffff000) == 0xe49de000;
}

/* From an interrupted function to its caller. */
static bool unwind_exact(struct unwind *u)
{
	ulong pc = u->r[PC], lr = u->r[LR];
	struct unwind whole = *u;
	ulong offset, size;
	u32 depth, total;
	bool ok, lr_saved;

	/* (functions of the same kind share an entry of the table: it does not know where they begin) */
	if (!kallsyms_lookup(pc, &offset, &size) || returns_by_lr(pc))
		goto by_lr;
	if (INSN_POP(insn_at(pc)) && insn_at(pc) & BIT(PC))
		return pop(u, insn_at(pc) & 0xffff) && is_return(u->r[PC]);
	ok = unwind_one(&whole, pc);
	total = (u32)(whole.r[SP] - u->r[SP]);
	if (total < THREAD_SIZE && straight(pc - offset, pc, &depth, &lr_saved) && depth < total) {
		if (!lr_saved) {
			u->r[SP] += depth;
			goto by_lr;
		}
		whole = *u;
		whole.r[SP] -= total - depth;
		ok = unwind_one(&whole, pc);
	}
	if (ok && is_return(whole.r[PC])) {
		*u = whole;
		return true;
	}
by_lr:
	u->r[PC] = lr;
	return is_return(lr);
}

/* The registers of a frame, to go on from. */
static void from_frame(struct unwind *u, const struct pt_regs *regs)
{
	for (u32 i = 0; i < 13; i++)
		u->r[i] = regs->r[i];
	u->r[SP] = regs->sp;
	u->r[LR] = regs->lr;
	u->r[PC] = regs->pc;
}

/* The frame at sp, of which entry.S called C. False where the trace ends. */
static bool through_frame(struct unwind *u)
{
	struct pt_regs *regs = (struct pt_regs *)u->r[SP];
	u32 probe;

	if (u->r[SP] & 7 || !on_a_stack((ulong)regs) || !on_a_stack((ulong)&regs->dacr) ||
	    !arch_probe_word(regs, &probe) || !arch_probe_word(&regs->dacr, &probe))
		return false;
	if (user_mode(regs)) {
		trace_whole(u->to);
		if (!regs->pc && !regs->sp)
			return false;	/* a kernel thread has none */
		trace_note(u->to, "  --- from user mode: pc %08lx, sp %08lx, system call %ld\n", regs->pc,
			   regs->sp, (long)regs->syscallno);
		return false;
	}
	trace_note(u->to, "  --- exception, cpsr %08lx, frame at %p\n", regs->cpsr, (void *)regs);
	from_frame(u, regs);
	return true;
}

static bool in_entry_text(ulong pc)
{
	return pc >= (ulong)__entry_text_start && pc < (ulong)__entry_text_end;
}

/* `exact`: pc is an instruction that was interrupted, not one that will be returned to. */
static void trace(struct unwind *u, bool exact)
{
	for (u32 n = 0; n < MAX_FRAMES; n++) {
		ulong pc = u->r[PC];

		if (in_entry_text(pc)) {
			if (exact) {
				trace_frame(u->to, pc, true);
				trace_whole(u->to);
				return;
			}
			if (!through_frame(u))
				return;
			exact = true;
			continue;
		}
		trace_frame(u->to, pc, exact);
		if (in_text(pc) && pc < (ulong)__entry_text_start)
			trace_whole(u->to);	/* the boot code, which idle came from */
		/* (lr tells who jumped into nowhere) */
		if (exact ? !unwind_exact(u) : !unwind_one(u, pc - 1) || !is_return(u->r[PC]))
			return;
		exact = false;
	}
	trace_note(u->to, "  ... more than %u frames\n", MAX_FRAMES);
}

void __noinline arch_show_trace(struct pt_regs *regs)
{
	struct unwind u = { .left = 0 };

	printk(LOG_EMERG, "Call trace:\n");
	if (regs && user_mode(regs)) {
		printk(LOG_EMERG, "  [<%08lx>] (user mode)\n", regs->pc);
		return;
	}
	if (regs) {
		from_frame(&u, regs);
		trace(&u, true);
		trace_end(NULL);
		return;
	}
	__asm__ volatile("stmia	%0, {r0-r12}" : : "r" (u.r) : "memory");
	u.r[SP] = current_stack_pointer();
	__asm__ volatile("mov	%0, pc" : "=r" (u.r[PC]));
	trace(&u, true);
	trace_end(NULL);
}

void arch_keep_trace(struct pt_regs *regs, struct stack_trace *to)
{
	struct unwind u = { .to = to };

	from_frame(&u, regs);
	trace(&u, true);
}
