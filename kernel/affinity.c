// SPDX-License-Identifier: MIT
/* Which CPUs a task may run on, for programs. As on Linux, masks are as long as the caller says. */
#include <lintel/clone.h>
#include <lintel/errno.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/string.h>
#include <lintel/syscalls.h>
#include <lintel/uaccess.h>

/* tasks_lock held. */
static struct task_struct *find_task(s32 pid)
{
	struct task_struct *t;

	list_for_each_entry(t, &all_tasks, all)
		if (t->pid == pid)
			return t;
	return NULL;
}

static int set_other(s32 pid, cpumask_t mask)
{
	ulong flags = spin_lock_irqsave(&tasks_lock);
	struct task_struct *t = find_task(pid);
	int err = t ? sched_setaffinity(t, mask) : -ESRCH;

	spin_unlock_irqrestore(&tasks_lock, flags);
	return err;
}

SYSCALL_DEFINE3(sched_setaffinity, s32, pid, u32, len, ulong __user *, from)
{
	cpumask_t mask = 0;

	if (copy_from_user(&mask, from, min((size_t)len, sizeof(mask))))
		return -EFAULT;
	return pid && pid != current->pid ? set_other(pid, mask) : sched_setaffinity(current, mask);
}

static int get_mask(s32 pid, cpumask_t *mask)
{
	ulong flags = spin_lock_irqsave(&tasks_lock);
	struct task_struct *t = pid ? find_task(pid) : current;

	if (t)
		*mask = t->cpus_allowed & cpu_online_mask();
	spin_unlock_irqrestore(&tasks_lock, flags);
	return t ? 0 : -ESRCH;
}

SYSCALL_DEFINE3(sched_getaffinity, s32, pid, u32, len, ulong __user *, to)
{
	size_t n = min((size_t)len, sizeof(cpumask_t));
	cpumask_t mask;
	int err;

	if (len * 8 < nr_cpus || len % sizeof(ulong))
		return -EINVAL;
	err = get_mask(pid, &mask);
	if (err)
		return err;
	return copy_to_user(to, &mask, n) ? -EFAULT : (long)n;
}

SYSCALL_DEFINE3(getcpu, u32 __user *, cpu, u32 __user *, node, void __user *, unused)
{
	u32 now = smp_processor_id(), zero = 0;

	(void)unused;
	if (cpu && copy_to_user(cpu, &now, sizeof(now)))
		return -EFAULT;
	return node && copy_to_user(node, &zero, sizeof(zero)) ? -EFAULT : 0;
}
