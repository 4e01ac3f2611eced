// SPDX-License-Identifier: MIT
/* The architecture's half of tasks: first frame, first switch, switches. */
#include <lintel/crash.h>
#include <lintel/firmware.h>
#include <lintel/nmi.h>
#include <lintel/sched.h>
#include <lintel/preempt.h>
#include <lintel/string.h>
#include <asm/sysreg.h>
#include <asm/uaccess.h>

struct task_struct *__cpu_switch_to(struct task_struct *prev, struct task_struct *next);
void ret_from_fork_asm(void);

/* Kernel threads leave the user's FP, SIMD and TLS registers alone, and have none to keep. */
struct task_struct *cpu_switch_to(struct task_struct *prev, struct task_struct *next)
{
	if (prev->mm) {
		prev->thread.tp_value = read_sysreg(tpidr_el0);
		fpsimd_save(&prev->thread.fpsimd);
	}
	if (next->mm) {
		write_sysreg(next->thread.tp_value, tpidr_el0);
		fpsimd_load(&next->thread.fpsimd);
	}
	return __cpu_switch_to(prev, next);
}

static struct pt_regs *task_pt_regs(struct task_struct *p)
{
	return (struct pt_regs *)((ulong)p->stack + THREAD_SIZE) - 1;
}

/* Empty, but that interrupts are on, by either mask. */
static void irqs_on_frame(struct pt_regs *regs, u64 mode)
{
	memset(regs, 0, sizeof(*regs));
	regs->pstate = mode;
	if (IS_ENABLED(CONFIG_NMI_PMR))
		regs->pmr = PMR_IRQS_ON;
}

void copy_thread(struct task_struct *p, ulong usp, ulong tls, bool settls,
		 int (*fn)(void *), void *arg)
{
	struct pt_regs *regs = task_pt_regs(p);

	memset(&p->thread, 0, sizeof(p->thread));
	p->thread.context.sp = (ulong)regs;
	p->thread.context.pc = (ulong)ret_from_fork_asm;
	if (fn) {
		irqs_on_frame(regs, PSR_MODE_EL1h);
		p->thread.fn = fn;
		p->thread.arg = arg;
		return;
	}
	*regs = *current_pt_regs();
	regs->regs[0] = 0;
	if (usp)
		regs->sp = usp;
	/* The parent's own registers are the newest: if it was switched away, they are back. */
	p->thread.tp_value = settls ? tls : read_sysreg(tpidr_el0);
	fpsimd_save(&p->thread.fpsimd);
}

void start_thread(struct pt_regs *regs, ulong pc, ulong sp)
{
	irqs_on_frame(regs, PSR_MODE_EL0t);
	regs->pc = pc;
	regs->sp = sp;
}

void flush_thread(void)
{
	struct thread_struct *t = &current->thread;

	preempt_disable();
	t->tp_value = 0;
	memset(&t->fpsimd, 0, sizeof(t->fpsimd));
	write_sysreg(0, tpidr_el0);
	fpsimd_load(&t->fpsimd);
	preempt_enable();
}

#define ALL_MASKED	(PSR_D_BIT | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT)

/* crash.S reads it; one at a time. */
struct { ulong pc, psr; } user_serror_state;
void user_serror(void);

void arch_raise_user_serror(void)
{
	struct pt_regs *regs = current_pt_regs();

	user_serror_state.pc = regs->pc;
	user_serror_state.psr = regs->pstate;
	regs->pc = (ulong)user_serror;
	regs->pstate = PSR_MODE_EL1h | ALL_MASKED;
}

static __always_inline bool has_allint(void)
{
	return nmi_by_irq() && !nmi_by_pmr();
}

noinstr ulong arch_firmware_mask(void)
{
	ulong psr = PSR_MODE_EL1h | read_sysreg(daif);

	__asm__ volatile("msr	daifset, #15" ::: "memory");
	if (has_allint()) {
		psr |= read_sysreg(ALLINT);
		nmi_mask();
	}
	if (arch_has_user_window()) {
		psr |= read_sysreg(s3_0_c4_c2_3) & PSR_PAN_BIT;
		arch_set_user_window(false);
	}
	return psr;
}

void firmware_takes_over(void);

void arch_firmware_event_user(void)
{
	struct pt_regs *regs = current_pt_regs();

	firmware.pc = regs->pc;
	firmware.psr = regs->pstate;
	regs->pc = (ulong)firmware_takes_over;
	regs->pstate = PSR_MODE_EL1h | ALL_MASKED | (has_allint() ? 1UL << PSR_ALLINT_BIT : 0) |
		       (arch_has_user_window() ? PSR_PAN_BIT : 0);
}
