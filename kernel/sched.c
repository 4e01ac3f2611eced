// SPDX-License-Identifier: MIT
/*
 * One FIFO of runnable tasks for each CPU; the running task is not on it. The tick takes the CPU
 * away after a slice; whoever loses it goes to the end. A run queue belongs to its CPU and is
 * guarded by masked interrupts: one CPU runs in this version.
 */
#include <lintel/bug.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/uaccess.h>
#include <lintel/wait.h>

#define SLICE_TICKS	3

struct rq { struct list_head queue; struct task_struct *idle; };
static DEFINE_PER_CPU(struct rq, runqueue);

struct task_struct init_task = {
	.thread_info = { .flags = _TIF_IDLE, .preempt_count = PREEMPT_OFFSET },
	.stack = init_stack,
	.state = TASK_RUNNING,
	.parent = &init_task,
	.group_leader = &init_task,
	.nr_threads = 1,
	.on_cpu = true,
	.run_list = LIST_HEAD_INIT(init_task.run_list),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.children = LIST_HEAD_INIT(init_task.children),
	.all = LIST_HEAD_INIT(init_task.all),
	.child_wait = { LIST_HEAD_INIT(init_task.child_wait.waiters) },
	.comm = "idle",
};

void sched_init(void)
{
	struct rq *rq = this_cpu_ptr(&runqueue);

	INIT_LIST_HEAD(&rq->queue);
	rq->idle = current;
}

/* Interrupts off. */
static struct task_struct *pick_next(struct rq *rq)
{
	struct task_struct *next;

	if (list_empty(&rq->queue))
		return rq->idle;
	next = list_first_entry(&rq->queue, struct task_struct, run_list);
	list_del_init(&next->run_list);
	return next;
}

static void clear_tsk_need_resched(struct task_struct *t)
{
	if (t->thread_info.flags & _TIF_NEED_RESCHED) {
		clear_ti_thread_flag(&t->thread_info, TIF_NEED_RESCHED);
		evlog_args(EV_WORK, EV_WORK_RESCHED, 0);
	}
}

/*
 * On the next task's stack: the previous one has really stopped. A dead one's stack could not go
 * before; the rest of it stays for wait4(), unless nobody waits. Interrupts off.
 */
static void finish_switch(struct task_struct *prev)
{
	void *stack = prev->stack;
	bool dead = prev->state == TASK_DEAD, forget = prev->exit_signal < 0;

	if (likely(!dead)) {
		WRITE_ONCE(prev->on_cpu, false);
		return;
	}
	prev->stack = NULL;
	WRITE_ONCE(prev->on_cpu, false);
	stack_free(stack);
	if (forget)
		kfree(prev);
}

/* A kernel thread goes on with whatever user tables are loaded: it never looks at them, and the
 * next user task is often the one that was there before. */
static void switch_mm(struct task_struct *prev, struct task_struct *next)
{
	next->active_mm = prev->active_mm;
	if (next->mm && next->mm != prev->active_mm) {
		arch_mm_switch(prev->active_mm, next->mm);
		next->active_mm = next->mm;
	}
}

static void context_switch(struct task_struct *prev, struct task_struct *next)
{
	next->thread_info.cpu = prev->thread_info.cpu;
	next->thread_info.percpu_offset = prev->thread_info.percpu_offset;
	WRITE_ONCE(next->on_cpu, true);
	switch_mm(prev, next);
	finish_switch(cpu_switch_to(prev, next));
}

/* Preemption off, and stays so for both tasks; interrupts off out. A preempted task keeps its
 * place in the round even if it had just decided to sleep: it will come back and do so. */
static void __schedule(bool preempted)
{
	struct task_struct *prev = current, *next;
	struct rq *rq;

	local_irq_disable();
	rq = this_cpu_ptr(&runqueue);
	clear_tsk_need_resched(prev);
	if (prev != rq->idle && (preempted || prev->state == TASK_RUNNING))
		list_add_tail(&prev->run_list, &rq->queue);
	next = pick_next(rq);
	next->slice = SLICE_TICKS;
	if (next != prev)
		context_switch(prev, next);
}

/* False where going on would be worse than not to schedule. */
static bool may_schedule(void)
{
	not_in_nmi("schedule()");
	if (in_nmi())
		return false;
	if (unlikely(preempt_count() || irqs_disabled()))
		panic("BUG: schedule() in atomic context: %s[%d], preempt_count %08x%s", current->comm, current->pid,
		      preempt_count(), irqs_disabled() ? ", interrupts off" : "");
	return true;
}

void schedule(void)
{
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY) && !may_schedule())
		return;
	do {
		preempt_disable();
		__schedule(false);
		local_irq_enable();
		preempt_enable_no_resched();
	} while (test_thread_flag(TIF_NEED_RESCHED));
}

void schedule_idle(void)
{
	__schedule(false);
	local_irq_enable();
}

void preempt_schedule(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPTION) || preempt_count() || irqs_disabled())
		return;
	do {
		preempt_disable();
		__schedule(true);
		local_irq_enable();
		preempt_enable_no_resched();
	} while (test_thread_flag(TIF_NEED_RESCHED));
}

void preempt_schedule_irq(void)
{
	BUG_ON(preempt_count() || !irqs_disabled());
	do {
		preempt_disable();
		local_irq_enable();
		__schedule(true);
		preempt_enable_no_resched();
	} while (test_thread_flag(TIF_NEED_RESCHED));
}

void schedule_tail(struct task_struct *prev)
{
	u32 *tid = current->set_child_tid;

	finish_switch(prev);
	local_irq_enable();
	preempt_enable();
	/* As on Linux, a bad address is the program's own business. */
	if (tid)
		(void)copy_to_user(tid, &current->pid, sizeof(current->pid));
}

void __noreturn sched_exit(void)
{
	local_irq_disable();
	clear_tsk_need_resched(current);
	current->state = TASK_DEAD;
	evlog_args(EV_WORK, EV_WORK_EXIT, 0);
	__schedule(false);
	panic("BUG: %s[%d] runs after its death", current->comm, current->pid);
}

void resched_curr(void)
{
	set_ti_thread_flag(current_thread_info(), TIF_NEED_RESCHED);
}

void set_current_state(enum task_state s)
{
	WRITE_ONCE(current->state, s);
	barrier();
}

void wake_up_process(struct task_struct *t)
{
	struct rq *rq = this_cpu_ptr(&runqueue);
	ulong flags;

	not_in_nmi("wake_up_process()");
	flags = local_irq_save();
	if (t->state == TASK_SLEEPING) {
		WRITE_ONCE(t->state, TASK_RUNNING);
		/* Not if it has not left yet, or was preempted on its way to sleep. */
		if (t != current && list_empty(&t->run_list))
			list_add_tail(&t->run_list, &rq->queue);
		if (current == rq->idle)
			resched_curr();
	}
	local_irq_restore(flags);
}

void wake_up(struct wait_queue *q)
{
	struct waiter *w;
	ulong flags;

	not_in_nmi("wake_up()");
	flags = local_irq_save();
	list_for_each_entry(w, &q->waiters, list)
		wake_up_process(w->task);
	local_irq_restore(flags);
}

/* Hardirq: the tick. */
void sched_tick(bool user)
{
	struct task_struct *t = current;

	if (user)
		t->utime++;
	else
		t->stime++;
	if (t->slice)
		t->slice--;
	if (!t->slice && !list_empty(&this_cpu_ptr(&runqueue)->queue))
		resched_curr();
}
