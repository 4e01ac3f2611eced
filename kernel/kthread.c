// SPDX-License-Identifier: MIT
#include <lintel/list.h>
#include <lintel/mm.h>
#include <lintel/sched.h>
#include <lintel/string.h>

/* The function every kernel thread starts in. It returns only in a user task: what the caller
 * (ret_from_fork) does next is return to user mode. */
static int kthread_start(void *arg)
{
	int ret = current->kthread_fn(current->kthread_arg);

	(void)arg;
	if (!current->mm)
		kthread_exit(ret);
	return 0;
}

struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *name)
{
	struct task_struct *t = alloc_task();

	if (!t)
		return NULL;
	t->tgid = t->pid;
	t->cpus_allowed = current->cpus_allowed;
	t->thread_info.cpu = current_thread_info()->cpu;
	t->parent = &init_task;
	t->exit_signal = -1;
	t->kthread_fn = fn;
	t->kthread_arg = arg;
	t->thread_info.flags = current_thread_info()->flags & _TIF_CONTEXT_TRACKING;
	strlcpy(t->comm, name, sizeof(t->comm));
	copy_thread(t, 0, 0, false, kthread_start, NULL);
	wake_up_process(t);
	return t;
}

void __noreturn kthread_exit(int code)
{
	do_exit((code & 0xff) << 8);
}
