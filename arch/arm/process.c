// SPDX-License-Identifier: MIT
/* Tasks, as far as registers go: the first frame, the switch, the private system calls. */
#include <lintel/crash.h>
#include <lintel/firmware.h>
#include <lintel/bug.h>
#include <lintel/mm.h>
#include <lintel/sched.h>
#include <lintel/string.h>
#include <lintel/syscalls.h>
#include <asm/processor.h>
#include <uapi/lintel.h>

void ret_from_fork(void);	/* entry.S */
struct task_struct *__cpu_switch_to(struct task_struct *prev, struct task_struct *next);
long sys_lintel(struct pt_regs *regs);

/* TPIDRURO, which user mode may read: its thread pointer. TPIDRURW is its own to write. */
static void write_tls(ulong tp)
{
	__asm__ volatile("mcr	p15, 0, %0, c13, c0, 3" : : "r" (tp));
}
static ulong read_tls2(void)
{
	ulong tp;

	__asm__ volatile("mrc	p15, 0, %0, c13, c0, 2" : "=r" (tp));
	return tp;
}
static void write_tls2(ulong tp)
{
	__asm__ volatile("mcr	p15, 0, %0, c13, c0, 2" : : "r" (tp));
}

/* Kernel threads have no user state: what the registers hold is then that of the last task with
 * an mm, and already saved. */
struct task_struct *cpu_switch_to(struct task_struct *prev, struct task_struct *next)
{
	if (prev->mm) {
		vfp_save(&prev->thread.vfp);
		prev->thread.tp2_value = read_tls2();
	}
	if (next->mm) {
		vfp_load(&next->thread.vfp);
		write_tls(next->thread.tp_value);
		write_tls2(next->thread.tp2_value);
	}
	return __cpu_switch_to(prev, next);
}

static struct pt_regs *task_pt_regs(struct task_struct *p)
{
	return (struct pt_regs *)((ulong)p->stack + THREAD_SIZE) - 1;
}

static void copy_user_thread(struct task_struct *p, struct pt_regs *regs, ulong usp)
{
	*regs = *current_pt_regs();
	regs->r[0] = 0;
	if (usp)
		regs->sp = usp;
	vfp_save(&p->thread.vfp);	/* the parent's registers are live */
	p->thread.tp_value = current->thread.tp_value;
	p->thread.tp2_value = read_tls2();
}

void copy_thread(struct task_struct *p, ulong usp, ulong tls, bool settls, int (*fn)(void *),
		 void *arg)
{
	struct pt_regs *regs = task_pt_regs(p);

	memset(&p->thread, 0, sizeof(p->thread));
	if (fn) {
		memset(regs, 0, sizeof(*regs));
		regs->cpsr = USR_MODE;
		p->thread.fn = fn;
		p->thread.arg = arg;
	} else {
		copy_user_thread(p, regs, usp);
	}
	if (settls)
		p->thread.tp_value = tls;
	p->thread.context.sp = (ulong)regs;
	p->thread.context.pc = (ulong)ret_from_fork;
}

void start_thread(struct pt_regs *regs, ulong pc, ulong sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->pc = pc & ~1UL;
	regs->sp = sp;
	regs->cpsr = USR_MODE | (pc & 1 ? PSR_T_BIT : 0);
	regs->syscallno = (ulong)-1;
}

void flush_thread(void)
{
	struct thread_struct *t = &current->thread;

	memset(&t->vfp, 0, sizeof(t->vfp));
	vfp_load(&t->vfp);
	t->tp_value = t->tp2_value = 0;
	write_tls(0);
	write_tls2(0);
}

/* As on Linux: the private range is 0x0f0000 to 0x0f07ff, all else from 0x0f0000 up is no system
 * call at all and gets SIGILL, with r0 untouched. */
long arch_syscall_other(struct pt_regs *regs, long nr)
{
	if ((ulong)nr < __ARM_NR_BASE)
		return -ENOSYS;
	switch (nr) {
	case __NR_lintel:
		return sys_lintel(regs);
	case __ARM_NR_set_tls:
		current->thread.tp_value = regs->r[0];
		write_tls(regs->r[0]);
		return 0;
	case __ARM_NR_get_tls:
		return (long)current->thread.tp_value;
	}
	if ((ulong)nr <= __ARM_NR_end)
		return -ENOSYS;
	force_sig_fault(4, "bad system call number", regs->pc - (thumb_mode(regs) ? 2 : 4), regs);
	return (long)regs->r[0];
}

/* crash.S reads it; one at a time. */
struct { ulong pc, psr; } user_serror_state;
void user_serror(void);

void arch_raise_user_serror(void)
{
	struct pt_regs *regs = current_pt_regs();

	user_serror_state.pc = regs->pc;
	user_serror_state.psr = regs->cpsr;
	regs->pc = (ulong)user_serror;
	regs->cpsr = SVC_MODE | PSR_A_BIT | PSR_I_BIT;
}

noinstr ulong arch_firmware_mask(void)
{
	ulong psr;

	__asm__ volatile("mrs	%0, cpsr\n\tcpsid	aif" : "=r" (psr) :: "memory");
	return psr;
}

void firmware_takes_over(void);

void arch_firmware_event_user(void)
{
	struct pt_regs *regs = current_pt_regs();

	firmware.pc = regs->pc;
	firmware.psr = regs->cpsr;
	regs->pc = (ulong)firmware_takes_over;
	regs->cpsr = SVC_MODE | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT;
}
