/* SPDX-License-Identifier: MIT */
/*
 * What crossings cost, in instructions: under `-icount shift=4,sleep=off` one instruction is one
 * tick of the counter. Each figure is the least of several repetitions (so: one without the tick),
 * less the same without the crossing; the instruction that crosses is counted.
 *
 *	bench <architecture> <configuration> <case> <instructions>
 *
 * The environment names the configuration (boot argument config=release): no program can tell.
 * only=irq runs the cases whose names begin with irq, fewer times: for a trace of them.
 */
#include "lib/lib.h"

static const char *config, *only;

static bool wanted(const char *name)
{
	return !only || !strncmp(name, only, strlen(only));
}

static void result(const char *name, u64 ticks, u64 turns)
{
	u64 centi = (ticks * 100 + turns / 2) / turns;

	if (centi % 100)
		printf("bench %s %s %s %llu.%02llu\n", ARCH_NAME, config, name,
		       (unsigned long long)(centi / 100), (unsigned long long)(centi % 100));
	else
		printf("bench %s %s %s %llu\n", ARCH_NAME, config, name,
		       (unsigned long long)(centi / 100));
}

static void missing(const char *name, const char *why)
{
	printf("bench %s %s %s -    # %s\n", ARCH_NAME, config, name, why);
}

/* ---- loops ---- */

TIMED_LOOP(loop_empty, BODY_NONE)
TIMED_LOOP(loop_svc, BODY_SVC)
TIMED_LOOP(loop_next, BODY_NEXT)
TIMED_LOOP(loop_load_next, BODY_LOAD BODY_NEXT)
TIMED_LOOP(loop_store_next, BODY_STORE BODY_NEXT)

typedef u64 (*timed_loop)(ulong n, ulong a, ulong b, ulong nr);

/* Loops stay below the time of a tick (250,000), so that the least of them has none in it. */
#define TURNS_MOST	40
#define LOOP_MOST	60000

static int repetitions = 25;

static u64 least(timed_loop fn, ulong n, ulong a, ulong b, ulong nr)
{
	u64 best = ~0ULL;

	for (int i = 0; i < repetitions; i++) {
		u64 t = fn(n, a, b, nr);

		best = min(best, t);
	}
	return best;
}

/* One loop longer than another: what is around the loop is in neither. */
static u64 turns_cost(timed_loop fn, ulong nr, ulong turns)
{
	return least(fn, 2 * turns, 0, 0, nr) - least(fn, turns, 0, 0, nr);
}

/* How many turns of something that costs so much. */
static ulong turns_for(u64 cost)
{
	u64 turns = LOOP_MOST / (cost + 1);

	return turns < 2 ? 2 : turns > TURNS_MOST ? TURNS_MOST : turns;
}

static void system_call(const char *name, long nr)
{
	ulong turns = turns_for(least(loop_svc, 1, 0, 0, nr));

	result(name, turns_cost(loop_svc, nr, turns) - turns_cost(loop_empty, nr, turns), turns);
}

/* Two instructions a turn, and nothing else: or this is no instruction count. */
static void check_clock(void)
{
	u64 t = least(loop_empty, 20000, 0, 0, 0) - least(loop_empty, 10000, 0, 0, 0);

	if (t != 20000)
		printf("bench: the counter does not count instructions: "
		       "run with -icount shift=4,sleep=off\n");
}

/* ---- faults ---- */

/* Pages of a table that is there already. The first time says how many fit. */
static u64 touch(timed_loop fn, ulong pages)
{
	char *p = mmap(NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	u64 t;

	if (IS_ERR(p))
		return ~0ULL;
	*(volatile char *)p = 1;
	t = fn(pages, (ulong)p + PAGE, 0, 0);
	munmap(p, (pages + 1) * PAGE);
	return t;
}

static u64 least_touch(timed_loop fn, ulong pages)
{
	u64 best = ~0ULL;

	for (int i = 0; i < repetitions; i++) {
		u64 t = touch(fn, pages);

		best = min(best, t);
	}
	return best;
}

static void faults(const char *name, timed_loop fn)
{
	ulong pages = turns_for(least_touch(fn, 1));
	u64 faulting = least_touch(fn, 2 * pages) - least_touch(fn, pages);

	result(name, faulting - turns_cost(loop_next, 0, pages), pages);
}

/* ---- interrupts ---- */

/* The longest gap between two looks at the counter until `end`; *quiet: the shortest. */
static u64 longest_gap(u64 end, u64 *quiet)
{
	u64 last = counter(), longest = 0;

	*quiet = ~0ULL;
	while (last < end) {
		u64 now = counter(), gap = now - last;

		longest = gap > longest ? gap : longest;
		*quiet = gap < *quiet ? gap : *quiet;
		last = now;
	}
	return longest;
}

static void interrupt(int op, const char *first_line, const char *in_all)
{
	u64 best_first = ~0ULL, best_all = ~0ULL;

	for (int i = 0; i < repetitions; i++) {
		struct lintel_latency l = { 0, 0, 0 };
		u64 quiet, gap;

		if (lintel_n(op, 30000) < 0) {
			missing(first_line, "no lintel()");
			missing(in_all, "no lintel()");
			return;
		}
		gap = longest_gap(counter() + 60000, &quiet);
		lintel(LINTEL_LATENCY, &l);
		if (!l.handler)
			continue;
		best_first = min(best_first, l.handler - l.due);
		best_all = min(best_all, gap - quiet);
	}
	if (best_first == ~0ULL) {
		missing(first_line, "it did not come");
		return;
	}
	result(first_line, best_first, 1);
	result(in_all, best_all, 1);
}

/* ---- switches ---- */

static void kernel_switch(void)
{
	u64 ticks = 0;

	if (lintel(LINTEL_SWITCH, &ticks))
		missing("switch_kernel_threads", "no lintel()");
	else
		result("switch_kernel_threads", ticks, 1);
}

/* Two processes take turns; a round is two calls and two switches. */
static void yield_switch(void)
{
	volatile u32 *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	u64 best = ~0ULL;
	ulong turns = turns_for(4 * least(loop_svc, 1, 0, 0, NR_sched_yield));
	long pid;

	shared[0] = shared[1] = 0;
	pid = fork();
	if (pid == 0) {
		while (!shared[1]) {
			shared[0]++;
			sched_yield();
		}
		exit(0);
	}
	for (int i = 0; i < repetitions; i++) {
		u32 theirs = shared[0];
		u64 t = counter();

		for (ulong turn = 0; turn < turns; turn++)
			sched_yield();
		t = counter() - t;
		/* Fewer of theirs than of ours: no switch each time. */
		if (shared[0] - theirs == turns)
			best = min(best, t);
	}
	shared[1] = 1;
	wait_status(pid);
	munmap((void *)shared, PAGE);
	if (best == ~0ULL)
		missing("switch_yield", "they did not take turns");
	else
		result("switch_yield", best, 2 * turns);
}

static void fork_exit_wait(void)
{
	u64 best = ~0ULL;

	for (int i = 0; i < repetitions; i++) {
		u64 t = counter();
		long pid = fork();

		if (pid == 0)
			exit(0);
		wait_status(pid);
		t = counter() - t;
		best = min(best, t);
	}
	result("fork_exit_wait", best, 1);
}

static void boot(void)
{
	struct lintel_info info = { 0 };

	if (lintel(LINTEL_INFO, &info) == 0)
		result("boot", info.boot_ticks, 1);
	else
		missing("boot", "no lintel()");
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	config = env_value(envp, "config");
	only = env_value(envp, "only");
	if (only)
		repetitions = 3;
	if (!config)
		config = "unknown";
	if (!only)
		check_clock();
	if (wanted("unknown_call"))
		system_call("unknown_call", NR_none);
	if (wanted("getppid"))
		system_call("getppid", NR_getppid);
	if (wanted("irq_user"))
		interrupt(LINTEL_IRQ_AT, "irq_user_first_line", "irq_user_all");
	if (wanted("fiq_user"))
		interrupt(LINTEL_NMI_AT, "fiq_user_first_line", "fiq_user_all");
	if (wanted("switch_kernel_threads"))
		kernel_switch();
	if (wanted("switch_yield"))
		yield_switch();
	if (wanted("fault_read"))
		faults("fault_read", loop_load_next);
	if (wanted("fault_write"))
		faults("fault_write", loop_store_next);
	if (wanted("fork_exit_wait"))
		fork_exit_wait();
	if (wanted("boot"))
		boot();
	power_off();
}
