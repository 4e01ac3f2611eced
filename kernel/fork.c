// SPDX-License-Identifier: MIT
#include <lintel/clone.h>
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/preempt.h>
#include <lintel/string.h>
#include <lintel/syscalls.h>
#include <lintel/uaccess.h>
#include <lintel/wait.h>

#define CLONE_KNOWN	(CSIGNAL | CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |	\
			 CLONE_VFORK | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |	\
			 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_DETACHED |	\
			 CLONE_CHILD_SETTID)

/* Pages that a fork leaves for those who are running already. */
#define FORK_RESERVE	128

LIST_HEAD(all_tasks);
spinlock_t tasks_lock = SPINLOCK_INIT(tasks_lock);

static s32 next_pid(void)
{
	static s32 last;

	return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

struct task_struct *alloc_task(void)
{
	struct task_struct *t = kzalloc(sizeof(*t));
	ulong flags;

	static_assert(sizeof(*t) <= PAGE_SIZE, "task_struct is a kmalloc() object");
	if (!t)
		return NULL;
	t->stack = stack_alloc();
	if (!t->stack) {
		kfree(t);
		return NULL;
	}
	/* schedule_tail() takes this back. */
	t->thread_info.preempt_count = PREEMPT_OFFSET;
	t->state = TASK_SLEEPING;
	t->pid = next_pid();
	t->group_leader = t;
	t->nr_threads = 1;
	INIT_LIST_HEAD(&t->run_list);
	INIT_LIST_HEAD(&t->sibling);
	INIT_LIST_HEAD(&t->children);
	init_waitqueue(&t->child_wait);
	flags = spin_lock_irqsave(&tasks_lock);
	list_add_tail(&t->all, &all_tasks);
	spin_unlock_irqrestore(&tasks_lock, flags);
	return t;
}

void free_task(struct task_struct *t)
{
	ulong flags = spin_lock_irqsave(&tasks_lock);

	list_del_init(&t->all);
	spin_unlock_irqrestore(&tasks_lock, flags);
	stack_free(t->stack);
	kfree(t);
}

static int copy_mm(struct task_struct *t, ulong flags)
{
	if (flags & CLONE_VM) {
		__atomic_fetch_add(&current->mm->users, 1, __ATOMIC_RELAXED);
		t->mm = current->mm;
	} else {
		t->mm = mm_fork(current->mm);
	}
	return t->mm ? 0 : -ENOMEM;
}

/* A thread joins the group and is nobody's child; anything else is a child of the group. tasks_lock held. */
static void join_family(struct task_struct *t, ulong clone_flags)
{
	struct task_struct *leader = current->group_leader;

	if (clone_flags & CLONE_THREAD) {
		t->group_leader = leader;
		t->tgid = leader->tgid;
		t->parent = leader->parent;
		t->exit_signal = -1;
		leader->nr_threads++;
		/* Born into a group that is dying: it dies as well. */
		if (leader->group_exiting) {
			t->fatal_signal = SIGKILL;
			set_ti_thread_flag(&t->thread_info, TIF_SIGPENDING);
		}
	} else {
		t->tgid = t->pid;
		t->parent = leader;
		t->exit_signal = clone_flags & CSIGNAL;
		list_add_tail(&t->sibling, &leader->children);
	}
}

static void inherit(struct task_struct *t)
{
	t->thread = current->thread;
	t->cpus_allowed = current->cpus_allowed;
	t->thread_info.cpu = current_thread_info()->cpu;
	t->thread_info.flags = current_thread_info()->flags & _TIF_CONTEXT_TRACKING;
	t->thread_info.syscall_work = current_thread_info()->syscall_work;
	memcpy(t->comm, current->comm, sizeof(t->comm));
}

static bool clone_flags_ok(ulong flags)
{
	if (flags & ~CLONE_KNOWN)
		return false;
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return false;
	return !(flags & CLONE_SIGHAND) || (flags & CLONE_VM);
}

static int vfork_wait(struct task_struct *child, struct vfork_wait *w)
{
	ulong flags;

	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (READ_ONCE(w->done) || test_thread_flag(TIF_SIGPENDING))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	/* Not done: the child lives, and must not find this stack later. Done: it has left it when the lock is free. */
	flags = spin_lock_irqsave(&tasks_lock);
	if (!w->done)
		child->vfork = NULL;
	spin_unlock_irqrestore(&tasks_lock, flags);
	return w->done ? 0 : -EINTR;
}

void vfork_done(struct task_struct *child)
{
	ulong flags = spin_lock_irqsave(&tasks_lock);

	if (child->vfork) {
		WRITE_ONCE(child->vfork->done, true);
		wake_up_process(child->vfork->parent);
		child->vfork = NULL;
	}
	spin_unlock_irqrestore(&tasks_lock, flags);
}

/* The order of the arguments is that of both architectures: tls before ctid. */
SYSCALL_DEFINE5(clone, ulong, flags, ulong, newsp, u32 __user *, ptid, ulong, tls,
		u32 __user *, ctid)
{
	struct vfork_wait wait = { .parent = current };
	struct task_struct *t;
	ulong irqs;
	s32 pid;

	if (!clone_flags_ok(flags))
		return -EINVAL;
	if (nr_free_pages() < FORK_RESERVE || !(t = alloc_task()))
		return -EAGAIN;
	if (copy_mm(t, flags)) {
		free_task(t);
		return -ENOMEM;
	}
	inherit(t);
	if (flags & CLONE_CHILD_SETTID)
		t->set_child_tid = ctid;
	if (flags & CLONE_CHILD_CLEARTID)
		t->clear_child_tid = ctid;
	if (flags & CLONE_VFORK)
		t->vfork = &wait;
	copy_thread(t, newsp, tls, flags & CLONE_SETTLS, NULL, NULL);
	pid = t->pid;
	if (flags & CLONE_PARENT_SETTID)
		(void)copy_to_user(ptid, &pid, sizeof(pid));
	/* A thread whose group dies between the two would be gone before it is woken. */
	irqs = spin_lock_irqsave(&tasks_lock);
	join_family(t, flags);
	wake_up_process(t);
	spin_unlock_irqrestore(&tasks_lock, irqs);
	if (flags & CLONE_VFORK)
		vfork_wait(t, &wait);
	return pid;
}
