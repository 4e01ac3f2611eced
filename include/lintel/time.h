/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_TIME_H
#define LINTEL_TIME_H

#include <lintel/list.h>
#include <lintel/smp.h>

#define HZ			250
#define NSEC_PER_SEC		1000000000ULL
#define NEVER			(~0ULL)		/* a counter value */

extern u32 counter_freq;			/* Hz, CNTFRQ */
u64 ktime_get_ns(void);				/* since reset */
u64 ns_to_counter(u64 ns);
u64 counter_to_ns(u64 ticks);

/* drivers/timer: the generic timer. Times are absolute counter values. */
void timer_init(void);				/* device tree, frequency, both interrupts */
void clockevent_program(u64 when);		/* physical timer: IRQ */
void clockevent_stop(void);
void nmi_timer_program(u64 when);		/* virtual timer: NMI */
void nmi_timer_stop(void);
extern u32 timer_irq_phys, timer_irq_virt;	/* interrupt ids */

/* kernel/time.c: one-shot timers, run from TIMER_SOFTIRQ; the 250 Hz tick, stopped in idle. */
struct timer { struct list_head list; u64 expires; void (*fn)(struct timer *); u32 cpu; };
void timer_add(struct timer *t);		/* t->expires: counter value; it runs on this CPU */
void timer_del(struct timer *t);		/* and its function is over, unless this CPU is in it */
void tick_init(void);
void tick_cpu_init(void);			/* on another CPU */
void tick_cpu_exit(void);			/* its timers go to CPU 0; interrupts off */
/* The tick's interrupt comes at `when` as well, until this is called with NEVER. Interrupts off. */
void tick_shot(u64 when);
u64 tick_next(void);				/* where the next tick is, also while it is stopped */
void tick_nohz_idle_enter(void);		/* interrupts off: next event instead of next tick */
void tick_nohz_idle_exit(void);
void tick_irq_enter(void);			/* hardirq, idle task or nohz_full CPU: jiffies catch up */
/* On a nohz_full CPU, after whatever may have changed how many tasks it runs or what RCU wants: its tick stops or
 * goes on. Interrupts off; the run queue's lock may be held. */
void __tick_nohz_full_update(void);
static __always_inline void tick_nohz_full_update(void)
{
	if (unlikely(nohz_full_cpus))
		__tick_nohz_full_update();
}
void tick_nohz_full_account(void);		/* current's time while the tick was stopped; interrupts off */
void tick_nohz_force(void);			/* row 30: the tick runs whatever else (noinstr callers: inside { }) */
void tick_nohz_unforce(void);			/* ... no longer */
/* Of all CPUs: how often a tick was stopped for a task, or turned on for a grace period. For tests. */
struct tick_counts { u32 stops, forces; };
struct tick_counts tick_nohz_counts(void);
bool tick_is_stopped(u32 cpu);
extern u64 jiffies;
void schedule_until(u64 when);			/* schedule(), and somebody wakes the task then */
int nanosleep_until(u64 when);			/* task context; 0, or -EINTR when dying */

#endif
