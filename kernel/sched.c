// SPDX-License-Identifier: MIT
/*
 * One FIFO of runnable tasks for each CPU; the running task is not on it. The tick takes the CPU away after a
 * slice; whoever loses it goes to the end.
 *
 * A run queue's lock guards the queue and the state of the tasks whose CPU it is: those on the queue, the one
 * that runs, and those that sleep and ran there last. It is held for a few instructions, interrupts off, and
 * nothing else is taken inside, so lockdep is not told. A task that is runnable and nowhere is in somebody's
 * hands, who puts it onto a queue: nobody else touches it. As long as its stack is in use (on_cpu) it
 * may be on no queue but that CPU's own.
 */
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/uaccess.h>
#include <lintel/wait.h>
#include <asm/barrier.h>

#define SLICE_TICKS	3

struct rq {
	arch_spinlock_t		lock;
	struct list_head	queue;
	struct task_struct	*curr, *idle;
	bool			online;		/* it takes tasks */
};
static DEFINE_PER_CPU(struct rq, runqueue);
#define cpu_rq(cpu)	per_cpu_ptr(&runqueue, cpu)

struct task_struct init_task = {
	.thread_info = { .flags = _TIF_IDLE, .preempt_count = PREEMPT_OFFSET },
	.stack = init_stack,
	.state = TASK_RUNNING,
	.parent = &init_task,
	.group_leader = &init_task,
	.nr_threads = 1,
	.on_cpu = true,
	.cpus_allowed = CPU_MASK_ALL,
	.run_list = LIST_HEAD_INIT(init_task.run_list),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.children = LIST_HEAD_INIT(init_task.children),
	.all = LIST_HEAD_INIT(init_task.all),
	.child_wait = WAIT_QUEUE_INIT(init_task.child_wait),
	.comm = "idle",
};

static void rq_init(struct rq *rq, struct task_struct *idle)
{
	INIT_LIST_HEAD(&rq->queue);
	rq->curr = rq->idle = idle;
}

void sched_init(void)
{
	struct rq *rq = this_cpu_ptr(&runqueue);

	rq_init(rq, current);
	rq->online = true;
}

/* ---- which CPU ---- */

static bool may_run_on(const struct task_struct *t, u32 cpu)
{
	return READ_ONCE(t->cpus_allowed) & CPU_MASK(cpu);
}

/* The task runs nowhere, and is the caller's. */
static void set_task_cpu(struct task_struct *t, u32 cpu)
{
	t->thread_info.percpu_offset = per_cpu_offset[cpu];
	WRITE_ONCE(t->thread_info.cpu, cpu);
	context_tracking_task(&t->thread_info, cpu);
}

static struct rq *lock_task_rq(struct task_struct *t)
{
	for (;;) {
		u32 cpu = READ_ONCE(t->thread_info.cpu);
		struct rq *rq = cpu_rq(cpu);

		arch_spin_lock(&rq->lock);
		if (READ_ONCE(t->thread_info.cpu) == cpu)
			return rq;
		arch_spin_unlock(&rq->lock);
	}
}

/* Somebody else may be faster: this is no promise. */
static bool is_idle_cpu(u32 cpu)
{
	struct rq *rq = cpu_rq(cpu);

	return READ_ONCE(rq->curr) == rq->idle && list_empty(&rq->queue);
}

/* Where it ran last, if that is idle; else one that is. A task that may run only where no CPU is runs anywhere. */
static u32 select_cpu(const struct task_struct *t)
{
	u32 last = t->thread_info.cpu, cpu;
	cpumask_t can;

	if (!smp_several)
		return last;
	can = cpu_active_mask() & READ_ONCE(t->cpus_allowed);
	can = can ? can : cpu_active_mask();
	if ((can & CPU_MASK(last)) && is_idle_cpu(last))
		return last;
	for_each_cpu(cpu, can)
		if (is_idle_cpu(cpu))
			return cpu;
	return can & CPU_MASK(last) ? last : cpu_first(can);
}

/* CPUs on whose queues tasks wait, so that who looks for one need not look at all. A bit may be too many. */
static cpumask_t cpus_queued;

/* Its lock is held. */
static void mark_queue(struct rq *rq, u32 cpu)
{
	bool marked = __atomic_load_n(&cpus_queued, __ATOMIC_RELAXED) & CPU_MASK(cpu), queued = !list_empty(&rq->queue);

	if (!smp_several || marked == queued)
		return;
	if (queued)
		__atomic_fetch_or(&cpus_queued, CPU_MASK(cpu), __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&cpus_queued, ~CPU_MASK(cpu), __ATOMIC_RELAXED);
}

/* The running task of a CPU shall give way. Its lock is held. */
static void resched_rq(struct rq *rq)
{
	struct thread_info *ti = &rq->curr->thread_info;

	set_ti_thread_flag(ti, TIF_NEED_RESCHED);
	if (ti->cpu != smp_processor_id())
		smp_send_reschedule(ti->cpu);
}

/* Its tick may be stopped, and is wanted again; another CPU finds out when the interrupt returns. */
static void needs_tick(u32 cpu)
{
	if (cpu == smp_processor_id())
		tick_nohz_full_update();
	else
		smp_send_reschedule(cpu);
}

static void enqueue(struct rq *rq, struct task_struct *t)
{
	u32 cpu = rq->idle->thread_info.cpu;

	list_add_tail(&t->run_list, &rq->queue);
	mark_queue(rq, cpu);
	if (rq->curr == rq->idle)
		resched_rq(rq);
	else if (is_nohz_full(cpu))
		needs_tick(cpu);
}

/* A task that is runnable and nowhere. Interrupts off. */
static void place(struct task_struct *t)
{
	bool placed = false;

	while (!placed) {
		u32 cpu = select_cpu(t);
		struct rq *rq = cpu_rq(cpu);

		arch_spin_lock(&rq->lock);
		placed = rq->online;
		if (placed) {
			set_task_cpu(t, cpu);
			enqueue(rq, t);
		}
		arch_spin_unlock(&rq->lock);
	}
}

/* One that waits elsewhere and may come here. */
static struct task_struct *find_to_pull(struct rq *from, u32 cpu)
{
	struct task_struct *t;

	list_for_each_entry(t, &from->queue, run_list)
		if (!__atomic_load_n(&t->on_cpu, __ATOMIC_ACQUIRE) && may_run_on(t, cpu))
			return t;
	return NULL;
}

/*
 * A CPU with nothing to do takes a task from another. Interrupts off, no lock held. The one that has had a nohz_full CPU
 * for itself comes here when it sleeps. (Not inline: whoever switches to a task that is there pays nothing.)
 */
static __noinline void pull(struct rq *rq, u32 cpu)
{
	struct task_struct *t = NULL;
	u32 other;

	if (is_nohz_full(cpu))
		tick_nohz_full_account();
	for_each_cpu(other, cpus_others() & __atomic_load_n(&cpus_queued, __ATOMIC_RELAXED)) {
		struct rq *from = cpu_rq(other);

		arch_spin_lock(&from->lock);
		t = find_to_pull(from, cpu);
		if (t) {
			list_del_init(&t->run_list);
			set_task_cpu(t, cpu);
		}
		mark_queue(from, other);
		arch_spin_unlock(&from->lock);
		if (t)
			break;
	}
	if (!t)
		return;
	arch_spin_lock(&rq->lock);
	list_add_tail(&t->run_list, &rq->queue);
	arch_spin_unlock(&rq->lock);
}

/* ---- switching ---- */

/* The run queue's lock is held. */
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
	if (clear_need_resched(&t->thread_info))
		evlog_args(EV_WORK, EV_WORK_RESCHED, 0);
}

/*
 * On the next task's stack: the previous one has really stopped. A dead one's stack could not go
 * before; the rest of it stays for wait4(), unless nobody waits. One that may not stay here goes
 * elsewhere. From the store on it may be running there, or be gone. Interrupts off.
 */
static void finish_switch(struct task_struct *prev)
{
	void *stack = prev->stack;
	bool dead = prev->state == TASK_DEAD, forget = prev->exit_signal < 0, homeless = prev->homeless;

	prev->homeless = false;
	if (dead)
		prev->stack = NULL;
	__atomic_store_n(&prev->on_cpu, false, __ATOMIC_RELEASE);
	if (unlikely(homeless))
		place(prev);
	if (likely(!dead))
		return;
	stack_free(stack);
	if (forget)
		kfree(prev);
}

/*
 * A kernel thread goes on with whatever user tables are loaded: it never looks at them, and the
 * next user task is often the one that was there before. With several CPUs it has none: the process could
 * end elsewhere meanwhile, and the tables with it.
 */
static void switch_mm(struct task_struct *prev, struct task_struct *next)
{
	next->active_mm = prev->active_mm;
	if (smp_several && !next->mm && prev->active_mm) {
		arch_mm_switch(prev->active_mm, NULL);
		next->active_mm = NULL;
	}
	if (next->mm && next->mm != prev->active_mm) {
		arch_mm_switch(prev->active_mm, next->mm);
		next->active_mm = next->mm;
	}
}

static void context_switch(struct task_struct *prev, struct task_struct *next)
{
	switch_mm(prev, next);
	finish_switch(cpu_switch_to(prev, next));
}

/* At the end of the queue, or where it may run: that is for finish_switch(). Then a wake-up must not find it asleep;
 * it looks again itself. The lock is held. */
static void stays_runnable(struct rq *rq, struct task_struct *t, u32 cpu)
{
	if (likely(may_run_on(t, cpu) && rq->online)) {
		list_add_tail(&t->run_list, &rq->queue);
		return;
	}
	WRITE_ONCE(t->state, TASK_RUNNING);
	t->homeless = true;
}

/* Preemption off, and stays so for both tasks; interrupts off out. A preempted task keeps its
 * place in the round even if it had just decided to sleep: it will come back and do so. */
static void __schedule(bool preempted)
{
	struct task_struct *prev = current, *next;
	struct rq *rq;
	u32 cpu;

	local_irq_disable();
	rcu_note_context_switch();
	rq = this_cpu_ptr(&runqueue);
	cpu = smp_processor_id();
	if (smp_several && list_empty(&rq->queue) && (prev == rq->idle || prev->state != TASK_RUNNING))
		pull(rq, cpu);
	arch_spin_lock(&rq->lock);
	clear_tsk_need_resched(prev);
	if (prev != rq->idle && (preempted || prev->state == TASK_RUNNING))
		stays_runnable(rq, prev, cpu);
	next = likely(rq->online) ? pick_next(rq) : rq->idle;	/* which empties the queue */
	mark_queue(rq, cpu);
	next->slice = SLICE_TICKS;
	rq->curr = next;
	WRITE_ONCE(next->on_cpu, true);
	arch_spin_unlock(&rq->lock);
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
	if (preempt_count() || irqs_disabled())
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

/* Full barrier: what is looked at next is looked at by a task that others see asleep. */
void set_current_state(enum task_state s)
{
	WRITE_ONCE(current->state, s);
	if (s == TASK_RUNNING)
		barrier();
	else
		smp_mb();
}

void wake_up_process(struct task_struct *t)
{
	bool nowhere = false;
	struct rq *rq;
	ulong flags;

	not_in_nmi("wake_up_process()");
	flags = local_irq_save();
	smp_mb();		/* what it waits for is stored before its state is read */
	rq = lock_task_rq(t);
	if (t->state == TASK_SLEEPING) {
		WRITE_ONCE(t->state, TASK_RUNNING);
		/* Not if it has not left yet, or was preempted on its way to sleep. */
		if (t != rq->curr && list_empty(&t->run_list)) {
			nowhere = !__atomic_load_n(&t->on_cpu, __ATOMIC_ACQUIRE);
			if (!nowhere)
				enqueue(rq, t);
		}
	}
	arch_spin_unlock(&rq->lock);
	if (nowhere)
		place(t);
	local_irq_restore(flags);
}

void wake_up(struct wait_queue *q)
{
	struct waiter *w;
	ulong flags = spin_lock_irqsave_for(&q->lock, "wake_up()");

	list_for_each_entry(w, &q->waiters, list)
		wake_up_process(w->task);
	spin_unlock_irqrestore(&q->lock, flags);
}

void wait_begin(struct wait_queue *q, struct waiter *w)
{
	ulong flags;

	might_sleep();
	flags = spin_lock_irqsave_for(&q->lock, "sleeping");
	w->task = current;
	list_add_tail(&w->list, &q->waiters);
	spin_unlock_irqrestore(&q->lock, flags);
}

void wait_end(struct wait_queue *q, struct waiter *w)
{
	ulong flags;

	set_current_state(TASK_RUNNING);
	flags = spin_lock_irqsave(&q->lock);
	list_del_init(&w->list);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* ---- affinity ---- */

int sched_setaffinity(struct task_struct *t, cpumask_t mask)
{
	bool nowhere = false;
	struct rq *rq;
	ulong flags;

	if (!(mask & cpu_active_mask()))
		return -EINVAL;
	flags = local_irq_save();
	rq = lock_task_rq(t);
	WRITE_ONCE(t->cpus_allowed, mask);
	if (!may_run_on(t, t->thread_info.cpu)) {
		if (t == rq->curr) {
			resched_rq(rq);
		} else if (!list_empty(&t->run_list) && !__atomic_load_n(&t->on_cpu, __ATOMIC_ACQUIRE)) {
			list_del_init(&t->run_list);
			nowhere = true;
		}
	}
	arch_spin_unlock(&rq->lock);
	if (nowhere)
		place(t);
	local_irq_restore(flags);
	if (t == current && test_thread_flag(TIF_NEED_RESCHED))
		schedule();
	return 0;
}

/* ---- CPUs come and go ---- */

struct task_struct *idle_task_create(u32 cpu)
{
	struct task_struct *t = kzalloc(sizeof(*t));

	if (!t || !(t->stack = stack_alloc())) {
		kfree(t);
		return NULL;
	}
	t->thread_info.flags = init_task.thread_info.flags & (_TIF_IDLE | _TIF_CONTEXT_TRACKING);
	t->thread_info.preempt_count = PREEMPT_OFFSET;
	t->parent = t->group_leader = &init_task;
	t->nr_threads = 1;
	t->on_cpu = true;
	t->cpus_allowed = CPU_MASK(cpu);
	INIT_LIST_HEAD(&t->run_list);
	INIT_LIST_HEAD(&t->sibling);
	INIT_LIST_HEAD(&t->children);
	INIT_LIST_HEAD(&t->all);
	init_waitqueue(&t->child_wait);
	strlcpy(t->comm, "idle", sizeof(t->comm));
	set_task_cpu(t, cpu);
	rq_init(cpu_rq(cpu), t);
	return t;
}

void sched_cpu_online(void)
{
	struct rq *rq = this_cpu_ptr(&runqueue);

	arch_spin_lock(&rq->lock);
	rq->online = true;
	arch_spin_unlock(&rq->lock);
	__atomic_fetch_or(&cpus_active, CPU_MASK(smp_processor_id()), __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&cpus_online, CPU_MASK(smp_processor_id()), __ATOMIC_SEQ_CST);
}

void sched_cpu_leave(u32 cpu)
{
	struct rq *rq = cpu_rq(cpu);
	ulong flags = local_irq_save();

	__atomic_fetch_and(&cpus_active, ~CPU_MASK(cpu), __ATOMIC_SEQ_CST);
	arch_spin_lock(&rq->lock);
	rq->online = false;
	resched_rq(rq);
	arch_spin_unlock(&rq->lock);
	local_irq_restore(flags);
}

void sched_cpu_empty(void)
{
	struct rq *rq = this_cpu_ptr(&runqueue), *first = cpu_rq(0);
	struct task_struct *t;

	do {
		arch_spin_lock(&rq->lock);
		t = list_empty(&rq->queue) ? NULL : list_first_entry(&rq->queue, struct task_struct, run_list);
		if (t)
			list_del_init(&t->run_list);
		arch_spin_unlock(&rq->lock);
		if (t)
			place(t);
	} while (t);
	arch_spin_lock(&first->lock);
	resched_rq(first);
	arch_spin_unlock(&first->lock);
}

/* ---- the tick ---- */

/* Somebody waits here: an idle CPU may pull. */
static void call_for_help(void)
{
	u32 cpu;

	for_each_cpu(cpu, cpus_others())
		if (is_idle_cpu(cpu)) {
			struct rq *rq = cpu_rq(cpu);

			arch_spin_lock(&rq->lock);
			resched_rq(rq);
			arch_spin_unlock(&rq->lock);
			return;
		}
}

bool sched_alone(void)
{
	return list_empty(&this_cpu_ptr(&runqueue)->queue);
}

/* Hardirq: the tick. */
void sched_tick(bool user, u64 n)
{
	struct task_struct *t = current;

	if (user)
		t->utime += n;
	else
		t->stime += n;
	if (t->slice)
		t->slice--;
	if (sched_alone())
		return;
	/* A slice that is over can wait for user mode, but no longer than until the next tick. */
	if (test_thread_flag(TIF_NEED_RESCHED_LAZY))
		resched_curr();
	else if (!t->slice)
		set_ti_thread_flag(current_thread_info(), TIF_NEED_RESCHED_LAZY);
	if (smp_several)
		call_for_help();
}
