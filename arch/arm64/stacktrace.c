// SPDX-License-Identifier: MIT
/*
 * Back traces along the frame records (x29), through exception frames and from stack to stack.
 * Trusts nothing: records must lie on one of the current CPU's stacks and lead upwards on it, and
 * are read in a way that survives a fault.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <asm/stack.h>

#define MAX_FRAMES	48

struct stack { const char *name; ulong low, high; };
struct walk { ulong fp, pc; u32 stack; };

/* A chain may only go from a stack to one further down in this list. */
static void find_stacks(struct stack s[3])
{
	ulong overflow = this_cpu_read(overflow_stack_top), irq = this_cpu_read(irq_stack_top);

	s[0] = (struct stack){ "overflow", overflow - THREAD_SIZE, overflow };
	s[1] = (struct stack){ "irq", irq - THREAD_SIZE, irq };
	s[2] = (struct stack){ "thread", (ulong)current->stack, (ulong)current->stack + THREAD_SIZE };
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
static bool on_stacks(struct walk *w, const struct stack s[3], ulong from)
{
	if (w->fp % 8)
		return false;
	for (u32 i = w->stack; i < 3; i++)
		if (w->fp >= s[i].low && w->fp <= s[i].high - 16 &&
		    (i != w->stack || w->fp > from)) {
			if (i != w->stack)
				pr_err(" <%s stack>\n", s[i].name);
			w->stack = i;
			return true;
		}
	return false;
}

static void show_frame(const struct pt_regs *regs)
{
	pr_err(" --- exception at pc %lx, sp %lx, pstate %lx ---\n", (ulong)regs->pc,
	       (ulong)regs->sp, (ulong)regs->pstate);
}

static bool in_entry_text(ulong pc)
{
	return pc >= (ulong)__entry_text_start && pc < (ulong)__entry_text_end;
}

static void walk(struct walk *w)
{
	struct stack s[3];
	ulong from = 0;

	find_stacks(s);
	for (u32 i = 0; i < MAX_FRAMES; i++) {
		bool door = in_entry_text(w->pc);

		pr_err("  [<%016lx>] %pS\n", w->pc, (void *)w->pc);
		/* A door's record is the one inside its frame; from user mode there is none. */
		if (door && !w->fp)
			show_frame(current_pt_regs());
		if (!w->fp)
			return;
		if (!on_stacks(w, s, from)) {
			pr_err("  (x29 = %016lx leads nowhere)\n", w->fp);
			return;
		}
		if (door)
			show_frame(container_of((void *)w->fp, struct pt_regs, frame_record));
		from = w->fp;
		if (!probe(from + 8, &w->pc) || !probe(from, &w->fp))
			return;
	}
	pr_err("  (and so on)\n");
}

void arch_show_trace(struct pt_regs *regs)
{
	struct walk w = { 0 };

	pr_err("Call trace:\n");
	if (!regs) {
		w.fp = (ulong)__builtin_frame_address(0);
		w.pc = (ulong)arch_show_trace;
	} else if (user_mode(regs)) {
		pr_err("  [<%016lx>] (user mode)\n", (ulong)regs->pc);
		return;
	} else {
		w.fp = regs->regs[29];
		w.pc = regs->pc;
	}
	walk(&w);
}
