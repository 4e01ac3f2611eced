// SPDX-License-Identifier: MIT
/*
 * Back traces along the frame records (x29), through exception frames and from stack to stack.
 * Trusts nothing: records must lie on one of the current CPU's stacks and lead upwards on it, and
 * are read in a way that survives a fault.
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

struct stack { const char *name; ulong low, high; };
struct walk {
	struct stack_trace *to;
	ulong fp, pc;
	ulong lr;			/* with `exact` */
	u32 stack;
	bool exact;			/* pc: interrupted, not returned to */
};

#define STACKS	4

/* A chain may only go from a stack to one further down in this list. */
static void find_stacks(struct stack s[STACKS])
{
	ulong overflow = this_cpu_read(overflow_stack_top), irq = this_cpu_read(irq_stack_top);
	ulong thread = (ulong)current->stack;

	s[0] = (struct stack){ "overflow", overflow - THREAD_SIZE, overflow };
	s[1] = (struct stack){ "firmware", (ulong)firmware_stack, (ulong)firmware_stack + THREAD_SIZE };
	s[2] = (struct stack){ "irq", irq - THREAD_SIZE, irq };
	s[3] = (struct stack){ "thread", thread, thread + THREAD_SIZE };
}

static bool probe(ulong va, ulong *out)
{
	u32 low, high;

	if (!arch_probe_word((void *)va, &low) || !arch_probe_word((void *)(va + 4), &high))
		return false;
	*out = (ulong)high << 32 | low;
	return true;
}

/* Is there a record at w->fp, above `from` if it is on the same stack as before? */
static bool on_stacks(struct walk *w, const struct stack s[STACKS], ulong from)
{
	if (w->fp % 8)
		return false;
	for (u32 i = w->stack; i < STACKS; i++)
		if (w->fp >= s[i].low && w->fp <= s[i].high - 16 &&
		    (i != w->stack || w->fp > from)) {
			if (from && i != w->stack)
				trace_note(w->to, " <%s stack>\n", s[i].name);
			w->stack = i;
			return true;
		}
	return false;
}

static void show_frame(const struct pt_regs *regs, struct stack_trace *to)
{
	trace_note(to, " --- %s mode, pc %lx, sp %lx, pstate %lx ---\n", user_mode(regs) ? "user" : "kernel",
		   (ulong)regs->pc, (ulong)regs->sp, (ulong)regs->pstate);
}

/* Is the record at fp the one that a door planted inside its frame? Then the frame holds the same
 * two values again, and is a kernel frame. */
static bool in_frame(ulong fp, const struct stack *s)
{
	const struct pt_regs *regs = container_of((void *)fp, struct pt_regs, frame_record);

	return (ulong)regs >= s->low && (ulong)(regs + 1) <= s->high && (ulong)regs % 16 == 0 &&
	       (regs->pstate & PSR_MODE_MASK) == PSR_MODE_EL1h &&
	       regs->pc == regs->frame_record[1] && regs->regs[29] == regs->frame_record[0];
}

/*
 * The interrupted function may have no record, none yet or none any more: then its caller is in lr. If it has
 * one, lr is there as well, or is of a call that it made itself.
 */
static bool caller_in_lr(const struct walk *w, ulong recorded)
{
	const char *function, *caller;
	ulong offset, size;

	if (w->lr == recorded || (w->lr >= (ulong)__entry_text_start && w->lr < (ulong)__entry_text_end))
		return false;
	function = kallsyms_lookup(w->pc, &offset, &size);
	caller = kallsyms_lookup(w->lr - 1, &offset, &size);
	return function && caller && function != caller;
}

static void show_caller(const struct walk *w)
{
	ulong recorded = 0;

	if (w->fp && !probe(w->fp + 8, &recorded))
		return;
	if (caller_in_lr(w, recorded))
		trace_frame(w->to, w->lr, false);
}

static void walk(struct walk *w)
{
	struct stack s[STACKS];
	ulong from = 0;

	find_stacks(s);
	for (u32 i = 0; i < MAX_FRAMES; i++) {
		bool leads;

		trace_frame(w->to, w->pc, w->exact);
		leads = w->fp && on_stacks(w, s, from);
		if (w->exact && (!w->fp || leads))
			show_caller(w);
		/* Doors from user mode end the chain. */
		if (!w->fp && current->mm && user_mode(current_pt_regs()))
			show_frame(current_pt_regs(), w->to);
		if (!w->fp) {
			trace_whole(w->to);
			return;
		}
		if (!leads) {
			trace_note(w->to, "  (x29 = %016lx leads nowhere)\n", w->fp);
			return;
		}
		from = w->fp;
		w->exact = in_frame(from, &s[w->stack]);
		if (w->exact) {
			struct pt_regs *regs = container_of((void *)from, struct pt_regs, frame_record);

			show_frame(regs, w->to);
			w->lr = regs->regs[30];
		}
		if (!probe(from + 8, &w->pc) || !probe(from, &w->fp))
			return;
	}
	trace_note(w->to, "  (and so on)\n");
}

void arch_show_trace(struct pt_regs *regs)
{
	struct walk w = { .exact = true };

	printk(LOG_EMERG, "Call trace:\n");
	if (!regs) {
		w.fp = (ulong)__builtin_frame_address(0);
		w.pc = (ulong)arch_show_trace;
	} else if (user_mode(regs)) {
		printk(LOG_EMERG, "  [<%016lx>] (user mode)\n", (ulong)regs->pc);
		return;
	} else {
		w.fp = regs->regs[29];
		w.pc = regs->pc;
		w.lr = regs->regs[30];
	}
	walk(&w);
	trace_end(NULL);
}

void arch_keep_trace(struct pt_regs *regs, struct stack_trace *to)
{
	struct walk w = { .to = to, .fp = regs->regs[29], .pc = regs->pc, .lr = regs->regs[30], .exact = true };

	walk(&w);
}
