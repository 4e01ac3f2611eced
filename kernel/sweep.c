// SPDX-License-Identifier: MIT
/*
 * An IRQ and an NMI at a tick of the counter, which under -icount shift=4 is an instruction, and what has
 * become of everything afterwards. tests/user/sweep.c walks them through the crossings, tick by tick.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/crossing_log.h>
#include <lintel/errno.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/idle.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/shot.h>
#include <lintel/string.h>
#include <lintel/sweep.h>
#include <lintel/time.h>
#include <lintel/uaccess.h>
#include <asm/bug.h>
#include <asm/owned.h>
#include <asm/timex.h>

#define SPIN_ROUNDS	20000U
#define FAR		(1ULL << 30)	/* counter ticks */
#define AFTER_TICK	(counter_freq / 20000)	/* 50 us: what the tick has to do is over */

/* ---- what must not change ---- */

static struct { bool known; struct keepers keepers; u64 owned[NR_OWNED]; } first;

static bool in_place;	/* what is for the return to user mode is still to come */

static const char *keeper_changed(const struct keepers *now)
{
	const struct keepers *was = &first.keepers;

	return now->preempt != was->preempt ? "preempt count" : now->lockdep != was->lockdep ? "lockdep" :
	       now->state != was->state ? "context" : now->nesting != was->nesting ? "nesting" :
	       now->nmi_nesting != was->nmi_nesting ? "nmi_nesting" :
	       now->irqs_off != was->irqs_off ? "interrupt mask" : softirq_pending() ? "softirqs" :
	       get_irq_regs() ? "interrupted frame" :
	       current_thread_info()->flags & (in_place ? _TIF_NEED_RESCHED : EXIT_TO_USER_MODE_WORK) ?
	       "work flags (some was left)" : NULL;
}

/* At the same point of the same call, each time. */
static const char *changed(void)
{
	struct keepers now = keepers_now();
	bool known = first.known;

	if (!known)
		first.keepers = now;
	first.known = true;
	for (u32 i = 0; i < NR_OWNED; i++) {
		u64 v = arch_owned(i);

		if (!known)
			first.owned[i] = v;
		else if (first.owned[i] != v)
			return arch_owned_name(i);
	}
	return keeper_changed(&now);
}

/* ---- a breakpoint instruction in the text ---- */

extern char _text[], _etext[];

static struct { ulong at; u32 was, hits; u32 *window; } brk;
static bool breaks_allowed;		/* or any program could stop the kernel */

static int set_breaks(const char *value)
{
	if (strcmp(value, "anywhere"))
		return -EINVAL;
	breaks_allowed = true;
	return 0;
}
BOOT_PARAM("breaks", set_breaks);

/* Whoever runs into it finds the rest of `brk`. */
static void brk_write(u32 word)
{
	barrier();
	WRITE_ONCE(*brk.window, word);
	arch_sync_icache((void *)brk.at, sizeof(word));
}

/* What was there is there again, and is what goes on. NMI context. */
static void brk_hit(struct pt_regs *regs)
{
	ulong at = instruction_pointer(regs) - BREAK_SIZE;

	brk.hits += in_nmi() != 0;
	if (!brk.at || at != brk.at)
		return;
	brk_write(brk.was);
	instruction_pointer_set(regs, at);
	brk.at = 0;
}

/* (an interrupt may run into it as soon as it is written) */
static void brk_put(u32 offset)
{
	ulong at = (ulong)_text + offset;

	brk.window = text_window(at);
	brk.was = *(u32 *)at;
	brk.at = at;
	brk_write(ARCH_BREAK_WORD(BREAK_SWEEP));
}

static void brk_take(void)
{
	if (brk.at)
		brk_write(brk.was);
	brk.at = 0;
}

/* ---- one shot ---- */

static u64 armed_jiffies;

/* An abort of the NMI's own, of the hole below a stack: whatever it came into may have been one as well (row 26). */
static void take_fault(void)
{
	u32 word;

	if (arch_probe_word((void *)((ulong)init_stack - sizeof(word)), &word))
		nmi_shot.in_context = false;
}

/* For somebody more important; and for this task, on its way back to user mode. */
static void want_work(void)
{
	resched_curr();
	if (current->mm)
		set_ti_thread_flag(current_thread_info(), TIF_NOTIFY_RESUME);
}

/* As the last thing: every instruction from here on counts. Both are always armed, one that is not asked for
 * so far away that it never comes: with and without, the way is the same. */
static int arm(const struct lintel_shot *s, u64 base)
{
	armed_jiffies = jiffies;
	current->forgive = s->how & LINTEL_SHOT_FORGIVE;
	irq_shot_at(base + (s->irq ? s->irq : FAR), base + (s->irq2 ? s->irq2 : 2 * FAR),
		    s->how & LINTEL_SHOT_WORK ? want_work : NULL);
	return nmi_shot_at(base + (s->nmi ? s->nmi : FAR), s->how & LINTEL_SHOT_FAULT ? take_fault : NULL);
}

/* Behind the breakpoint: to make its window may take longer than the shot has time. */
static int arm_now(const struct lintel_shot *s)
{
	if (s->brk)
		brk_put(s->brk);
	return arm(s, arch_counter());
}

static void disarm(void)
{
	irq_shot_cancel();
	nmi_shot_cancel();
	brk_take();
}

static u32 came(const struct shot *s)
{
	return s->taken == 1 && !s->in_context ? 0 : s->taken;
}

static void report(struct lintel_shot *s)
{
	static u32 nmis_seen;
	u32 nmis = nmi_shot.taken;
	const char *what;

	disarm();
	s->irqs = came(&irq_shot);
	s->nmis = came(&nmi_shot);
	s->brks = brk.hits;
	brk.hits = 0;
	s->irq_pc = irq_shot.pc;
	s->nmi_pc = nmi_shot.pc;
	s->ticks = (u32)(jiffies - armed_jiffies);
	irq_shot.taken = nmi_shot.taken = 0;
	current->forgive = false;
	s->disorder = crossing_log_scan();
	what = changed();
	if (!what && IS_ENABLED(CONFIG_EVENT_RING) && crossing_log_nmis() - nmis_seen != nmis)
		what = "the ring (an NMI is missing)";
	nmis_seen = crossing_log_nmis();
	strlcpy(s->changed, what ? what : "", sizeof(s->changed));
}

/* ---- the way through the allocator ---- */

#define SCATTERED	32		/* blocks of a size: more than a crossing takes */
#define LARGEST_ORDER	3

/*
 * Memory as after long use: free blocks of every size, none beside another. Then a crossing's allocation splits none and
 * what it frees joins none, so each crossing takes the same way, whichever pages the one before has left.
 */
static void scatter_free_memory(u32 order)
{
	struct page *held[2 * SCATTERED];

	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = alloc_pages(order);
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		if (held[i] && page_to_phys(held[i]) >> PAGE_SHIFT >> order & 1)
			free_pages(held[i], order);
}

static void scatter_once(void)
{
	static bool done;

	for (u32 order = 0; order <= LARGEST_ORDER && !done; order++)
		scatter_free_memory(order);
	done = true;
}

/* The order, and in it what came of the last one. */
static long take_order(struct lintel_shot *s, const struct lintel_shot __user *arg)
{
	if (copy_from_user(s, arg, sizeof(*s)))
		return -EFAULT;
	if (s->brk >= (ulong)(_etext - _text) || s->brk % BREAK_SIZE)
		return -EINVAL;
	if (s->brk && !breaks_allowed)
		return -EPERM;
	report(s);
	scatter_once();
	s->at = 0;
	return break_register(BREAK_SWEEP, brk_hit);
}

long lintel_shoot(struct lintel_shot __user *arg)
{
	struct lintel_shot s;
	long err = take_order(&s, arg);

	if (err)
		return err;
	if (copy_to_user(arg, &s, sizeof(s)))
		return -EFAULT;
	return arm_now(&s);
}

/* ---- places of the kernel ---- */

static int spin(struct lintel_shot *s, u32 rounds)
{
	u32 bad = 0;
	int err = arm_now(s);

	if (!err)
		bad = sweep_spin(rounds);
	report(s);
	s->at = rounds ? (ulong)sweep_spin : (ulong)sweep_break;
	if (bad)
		snprintf(s->changed, sizeof(s->changed), "%s", arch_spin_register(bad - 1));
	return err;
}

/* A name to look for in a trace: the next WFI is the place, and it is over when idle gives the CPU away. */
static __noinline void asleep(u64 until)
{
	nanosleep_until(until);
	barrier();
}

/*
 * Asleep from just behind a tick to halfway to the next: each time the same way back.
 * The tick is stopped meanwhile, and 1 tick of the shot is when the sleep is over.
 */
static int sleep(struct lintel_shot *s, bool irqs_on)
{
	u64 end, tick = tick_next(), period = counter_freq / HZ;
	bool was = idle_irqs_on();
	int err;

	nanosleep_until(tick + AFTER_TICK);
	end = tick + period + period / 2;
	idle_set_body(irqs_on);
	if (s->brk)
		brk_put(s->brk);
	err = arm(s, end - 1);
	if (!err)
		asleep(end);
	idle_set_body(was);
	report(s);
	s->at = (ulong)asleep;
	s->ticks = 0;
	return err;
}

long lintel_place(struct lintel_shot __user *arg)
{
	struct lintel_shot s;
	long err = take_order(&s, arg);

	if (err)
		return err;
	in_place = true;
	switch (s.place) {
	case LINTEL_PLACE_KERNEL:	err = spin(&s, SPIN_ROUNDS); break;
	case LINTEL_PLACE_BREAK:	err = spin(&s, 0); break;
	case LINTEL_PLACE_IDLE:		err = sleep(&s, false); break;
	case LINTEL_PLACE_EQS:		err = sleep(&s, true); break;
	default:			err = -EINVAL;
	}
	in_place = false;
	if (copy_to_user(arg, &s, sizeof(s)))
		return -EFAULT;
	return err;
}

long lintel_work(ulong work)
{
	if (work & LINTEL_WORK_RESCHED)
		resched_curr();
	if (work & LINTEL_WORK_SIGNAL)
		set_ti_thread_flag(current_thread_info(), TIF_SIGPENDING);
	if (work & LINTEL_WORK_RESUME)
		set_ti_thread_flag(current_thread_info(), TIF_NOTIFY_RESUME);
	return 0;
}
