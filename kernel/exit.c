// SPDX-License-Identifier: MIT
/*
 * The end of tasks. A dead task is a zombie from do_exit() on, until a wait4() of its parent takes
 * its status; its stack is freed by whoever runs after it. A process is over when the last of its
 * threads is: only then can it be waited for, and are its children handed to init.
 */
#include <lintel/bug.h>
#include <lintel/clone.h>
#include <lintel/errno.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/syscalls.h>
#include <lintel/uaccess.h>
#include <lintel/wait.h>
#include <asm/processor.h>

static const char *const signal_names[] = {
	[1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [5] = "SIGTRAP",
	[6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL", [11] = "SIGSEGV",
	[15] = "SIGTERM", [31] = "SIGSYS",
};

static const char *signal_name(int sig)
{
	if (sig > 0 && (size_t)sig < ARRAY_SIZE(signal_names) && signal_names[sig])
		return signal_names[sig];
	return "a signal";
}

void force_sig_fault(int sig, const char *why, ulong addr, struct pt_regs *regs)
{
	if (current->forgive) {
		current->forgive = false;
		instruction_pointer_set(regs, instruction_pointer(regs) + 4);
		return;
	}
	pr_notice("%s[%d]: killed by %s (%d): %s, address 0x%lx, pc 0x%lx\n", current->comm,
		  current->pid, signal_name(sig), sig, why, addr, instruction_pointer(regs));
	if (current->tgid == 1)
		arch_show_state(regs);
	current->fatal_signal = sig;
	set_ti_thread_flag(current_thread_info(), TIF_SIGPENDING);
}

void arch_do_signal_or_restart(struct pt_regs *regs)
{
	(void)regs;
	clear_ti_thread_flag(current_thread_info(), TIF_SIGPENDING);
	evlog_args(EV_WORK, EV_WORK_SIGNAL, 0);
	if (current->fatal_signal)
		do_group_exit(current->fatal_signal);
}

void resume_user_mode_work(struct pt_regs *regs)
{
	(void)regs;
	clear_ti_thread_flag(current_thread_info(), TIF_NOTIFY_RESUME);
	evlog_args(EV_WORK, EV_WORK_RESUME, 0);
}

/* Without init there is nothing left to do: the machine ends with its status. */
static void __noreturn init_died(int code)
{
	int sig = code & 0x7f;

	if (sig) {
		printk(LOG_EMERG, "init was killed by %s: the machine stops\n", signal_name(sig));
		machine_exit(128 + sig);
	}
	pr_notice("init exited with status %d: the machine stops\n", code >> 8);
	machine_exit(code >> 8);
}

/* Lets go of user memory; the last look at it is the word that says the thread is gone. */
static void exit_mm(struct task_struct *t)
{
	struct mm *mm = t->mm;
	u32 zero = 0;

	if (!mm)
		return;
	if (t->clear_child_tid && READ_ONCE(mm->users) > 1)
		(void)copy_to_user(t->clear_child_tid, &zero, sizeof(zero));
	preempt_disable();
	t->mm = NULL;
	arch_mm_switch(mm, NULL);
	t->active_mm = NULL;
	preempt_enable();
	vfork_done(t);
	mm_put(mm);
}

/* Its first thread may be gone, but not the last one. */
static struct task_struct *find_init(void)
{
	struct task_struct *t;

	list_for_each_entry(t, &all_tasks, all)
		if (t->tgid == 1)
			return t->group_leader;
	panic("BUG: no task is of process 1");
}

static void set_parent(struct task_struct *leader, struct task_struct *parent)
{
	struct task_struct *t;

	leader->parent = parent;
	if (leader->nr_threads <= 1)
		return;
	list_for_each_entry(t, &all_tasks, all)
		if (t->group_leader == leader)
			t->parent = parent;
}

/* tasks_lock held. */
static void reparent_children(struct task_struct *leader)
{
	struct task_struct *child, *next, *init;

	if (list_empty(&leader->children))
		return;
	init = find_init();
	list_for_each_entry_safe(child, next, &leader->children, sibling) {
		list_del_init(&child->sibling);
		list_add_tail(&child->sibling, &init->children);
		set_parent(child, init);
	}
	wake_up(&init->child_wait);
}

/* Preemption off: from the wake-up on the parent may look for this task, and it must not be found
 * half-way when it does. */
static void exit_notify(struct task_struct *t, int code)
{
	struct task_struct *leader = t->group_leader;
	ulong flags = spin_lock_irqsave(&tasks_lock);

	t->exit_code = code;
	list_del_init(&t->all);
	if (!--leader->nr_threads) {
		reparent_children(leader);
		wake_up(&leader->parent->child_wait);
	}
	spin_unlock_irqrestore(&tasks_lock, flags);
}

void __noreturn do_exit(int code)
{
	struct task_struct *t = current;

	if (in_interrupt() || is_idle_task(t))
		panic("BUG: %s[%d] cannot exit here: preempt_count %08x", t->comm, t->pid,
		      preempt_count());
	if (t->tgid == 1 && t->group_leader->nr_threads == 1)
		init_died(t->group_leader->group_exiting ? t->group_leader->group_code : code);
	exit_mm(t);
	preempt_disable();
	debug_exit();
	exit_notify(t, code);
	sched_exit();
}

void __noreturn do_group_exit(int code)
{
	struct task_struct *leader = current->group_leader, *t;
	ulong flags = spin_lock_irqsave(&tasks_lock);

	if (!leader->group_exiting && leader->nr_threads > 1) {
		leader->group_exiting = true;
		leader->group_code = code;
		list_for_each_entry(t, &all_tasks, all) {
			if (t->group_leader != leader || t == current)
				continue;
			t->fatal_signal = SIGKILL;
			set_ti_thread_flag(&t->thread_info, TIF_SIGPENDING);
			wake_up_process(t);
		}
	}
	spin_unlock_irqrestore(&tasks_lock, flags);
	do_exit(code);
}

SYSCALL_DEFINE1(exit, int, code)
{
	do_exit((code & 0xff) << 8);
}

SYSCALL_DEFINE1(exit_group, int, code)
{
	do_group_exit((code & 0xff) << 8);
}

/* ---- wait4 ---- */

#define WNOHANG		0x00000001U
#define WUNTRACED	0x00000002U
#define WCONTINUED	0x00000008U
#define __WNOTHREAD	0x20000000U
#define __WALL		0x40000000U
#define __WCLONE	0x80000000U

struct wait_for { s32 pid; u32 options; bool any; struct task_struct *found; };

/* There are no process groups: 0 and -1 both mean any child. */
static bool eligible(const struct wait_for *w, const struct task_struct *t)
{
	if (w->pid > 0 && t->pid != w->pid)
		return false;
	return (w->options & __WALL) || (t->exit_signal != SIGCHLD) == !!(w->options & __WCLONE);
}

/* Takes a child that is over off the list. True if there is no need to wait: one was found, or
 * there is none to wait for. */
static bool wait_look(struct wait_for *w)
{
	struct task_struct *t;
	ulong flags = spin_lock_irqsave(&tasks_lock);

	w->any = false;
	w->found = NULL;
	list_for_each_entry(t, &current->group_leader->children, sibling) {
		if (!eligible(w, t))
			continue;
		w->any = true;
		if (!t->nr_threads) {
			list_del_init(&t->sibling);
			w->found = t;
			break;
		}
	}
	spin_unlock_irqrestore(&tasks_lock, flags);
	return w->found || !w->any;
}

/* The child's last switch may not be over on another CPU. */
static s32 reap(struct task_struct *t, s32 *status)
{
	s32 pid = t->pid;

	while (__atomic_load_n(&t->on_cpu, __ATOMIC_ACQUIRE))
		cpu_relax();
	*status = t->group_exiting ? t->group_code : t->exit_code;
	kfree(t);
	return pid;
}

/* struct rusage is two struct timeval and 14 longs, all of them longs here. */
#define RUSAGE_SIZE	(18 * sizeof(long))

SYSCALL_DEFINE4(wait4, s32, pid, s32 __user *, ustatus, u32, options, void __user *, rusage)
{
	struct wait_for w = { .pid = pid, .options = options };
	s32 status;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL | __WCLONE))
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	if (pid < -1)
		return -ECHILD;
	if (options & WNOHANG)
		wait_look(&w);
	else if (wait_event_killable(&current->group_leader->child_wait, wait_look(&w)))
		return -EINTR;
	if (!w.found)
		return w.any ? 0 : -ECHILD;
	pid = reap(w.found, &status);
	/* As on Linux, the child is gone even if its status cannot be delivered. */
	if (ustatus && copy_to_user(ustatus, &status, sizeof(status)))
		return -EFAULT;
	if (rusage && clear_user(rusage, RUSAGE_SIZE))
		return -EFAULT;
	return pid;
}
