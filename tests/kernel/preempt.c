// SPDX-License-Identifier: MIT
/* Where a task in the kernel gives way: what each of the preemption models promises (docs/sched.md). */
#include <lintel/irqflags.h>
#include <lintel/preempt.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/time.h>
#include <asm/processor.h>
#include <asm/timex.h>

static bool had_turn;

static int have_turn(void *arg)
{
	(void)arg;
	WRITE_ONCE(had_turn, true);
	return 0;
}

static void spin_ticks(u32 n)
{
	u64 end = arch_counter() + (u64)n * counter_freq / HZ;

	while (arch_counter() < end)
		cpu_relax();
}

static void interrupts_return(void) { spin_ticks(5); }
static void preemption_opens(void) { preempt_disable(); preempt_enable(); }
static void offers(void) { cond_resched(); }
static void could_sleep(void) { might_sleep(); }
static void asks_in_vain(void) { preempt_disable(); cond_resched(); might_sleep(); preempt_enable_no_resched(); }

/* Another task waits, and this one is told so: does it give way there? */
static bool gives_way(void (*where)(void))
{
	bool had;

	had_turn = false;
	preempt_disable();
	EXPECT(kthread_create(have_turn, NULL, "other"));
	resched_curr();
	preempt_enable_no_resched();
	where();
	had = READ_ONCE(had_turn);
	schedule();
	EXPECT(READ_ONCE(had_turn));
	return had;
}

SELFTEST(preempt_model)
{
	const bool full = IS_ENABLED(CONFIG_PREEMPT), voluntary = IS_ENABLED(CONFIG_PREEMPT_VOLUNTARY);

	EXPECT(gives_way(interrupts_return) == full);
	EXPECT(gives_way(preemption_opens) == full);
	if (full)
		return;		/* an interrupt may come in everything else */
	EXPECT(gives_way(offers));
	EXPECT(gives_way(could_sleep) == voluntary);
	EXPECT(!gives_way(asks_in_vain));
}

/* At the end of a slice it is NEED_RESCHED_LAZY; the next tick makes it the other one. */
static bool raised_by_the_next_tick(void)
{
	bool lazy_alone = false;
	ulong flags;
	u64 end = arch_counter() + counter_freq;

	preempt_disable();
	EXPECT(kthread_create(have_turn, NULL, "other"));
	do {
		flags = READ_ONCE(current_thread_info()->flags);
		if ((flags & _TIF_NEED_RESCHED_LAZY) && !(flags & _TIF_NEED_RESCHED))
			lazy_alone = true;
		cpu_relax();
	} while (!(flags & _TIF_NEED_RESCHED) && arch_counter() < end);
	preempt_enable_no_resched();
	schedule();
	EXPECT(flags & _TIF_NEED_RESCHED);
	EXPECT(!(READ_ONCE(current_thread_info()->flags) & (_TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY)));
	return lazy_alone;
}

SELFTEST(preempt_lazy)
{
	bool seen = false;

	/* (one that is away for both ticks does not see the first) */
	for (u32 i = 0; i < 10 && !seen; i++)
		seen = raised_by_the_next_tick();
	EXPECT(seen);
}
