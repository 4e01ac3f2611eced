/* SPDX-License-Identifier: MIT */
/*
 * An NMI before every instruction of a crossing, one after the other: it is asked for so many ticks ahead,
 * which under -icount shift=4 are instructions, and one more each time, until it comes behind the crossing.
 * Each time all registers must be as without it, the call must have done what it does, and the NMI must
 * have come once. `sweep=hits` prints where each came; `sweep=paths` crosses without any, for a trace;
 * tools/sweep holds one against the other.
 */
#include "registers.h"

#define LIMIT		200000U		/* ticks: no crossing here is that long */
#define BEHIND		8		/* shots behind it, then it is over */
#define PLAIN		3		/* crossings without an NMI */

extern char poison_svc_at[], poison_store_at[];

static bool print_hits;
static char *page;

static long expected;			/* result of the call */

static void call(long nr, long result)
{
	fill();
	in.x[NR_NUMBER] = nr;
	expected = result;
}

static void getppid_call(void) { call(NR_getppid, 0); }
static void no_call(void) { call(NR_none, -ENOSYS); }
static void yield_call(void) { call(NR_sched_yield, 0); }
static void traced_call(void)
{
	lintel_n(LINTEL_TRACE_ME, 1);
	call(NR_getppid, 0);
}

/* A page that nobody has touched: always the same, so that each fault does the same. */
static void fresh_page(void)
{
	if (page)
		munmap(page, PAGE);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	fill();
	in.x[NR_ADDRESS] = (ulong)page;
}

static void untraced(void) { lintel_n(LINTEL_TRACE_ME, 0); }

static const struct path {
	const char *name;		/* the door, and what happens there */
	void (*prepare)(void), (*after)(void);
	poison_fn cross;
	char *at;			/* the instruction that crosses */
	bool fault;
} paths[] = {
	{ "syscall null", getppid_call, NULL, poison_svc, poison_svc_at, false },
	{ "syscall unknown", no_call, NULL, poison_svc, poison_svc_at, false },
	{ "syscall traced", traced_call, untraced, poison_svc, poison_svc_at, false },
	{ "syscall yield", yield_call, NULL, poison_svc, poison_svc_at, false },
	{ "fault write", fresh_page, NULL, poison_store, poison_store_at, true },
};

static const char *check(const struct path *p)
{
	const char *what = different(p->fault ? 0 : 1);

	if (!what && !p->fault && (long)out.x[0] != expected)
		return "the result";
	return what;
}

/* One shot; again if a tick of the machine came in between, which is another path. */
static const char *shoot(const struct path *p, u32 ticks, struct lintel_hit *hit)
{
	struct lintel_hit before = { 0, 0, 0, 0 };
	const char *what;

	do {
		p->prepare();
		lintel(LINTEL_NMI_HIT, &before);
		lintel_n(LINTEL_NMI_AT, ticks);
		p->cross(&in, &out);
		what = check(p);
		lintel(LINTEL_NMI_HIT, hit);
	} while (!what && hit->ticks != before.ticks);
	if (p->after)
		p->after();
	if (!what && (hit->taken != 1 || !hit->in_context))
		what = hit->taken ? hit->taken > 1 ? "the NMI (more than one)" : "the NMI (not as one)" : "the NMI (none)";
	return what;
}

/* From the first shot that comes before the crossing's own instruction to some behind it. */
static void sweep(const struct path *p)
{
	struct lintel_hit hit = { 0, 0, 0, 0 };
	u32 ticks, inside = 0, behind = 0;
	u64 last = 0;
	const char *what = NULL;
	bool begun = false;

	for (ticks = 1; ticks < LIMIT && behind < BEHIND && !what; ticks++) {
		what = shoot(p, ticks, &hit);
		begun |= hit.pc == (ulong)p->at;
		if (!begun)
			continue;
		if (print_hits)
			printf("hit %llx\n", hit.pc);
		/* (where NMIs are masked several come before the same instruction) */
		if (hit.pc - (ulong)p->at - 4 >= 4 * BEHIND)
			behind = 0;
		else if (hit.pc != last)
			behind++;
		last = hit.pc;
		inside++;
	}
	ok(!what && behind == BEHIND, "%s: an NMI before each of its instructions", p->name);
	if (what)
		note("%s changed, NMI at 0x%llx after %u ticks", what, hit.pc, ticks - 1);
	else if (behind < BEHIND)
		note("after %u shots of %u ticks and more it was not over", inside, ticks - inside);
}

static void cross_plainly(const struct path *p)
{
	const char *what = NULL;

	for (int i = 0; i < PLAIN && !what; i++) {
		p->prepare();
		p->cross(&in, &out);
		what = check(p);
		if (p->after)
			p->after();
	}
	ok(!what, "%s, undisturbed", p->name);
}

int main(int argc, char **argv, char **envp)
{
	const char *how = env_value(envp, "sweep");

	(void)argc, (void)argv;
	if (!on_lintel()) {
		skip("interrupts on request need lintel()", "sweep");
		done();
	}
	print_hits = how && !strcmp(how, "hits");
	for (u32 i = 0; i < ARRAY_SIZE(paths); i++) {
		if (how)
			printf("path %s at %lx\n", paths[i].name, (ulong)paths[i].at);
		if (how && !print_hits)
			cross_plainly(&paths[i]);
		else
			sweep(&paths[i]);
	}
	done();
}
