/* SPDX-License-Identifier: MIT */
/*
 * Tasks and the scheduler: one run queue per CPU, round robin by the tick, preemption as Kconfig says
 * (docs/sched.md). A task that wakes up goes to an idle CPU if there is one; an idle CPU takes one from another's queue.
 *
 * NEED_RESCHED	now: an idle CPU has got a task, the task may not stay here, a grace period has waited long
 * ..._LAZY	when convenient: the slice is over and somebody waits. The next tick that finds it still set makes it the
 *		other one. So a wake-up, of whatever context, takes the CPU from nobody: it only fills idle ones
 */
#ifndef LINTEL_SCHED_H
#define LINTEL_SCHED_H

#include <lintel/list.h>
#include <lintel/lockdep.h>
#include <lintel/monitor.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include <lintel/thread_info.h>
#include <lintel/ptrace.h>
#include <asm/processor.h>	/* struct thread_struct: callee-saved registers, FP, TLS */

enum task_state { TASK_RUNNING, TASK_SLEEPING, TASK_DEAD };

struct mm;
struct vfork_wait;

struct wait_queue { spinlock_t lock; struct list_head waiters; };	/* lintel/wait.h */

struct task_struct {
	struct thread_info	thread_info;	/* first: TPIDR points at both */
	struct thread_struct	thread;		/* asm/processor.h; offsets in asm-offsets */
	void			*stack;		/* lowest address of the kernel stack */
	enum task_state		state;
	s32			pid, tgid;
	struct task_struct	*parent;
	struct mm		*mm;		/* NULL: kernel thread */
	struct mm		*active_mm;	/* whose page tables are loaded */
	struct list_head	run_list;	/* on the run queue, or empty */
	struct list_head	sibling;	/* in parent's children */
	struct list_head	children;
	u32			slice;		/* ticks left */
	s32			fatal_signal;	/* with TIF_SIGPENDING: die of this signal */
	bool			forgive;	/* lintel(): the next faulting instruction is skipped */
	s32			exit_code;	/* as wait4() reports it */
	s32			exit_signal;	/* sent to (= wakes) the parent at death */
	s32			lockdep_depth;	/* locks held */
	u32			*clear_child_tid; /* user address */
	u64			utime, stime;	/* in jiffies */
	char			comm[16];

	struct list_head	all;		/* every task but the idle task */
	struct task_struct	*group_leader;	/* whose pid is the tgid; outlives its threads */
	u32			nr_threads;	/* leader: tasks of the group that live */
	bool			group_exiting;	/* leader: all must die, of group_code */
	s32			group_code;
	struct wait_queue	child_wait;	/* leader: wait4() sleeps here */
	bool			on_cpu;		/* its stack is in use */
	bool			homeless;	/* it may not run where it ran: finish_switch() moves it */
	cpumask_t		cpus_allowed;
	struct vfork_wait	*vfork;		/* to be told when this task has let go of its mm */
	u32			*set_child_tid;	/* user address, written by the new task itself */
	int			(*kthread_fn)(void *);
	void			*kthread_arg;
#ifdef CONFIG_LOCKDEP
	struct held_lock	held_locks[MAX_HELD_LOCKS];
#endif
#ifdef CONFIG_MONITOR
	struct monitor		monitor;	/* its open crossings, followed through the order */
#endif
};
static_assert(offsetof(struct task_struct, thread_info) == 0, "TPIDR points at thread_info");

extern struct task_struct init_task;	/* pid 0, the boot CPU's idle task */
#define is_idle_task(t)		((t)->pid == 0)

/* Gives up the CPU: 1. picks the next task 2. clears its need-resched flag, emits W(resched) if
 * or NEED_RESCHED_LAZY was set 3. switches. May sleep: task context, interrupts on, preempt count 0. */
void schedule(void);
/* From irqentry_exit: interrupts off in and out; BUGs unless the preempt count is 0. Schedules
 * with interrupts on until no reschedule is wanted. */
void preempt_schedule_irq(void);
/* Finish a switch: called first by a new task. Opens interrupts. */
void schedule_tail(struct task_struct *prev);

void sched_init(void);
struct task_struct *idle_task_create(u32 cpu);	/* and its run queue; NULL */
void sched_cpu_online(void);		/* this CPU takes tasks from here; interrupts off */
void sched_cpu_leave(u32 cpu);		/* that one takes no more, and gives up those that it has */
void sched_cpu_empty(void);		/* by its idle task, interrupts off: none is left; CPU 0 looks at its timers */
/* Where it may run; -EINVAL if none of these is online. It is there at its next switch at the latest, current at
 * once. Children inherit it. Task context. */
int sched_setaffinity(struct task_struct *t, cpumask_t mask);
void sched_tick(bool user, u64 n);	/* from the tick's handler; n: of which some came late */
bool sched_alone(void);		/* nobody waits for this CPU */
void resched_curr(void);		/* set TIF_NEED_RESCHED on current */
/* Makes a sleeping task runnable; nothing for others. Any context but NMI. */
void wake_up_process(struct task_struct *t);
void schedule_idle(void);		/* schedule() of the idle task: preemption off */
void sched_exit(void) __noreturn;	/* the last switch of a dying task; preemption off */
struct task_struct *alloc_task(void);	/* zeroed but for its lists; with a stack; NULL */
void set_current_state(enum task_state s);
void __noreturn cpu_idle_loop(void);	/* kernel/idle.c */

/* A kernel thread, runnable at once; NULL when out of memory. It may call kernel_execve() and
 * return, and is a user task from then on; otherwise returning ends it. Nobody waits for it: what
 * is left of it is freed when it has switched away. */
struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *name);
void kthread_exit(int code) __noreturn;
/* A new program for current, from the initramfs. Returns 0: the frame at the top of the stack
 * leads to its first instruction; or -errno, with a sentence in why[]. kernel/exec.c. */
int kernel_execve(const char *path, const char *const argv[], const char *const envp[],
		  char *why, size_t size);
/* Both end the task with a status as wait4() reports it; the group form takes its threads along. */
void do_exit(int code) __noreturn;
void do_group_exit(int code) __noreturn;
void resume_user_mode_work(struct pt_regs *regs);	/* TIF_NOTIFY_RESUME; emits W(resume) */
/* From the exit loop: a task with a fatal signal dies here; emits W(signal). */
void arch_do_signal_or_restart(struct pt_regs *regs);
/* The current user task must die of `sig`; reported with address and cause. */
void force_sig_fault(int sig, const char *why, ulong addr, struct pt_regs *regs);

/* arch/<arch>: */
struct task_struct *cpu_switch_to(struct task_struct *prev, struct task_struct *next);
/* A new task's first frame and switch context: user task: a copy of the parent's frame with the
 * result 0 and, unless 0, the new stack and TLS; kernel thread: fn(arg) in ret_from_fork(). */
void copy_thread(struct task_struct *p, ulong usp, ulong tls, bool settls,
		 int (*fn)(void *), void *arg);
/* A fresh user frame at the top of current's stack. */
void start_thread(struct pt_regs *regs, ulong pc, ulong sp);
void flush_thread(void);		/* exec: FP and TLS state of a new program */

#endif
