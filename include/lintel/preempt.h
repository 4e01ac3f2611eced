/* SPDX-License-Identifier: MIT */
/*
 * preempt_count, in Linux's layout:
 *
 *	 31      24 23   20 19     16 15       8 7        0
 *	+----------+-------+---------+----------+----------+
 *	|          |  NMI  | HARDIRQ | SOFTIRQ  | PREEMPT  |
 *	+----------+-------+---------+----------+----------+
 *
 * SOFTIRQ counts in twos: its lowest bit alone says that a softirq is being served, the rest
 * counts local_bh_disable(). NMI holds up to 15 levels.
 *
 * The keeper of N and H: emits N+ N- H+ H- after the change (row 11: N+ first, N- last).
 */
#ifndef LINTEL_PREEMPT_H
#define LINTEL_PREEMPT_H

#include <lintel/thread_info.h>
#include <lintel/evlog.h>

#define PREEMPT_OFFSET		0x00000001U
#define SOFTIRQ_OFFSET		0x00000100U
#define SOFTIRQ_DISABLE_OFFSET	0x00000200U
#define HARDIRQ_OFFSET		0x00010000U
#define NMI_OFFSET		0x00100000U

#define PREEMPT_MASK		0x000000ffU
#define SOFTIRQ_MASK		0x0000ff00U
#define HARDIRQ_MASK		0x000f0000U
#define NMI_MASK		0x00f00000U

static __always_inline u32 preempt_count(void)
{
	return READ_ONCE(current_thread_info()->preempt_count);
}
static __always_inline void __preempt_count_add(u32 v)
{
	WRITE_ONCE(current_thread_info()->preempt_count, preempt_count() + v);
}
static __always_inline void __preempt_count_sub(u32 v)
{
	WRITE_ONCE(current_thread_info()->preempt_count, preempt_count() - v);
}

#define in_nmi()		(preempt_count() & NMI_MASK)
#define in_hardirq()		(preempt_count() & HARDIRQ_MASK)
#define in_serving_softirq()	(preempt_count() & SOFTIRQ_OFFSET)
#define in_softirq()		(preempt_count() & SOFTIRQ_MASK)
#define in_interrupt()		(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK))
#define in_task()		(!(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))

static __always_inline void __irq_count_enter(void)
{
	__preempt_count_add(HARDIRQ_OFFSET);
	evlog(EV_HARDIRQ_ADD);
}
static __always_inline void __irq_count_exit(void)
{
	__preempt_count_sub(HARDIRQ_OFFSET);
	evlog(EV_HARDIRQ_SUB);
}
/* An NMI counts in HARDIRQ as well, so that in_interrupt() users need not know about NMIs. */
static __always_inline void __nmi_count_enter(void)
{
	__preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET);
	evlog(EV_NMI_ADD);
}
static __always_inline void __nmi_count_exit(void)
{
	__preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET);
	evlog(EV_NMI_SUB);
}

/* What no NMI may do begins with this: a warning in the checking configuration, nothing in others. */
void warn_in_nmi(const char *what);
static __always_inline void not_in_nmi(const char *what)
{
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY) && unlikely(in_nmi()))
		warn_in_nmi(what);
}

void preempt_schedule(void);	/* kernel/sched.c; nothing where one may not */

static __always_inline void preempt_disable(void)
{
	__preempt_count_add(PREEMPT_OFFSET);
	barrier();
}
static __always_inline void preempt_enable_no_resched(void)
{
	barrier();
	__preempt_count_sub(PREEMPT_OFFSET);
}
static inline void preempt_enable(void)
{
	preempt_enable_no_resched();
	if (IS_ENABLED(CONFIG_PREEMPT) && unlikely(!preempt_count() && test_thread_flag(TIF_NEED_RESCHED)))
		preempt_schedule();
}

/* Without CONFIG_PREEMPT: here, in the middle of much work, a task that is told to gives way. Task context. */
static inline void cond_resched(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT) && unlikely(test_thread_flag(TIF_NEED_RESCHED)))
		preempt_schedule();
}
/* First of all in what may sleep, and with CONFIG_PREEMPT_VOLUNTARY also a place to give way. (That one may sleep
 * where it is called is lockdep's to check.) */
static inline void might_sleep(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_VOLUNTARY))
		cond_resched();
}

#endif
