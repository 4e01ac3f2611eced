// SPDX-License-Identifier: MIT
#include <lintel/irq.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include <lintel/stacktrace.h>

/* ---- for the architectures' walks ---- */

static ulong last_pc, times;

void trace_end(struct stack_trace *to)
{
	if (to)
		return;
	if (times)
		printk(LOG_EMERG, "  ... and %lu times more\n", times);
	times = last_pc = 0;
}

static void print_frame(ulong pc, bool exact)
{
	if (pc == last_pc) {
		times++;
		return;
	}
	trace_end(NULL);
	last_pc = pc;
	printk(LOG_EMERG, exact ? "  [<%0*lx>] %pS\n" : "  [<%0*lx>] %pB\n", (int)sizeof(long) * 2, pc, (void *)pc);
}

void trace_frame(struct stack_trace *to, ulong pc, bool exact)
{
	if (!to)
		print_frame(pc, exact);
	else if (to->nr < to->max)
		to->pc[to->nr++] = exact ? pc : pc - 1;
}

/* ---- all CPUs ---- */

static void show(struct pt_regs *regs)
{
	ulong pc = instruction_pointer(regs), lr = link_register(regs);

	printk(LOG_EMERG, "cpu %u: backtrace\n", smp_processor_id());
	printk(LOG_EMERG, "  pc %0*lx  lr %0*lx  psr %08lx  task %d \"%.16s\"\n", (int)sizeof(long) * 2, pc,
	       (int)sizeof(long) * 2, lr, regs_psr(regs), current->pid, current->comm);
	arch_show_trace(regs);
}

/* In NMIs, which nothing interrupts: who has it lets it go. */
static arch_spinlock_t one_at_a_time;

static void backtrace_nmi(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
	arch_spin_lock(&one_at_a_time);
	printk_at_once_begin();
	show(get_irq_regs());
	printk_at_once_end();
	arch_spin_unlock(&one_at_a_time);
}

void backtrace_all(void)
{
	if (cpus_others())
		irq_chip->send(cpus_others(), SGI_BACKTRACE);
	if (in_nmi())
		backtrace_nmi(SGI_BACKTRACE, NULL);
	else
		irq_chip->send_self(SGI_BACKTRACE);
}

void backtrace_init(void)
{
	int err = request_nmi(SGI_BACKTRACE, backtrace_nmi, NULL, "backtrace");

	if (err)
		pr_err("no back traces on request: interrupt %u: error %d\n", SGI_BACKTRACE, -err);
}
