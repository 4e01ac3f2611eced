// SPDX-License-Identifier: MIT
/*
 * Breakpoints, watchpoints, steps, breakpoint instructions and warnings of the kernel, in every context: the handler
 * runs once, in an NMI, watched; what was interrupted goes on unharmed, and the keepers are as before.
 */
#include <entry/nmi.h>
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/crash.h>
#include <lintel/doors.h>
#include <lintel/errno.h>
#include <lintel/firmware.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/nmi_timer.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/time.h>
#include <asm/crash.h>
#include <asm/processor.h>
#include <asm/stack.h>
#include <asm/timex.h>

#define BREAK_TEST	0x910
#define EVENT		0x40000017UL
#define PATIENCE_NS	2000000000ULL

/* ---- what is hit ---- */

struct keepers { ulong preempt, hardirqs, hardirq_context, ct, nesting, nmi_nesting, flags; };
static struct keepers before, after;
static volatile ulong word;
static bool warns, breaks, serror, events;
static ulong result;
static u32 runs;

static __always_inline void take(struct keepers *k)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	k->preempt = preempt_count();
	k->hardirqs = lockdep_hardirqs_enabled();
	k->hardirq_context = lockdep_hardirq_context();
	k->ct = ct->state & (CT_STATE_MASK | CT_RCU_WATCHING);
	k->nesting = (ulong)ct->nesting;
	k->nmi_nesting = (ulong)ct->nmi_nesting;
	k->flags = arch_local_save_flags();
}

/* No call in it and no jump, so that its instructions come one after the other. */
static noinstr ulong target(ulong x)
{
	word = x;
	return x * 5 + 2;
}

static noinstr void strike(void)
{
	take(&before);
	if (READ_ONCE(breaks))
		__asm__ volatile(ARCH_BREAK(BREAK_TEST));
	WARN_ON(READ_ONCE(warns));
	if (READ_ONCE(events))
		firmware_event_raise(EVENT);
	result = target(7);
	take(&after);
	runs++;
}

/* ---- where ---- */

static bool wait_for_run(void)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	while (!READ_ONCE(runs) && ktime_get_ns() < end)
		cpu_relax();
	return runs;
}

static bool in_task_context(void) { strike(); return runs; }

static bool with_irqs_off(void)
{
	ulong flags = local_irq_save();

	strike();
	local_irq_restore(flags);
	return runs;
}

/* As on the way to user mode, and from it: RCU does not watch. */
static noinstr void unwatched(void)
{
	ct_user_enter();
	strike();
	ct_user_exit();
}

static bool in_noinstr_unwatched(void)
{
	local_irq_disable();
	unwatched();
	local_irq_enable();
	return runs;
}

static noinstr void unwatched_idle(void)
{
	ct_idle_enter();
	strike();
	ct_idle_exit();
}

DECLARE_IDLE_EXIT(unwatched_idle);

static void visit_idle(void)
{
	if (READ_ONCE(runs))
		return;
	local_irq_disable();
	unwatched_idle();
	local_irq_enable();
}

static bool in_idle_unwatched(void)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	idle_set_visitor(visit_idle);
	while (!READ_ONCE(runs) && ktime_get_ns() < end)
		nanosleep_until(arch_counter() + counter_freq / 1000);
	idle_set_visitor(NULL);
	return runs;
}

static bool softirq_do(void (*fn)(void))
{
	open_softirq(TASKLET_SOFTIRQ, fn);
	raise_softirq(TASKLET_SOFTIRQ);
	return wait_for_run();
}

static bool in_softirq_context(void) { return softirq_do(strike); }

static irq_handler_t usual;
static void (*in_irq)(void);
static void irq(u32 nr, void *arg)
{
	irq_desc[nr].handler = usual;
	in_irq();
	usual(nr, arg);
}

static bool irq_do(void (*fn)(void))
{
	ulong flags = local_irq_save();

	in_irq = fn;
	usual = irq_desc[timer_irq_phys].handler;
	irq_desc[timer_irq_phys].handler = irq;
	clockevent_program(arch_counter());
	local_irq_restore(flags);
	return wait_for_run();
}

static bool in_irq_context(void) { return irq_do(strike); }

static void (*in_nmi_do)(void);
static void nmi(struct nmi_event *e, struct pt_regs *regs)
{
	(void)e;
	(void)regs;
	in_nmi_do();
}

static bool nmi_do(void (*fn)(void))
{
	static struct nmi_event event = { .fn = nmi };

	in_nmi_do = fn;
	return !nmi_event_arm(&event, arch_counter()) && wait_for_run();
}

static bool in_nmi_context(void) { return nmi_do(strike); }

static const struct place { const char *name; bool (*run)(void); } contexts[] = {
	{ "a kernel thread", in_task_context },
	{ "interrupts off", with_irqs_off },
	{ "noinstr code, RCU does not watch", in_noinstr_unwatched },
	{ "idle, RCU does not watch", in_idle_unwatched },
	{ "a softirq", in_softirq_context },
	{ "an interrupt", in_irq_context },
	{ "an NMI", in_nmi_context },
};

/* ---- the handlers ---- */

static volatile struct { u32 hits, wrong; ulong addr, steps; ulong pc[4]; } seen;

static void note(ulong addr)
{
	seen.hits++;
	seen.addr = addr;
	if (!in_nmi() || !rcu_is_watching() || !irqs_disabled())
		seen.wrong++;
}

static void note_hit(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	(void)b;
	(void)regs;
	note(addr);
}

static void note_break(struct pt_regs *regs) { note(instruction_pointer(regs)); }

static void note_step(struct pt_regs *regs)
{
	if (!in_nmi() || !rcu_is_watching())
		seen.wrong++;
	seen.pc[seen.steps++] = instruction_pointer(regs);
	if (seen.steps < 3)
		debug_step(regs, note_step);
}

static void hit_and_step(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	(void)b;
	note(addr);
	debug_step(regs, note_step);
}

static void break_and_step(struct pt_regs *regs)
{
	note(instruction_pointer(regs));
	debug_step(regs, note_step);
}

/* ---- in every context ---- */

static bool keepers_same(void)
{
	for (u32 i = 0; i < sizeof(before) / sizeof(ulong); i++)
		if (((ulong *)&before)[i] != ((ulong *)&after)[i])
			return false;
	return true;
}

static bool in_context(const struct place *c, u32 hits)
{
	bool came, ok;

	seen.hits = seen.wrong = 0;
	seen.steps = 0;
	runs = 0;
	result = word = 0;
	came = c->run();
	ok = came && runs == 1 && result == 37 && word == 7 && keepers_same() && seen.hits == hits && !seen.wrong;
	if (!ok)
		printk(LOG_EMERG, "# in %s: came %d, runs %u, result %lu, word %lu, keepers %s, hits %u, wrong %u\n",
		       c->name, came, runs, result, word, keepers_same() ? "same" : "changed", seen.hits, seen.wrong);
	return ok;
}

SELFTEST(hw_breakpoint)
{
	struct hwbp b = { .addr = (ulong)target, .type = HWBP_EXECUTE, .fn = note_hit };

	EXPECT(!hwbp_set(&b));
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++) {
		EXPECT(in_context(&contexts[i], 1));
		EXPECT(seen.addr == (ulong)target);
	}
	hwbp_clear(&b);
	EXPECT(in_context(&contexts[0], 0));
}

SELFTEST(hw_watchpoint)
{
	struct hwbp w = { .addr = (ulong)&word, .len = sizeof(word), .type = HWBP_WRITE, .fn = note_hit };
	struct hwbp r = { .addr = (ulong)&word, .len = sizeof(word), .type = HWBP_READ, .fn = note_hit };

	EXPECT(!hwbp_set(&r));
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++) {
		word = 0;
		EXPECT(!hwbp_set(&w));
		seen.hits = 0;
		runs = 0;
		EXPECT(contexts[i].run());
		EXPECT(seen.hits == 1 && !seen.wrong && seen.addr == (ulong)&word);
		EXPECT(keepers_same() && result == 37);
		hwbp_clear(&w);
		EXPECT(word == 7 && seen.hits == 2);
	}
	hwbp_clear(&r);
}

/* A breakpoint and a watchpoint at the same instruction: both are hit, once each. */
SELFTEST(hw_both)
{
	struct hwbp w = { .addr = (ulong)&word, .len = sizeof(word), .type = HWBP_WRITE, .fn = note_hit };
	struct hwbp b[3] = { { .fn = note_hit }, { .fn = note_hit }, { .fn = note_hit } };

	for (u32 i = 0; i < 3; i++) {
		b[i].addr = (ulong)target + 4 * i;
		EXPECT(!hwbp_set(&b[i]));
	}
	EXPECT(!hwbp_set(&w));
	seen.hits = runs = 0;
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++) {
		runs = 0;
		seen.hits = seen.wrong = 0;
		EXPECT(contexts[i].run());
		EXPECT(seen.hits == 4 && !seen.wrong && result == 37 && keepers_same());
	}
	hwbp_clear(&w);
	for (u32 i = 0; i < 3; i++)
		hwbp_clear(&b[i]);
}

SELFTEST(single_step)
{
	struct hwbp b = { .addr = (ulong)target, .type = HWBP_EXECUTE, .fn = hit_and_step };

	EXPECT(!hwbp_set(&b));
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++) {
		EXPECT(in_context(&contexts[i], 1));
		EXPECT(seen.steps == 3 && seen.pc[0] == (ulong)target + 4 && seen.pc[1] == (ulong)target + 8 &&
		       seen.pc[2] == (ulong)target + 12);
	}
	hwbp_clear(&b);
}

SELFTEST(break_instruction)
{
	breaks = true;
	for (u32 with_step = 0; with_step < 2; with_step++) {
		EXPECT(!break_register(BREAK_TEST, with_step ? break_and_step : note_break));
		for (u32 i = 0; i < ARRAY_SIZE(contexts); i++) {
			EXPECT(in_context(&contexts[i], 1));
			EXPECT(seen.steps == 3 * with_step);
		}
	}
	break_register(BREAK_TEST, NULL);
	breaks = false;
}

/* Row 35: no crossing, no splat but its own, in all contexts. */
SELFTEST(warnings)
{
	warns = true;
	warn_expect_begin();
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++)
		EXPECT(in_context(&contexts[i], 0));
	EXPECT(warn_expect_end() == ARRAY_SIZE(contexts));
	warns = false;
}

/* ---- SErrors, raised by software ---- */

static void strike_serror(void)
{
	take(&before);
	serror_expect();
	arch_raise_serror();
	serror = !serror_expected();	/* it has come */
	take(&after);
	runs++;
}

SELFTEST(serror_raised_by_software)
{
	for (u32 i = 0; i < 4; i++) {
		serror = false;
		runs = 0;
		switch (i) {
		case 0: strike_serror(); break;
		case 1: EXPECT(softirq_do(strike_serror)); break;
		case 2: EXPECT(irq_do(strike_serror)); break;
		case 3: EXPECT(nmi_do(strike_serror)); break;
		}
		EXPECT(runs == 1 && serror && keepers_same());
	}
}

/* ---- events of the firmware ---- */

/* On its own stack. It takes an exception, as a breakpoint would be; the firmware looks whether that one can be seen. */
static void event(struct pt_regs *regs, ulong nr)
{
	u32 there;

	note(0);
	if (nr != EVENT || regs->pc - (ulong)arch_firmware_event > 64 || arch_probe_word((void *)8, &there) ||
	    firmware_event_raise(EVENT) || current_stack_pointer() - (ulong)firmware_stack >= THREAD_SIZE)
		seen.wrong++;
}

SELFTEST(firmware_events)
{
	firmware.changed = 0;
	firmware_event_register(event);
	events = true;
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++)
		EXPECT(in_context(&contexts[i], 1));
	events = false;
	firmware_event_register(NULL);
	EXPECT(!firmware.changed && !firmware.running);
}

/* ---- a step's way ---- */

static volatile ulong parts[4];
static ulong __noinline leaf(ulong x) { return x + parts[x & 3]; }
static ulong (*volatile by_pointer)(ulong) = leaf;

/* Calls, jumps both ways, a switch, the mask read and written. */
static ulong __noinline work(ulong x)
{
	ulong flags = local_irq_save(), sum = !raw_irqs_disabled_flags(flags);

	for (ulong i = 0; i < 4; i++) {
		parts[i] = x * i;
		sum += leaf(i) * (i & 1 ? 3 : 5);
	}
	sum += by_pointer(x);
	local_irq_restore(flags);
	switch (x) {
	case 1: sum += 10; break;
	case 2: sum = leaf(sum); break;
	case 3: sum ^= 0x55; break;
	case 4: sum += parts[3]; break;
	case 5: sum -= 1000; break;
	case 6: sum |= parts[2]; break;
	}
	return sum + 4 * irqs_disabled();
}

static u32 many, limit;
static void step_on(struct pt_regs *regs)
{
	if (++many < limit)
		debug_step(regs, step_on);
}
static void step_many(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	(void)b;
	(void)addr;
	debug_step(regs, step_on);
}

SELFTEST(step_through)
{
	struct hwbp b = { .addr = (ulong)work, .type = HWBP_EXECUTE, .fn = step_many };

	limit = 60;
	for (ulong x = 0; x < 8; x++) {
		ulong want = work(x), got;

		many = 0;
		EXPECT(!hwbp_set(&b));
		got = work(x);
		hwbp_clear(&b);
		EXPECT(got == want && many == limit && !irqs_disabled());
	}
}

/* ---- nesting ---- */

/* The instruction that is stepped faults: the step is over, and the fault as if there had been none. */
SELFTEST(step_faults)
{
	struct hwbp b = { .addr = (ulong)arch_probe_word, .type = HWBP_EXECUTE, .fn = note_hit };
	u32 v = 0;

	seen.hits = seen.wrong = 0;
	EXPECT(!hwbp_set(&b));
	EXPECT(!arch_probe_word((void *)((ulong)current->stack - 4), &v));
	EXPECT(!irqs_disabled());
	EXPECT(arch_probe_word((void *)&parts[0], &v));
	hwbp_clear(&b);
	EXPECT(seen.hits == 2 && !seen.wrong && !irqs_disabled());
}

/* The path of debug exceptions has breakpoints in it. They are hit by others, not by itself. */
SELFTEST(break_in_its_own_path)
{
	struct hwbp b = { .addr = (ulong)irqentry_nmi_enter, .type = HWBP_EXECUTE, .fn = note_hit };
	struct hwbp c = { .addr = (ulong)ct_nmi_exit, .type = HWBP_EXECUTE, .fn = note_hit };

	seen.hits = seen.wrong = runs = 0;
	EXPECT(!hwbp_set(&b) && !hwbp_set(&c));
	EXPECT(nmi_do(strike));
	hwbp_clear(&b);
	hwbp_clear(&c);
	EXPECT(seen.hits == 2 && !seen.wrong && keepers_same());
}

/* The way in and out of everything that comes while this sleeps: interrupts of a task and of idle, and idle's sleep. */
SELFTEST(break_in_entry_code)
{
	const ulong where[] = { (ulong)irqentry_enter, (ulong)ct_irq_enter, (ulong)irqentry_exit, (ulong)ct_idle_enter,
				(ulong)ct_idle_exit };

	for (u32 i = 0; i < ARRAY_SIZE(where); i++) {
		struct hwbp b = { .addr = where[i], .type = HWBP_EXECUTE, .fn = note_hit };
		u64 end = ktime_get_ns() + PATIENCE_NS;

		seen.hits = seen.wrong = 0;
		EXPECT(!hwbp_set(&b));
		while (seen.hits < 2 && ktime_get_ns() < end)
			nanosleep_until(arch_counter() + counter_freq / 1000);
		hwbp_clear(&b);
		EXPECT(seen.hits >= 2 && !seen.wrong && !irqs_disabled());
	}
}

static void nmi_inside(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	(void)b;
	(void)regs;
	note(addr);
	hwbp_clear(b);
	if (!nmi_do(strike))
		seen.wrong++;
}

/* ... and in the handler an NMI comes, with a breakpoint instruction in it. */
SELFTEST(nmi_in_debug)
{
	struct hwbp b = { .addr = (ulong)work, .type = HWBP_EXECUTE, .fn = nmi_inside };
	ulong want = work(3);

	seen.hits = seen.wrong = runs = 0;
	breaks = true;
	EXPECT(!break_register(BREAK_TEST, note_break));
	EXPECT(!hwbp_set(&b));
	EXPECT(work(3) == want);
	EXPECT(seen.hits == 2 && !seen.wrong && runs == 1 && keepers_same());
	break_register(BREAK_TEST, NULL);
	breaks = false;
}

SELFTEST(hw_breakpoint_refused)
{
	struct hwbp b[20], bad = { .addr = (ulong)target + 2, .type = HWBP_EXECUTE, .fn = note_hit };
	u32 n = 0;

	EXPECT(hwbp_set(&bad) == -EINVAL);
	bad.addr = 0x1000;
	EXPECT(hwbp_set(&bad) == -EINVAL);
	bad = (struct hwbp){ .addr = (ulong)&word, .len = sizeof(long) + 1, .type = HWBP_WRITE, .fn = note_hit };
	EXPECT(hwbp_set(&bad) == -EINVAL);
	bad.len = 0;
	EXPECT(hwbp_set(&bad) == -EINVAL);
	bad = (struct hwbp){ .addr = (ulong)target, .type = HWBP_EXECUTE };
	EXPECT(hwbp_set(&bad) == -EINVAL);
	for (; n < ARRAY_SIZE(b); n++) {
		b[n] = (struct hwbp){ .addr = (ulong)target, .type = HWBP_EXECUTE, .fn = note_hit };
		if (hwbp_set(&b[n]) == -ENOSPC)
			break;
	}
	EXPECT(n >= 2 && n < ARRAY_SIZE(b));
	while (n--)
		hwbp_clear(&b[n]);
}

/* ---- faults where there are no tasks ---- */

static bool probed;
static u32 undefined;

/* A fault and an undefined instruction, each with a fix-up. */
static void fault_here(void)
{
	u32 v;

	take(&before);
	probed = !arch_probe_word((void *)((ulong)init_task.stack - 4), &v);
	undefined = 1;
	__asm__ volatile("1:\t" ARCH_UNDEFINED_INSTRUCTION "\n2:\t"
			 ".pushsection __ex_table, \"a\"\n\t"
			 ".balign 4\n\t"
			 ".long	1b - ., 2b - .\n\t"
			 ".popsection" : "+r" (undefined) : : "memory");
	undefined++;
	take(&after);
	WRITE_ONCE(runs, runs + 1);
}

static bool (*const handlers[])(void (*fn)(void)) = { softirq_do, irq_do, nmi_do };
static bool (*in_idle)(void (*fn)(void));

static void visit_handler(void)
{
	if (!READ_ONCE(runs))
		in_idle(fault_here);
}

static bool from_idle(bool (*handler)(void (*fn)(void)))
{
	u64 end = ktime_get_ns() + PATIENCE_NS;

	in_idle = handler;
	idle_set_visitor(visit_handler);
	while (!READ_ONCE(runs) && ktime_get_ns() < end)
		nanosleep_until(arch_counter() + counter_freq / 1000);
	idle_set_visitor(NULL);
	return runs;
}

/* The monitor holds each crossing against its line. */
SELFTEST(faults_everywhere)
{
	for (u32 i = 0; i < 2 * ARRAY_SIZE(handlers); i++) {
		probed = false;
		undefined = runs = 0;
		EXPECT(i % 2 ? from_idle(handlers[i / 2]) : handlers[i / 2](fault_here));
		EXPECT(runs == 1 && probed && undefined == 2 && keepers_same());
	}
}
