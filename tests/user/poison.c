/* SPDX-License-Identifier: MIT */
/*
 * Every register that a program has survives every way into the kernel and back: general
 * registers, sp, flags, FP/SIMD with control and status, TLS registers. Filled with poison, then
 * one crossing, then compared: only a system call's result may differ. Each check is repeated
 * with the interrupt a little later each time, which under -icount is one instruction later.
 */
#include "test/tap.h"
#include "registers.h"

#define SPIN	60000		/* turns: at least two instructions each, so past every shot */
#define SHOTS	600

static bool here;
/* After `turns` of a check of which one failed, what failed in it. */
static void verdict(const char *name, const char *what, u32 turn)
{
	ok(!what, "%s", name);
	if (what)
		note("%s changed in turn %u", what, turn);
}

/* ---- system calls ---- */

static void system_call(poison_fn fn, long nr, const char *name)
{
	const char *what = NULL;
	u32 turn = 0;

	for (; turn < 200 && !what; turn++) {
		fill();
		in.x[NR_NUMBER] = nr;
		fn(&in, &out);
		what = different(1);
	}
	verdict(name, what, turn);
}

static void page_fault(void)
{
	const char *what = NULL;
	char *page = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	u32 turn = 0;

	for (; turn < 64 && !what; turn++) {
		fill();
		in.x[NR_ADDRESS] = (ulong)page + turn * PAGE;
		poison_store(&in, &out);
		what = different(0);
	}
	verdict("a page fault", what, turn);
	munmap(page, 64 * PAGE);
}

/* ---- interrupts ---- */

struct landing { u32 inside, turns; };

static const char *spin_once(poison_fn fn, struct landing *l)
{
	struct lintel_latency shot = { 0, 0, 0 };
	u64 from, to;

	from = counter();
	fn(&in, &out);
	to = counter();
	l->turns++;
	if (here && lintel(LINTEL_LATENCY, &shot) == 0)
		l->inside += shot.handler >= from && shot.handler <= to;
	return different(1U << NR_COUNTER | 1U << NR_SCRATCH);
}

/* How long a call takes that sets a timer, in ticks: from there on it strikes in the loop. */
static u32 call_ticks(int op)
{
	u32 least = ~0U;

	for (int i = 0; i < 5; i++) {
		u64 from = counter();
		u32 took;

		lintel_n(op, 1000000);
		took = counter() - from;
		least = took < least ? took : least;
	}
	return least;
}

/* How many ticks until the timer strikes: on the way out of the call that sets it, then one tick
 * later each time, and in the end far into the loop, however slow the call and the machine are. */
static u32 delay(u32 turn, u32 call)
{
	return turn < SHOTS - 100 ? 1 + turn : call + SHOTS + (turn - (SHOTS - 100)) * 20;
}

/* ops: which timers strike, one or both. */
static void interrupts(poison_fn fn, int op, int op2, const char *name)
{
	u32 turn = 0, call = call_ticks(op);
	struct landing l = { 0, 0 };
	const char *what = NULL;

	for (; turn < SHOTS && !what; turn++) {
		fill();
		in.x[NR_COUNTER] = SPIN;
		lintel_n(op, delay(turn, call));
		if (op2)
			lintel_n(op2, delay(turn * 7 % SHOTS, call));
		what = spin_once(fn, &l);
	}
	verdict(name, what, turn);
	if (!what)
		ok(l.inside > 0, "%s: some came in the middle", name);
}

static void all_interrupts(poison_fn fn, const char *set)
{
	static const struct { int op, op2; const char *name; } kinds[] = {
		{ LINTEL_IRQ_AT, 0, "an IRQ" }, { LINTEL_NMI_AT, 0, "a FIQ" },
		{ LINTEL_IRQ_AT, LINTEL_NMI_AT, "an IRQ and a FIQ" },
	};
	char name[64];

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(name, sizeof(name), "%s%s", kinds[i].name, set);
		if (here)
			interrupts(fn, kinds[i].op, kinds[i].op2, name);
		else
			skip("interrupts on request need lintel()", name);
	}
}

/* An event of the firmware, before the call is back: its result is how many there have been, in an NMI, watched. */
static void firmware_events(void)
{
	const char *what = NULL;
	u32 turn = 0;

	if (!here) {
		skip("only Lintel's firmware has some on request", "events of the firmware");
		return;
	}
	for (; turn < 50 && !what; turn++) {
		fill();
		in.x[NR_NUMBER] = __NR_lintel;
		in.x[0] = LINTEL_FIRMWARE;
		poison_svc(&in, &out);
		what = out.x[0] == turn ? different(1) : "the number of events";
	}
	verdict("events of the firmware", what, turn);
}

/* ---- other tasks ---- */

static volatile struct { u32 stop, count; } *shared;

/* clone() with poison in every register that is no argument: the child begins with all of it. */
static void copies(void)
{
	int bad = 0, status = 0;
	const char *what = NULL;

	for (u32 turn = 0; turn < 50 && !bad; turn++) {
		fill();
		memset(in.x, 0, 5 * sizeof(in.x[0]));
		in.x[0] = SIGCHLD;
		in.x[NR_NUMBER] = NR_clone;
		poison_svc(&in, &out);
		what = different(1);
		if (out.x[0] == 0)
			exit(what ? 1 : 0);
		status = wait_status(out.x[0]);
		bad += what || status;
	}
	ok(!bad, "a child begins with its parent's registers");
	if (bad)
		note("the parent: %s; the child's status: 0x%x", what ? what : "as before", status);
}

/* Two tasks with poison of their own take turns in every way there is. */
static int poisoner(void *arg)
{
	bool yield = arg;
	u32 turns = yield ? 500 : 30;

	seed += getpid() * 0x1234567ULL;
	for (u32 i = 0; i < turns; i++) {
		fill();
		in.x[NR_NUMBER] = NR_sched_yield;
		if (!yield)
			in.x[NR_COUNTER] = 1000000;
		(yield ? poison_svc : poison_spin)(&in, &out);
		if (different(1U << NR_COUNTER | (yield ? 0 : 1U << NR_SCRATCH)))
			return 1;
	}
	return 0;
}

static void switches(bool yield, const char *name)
{
	long child[2];
	int status[2], mine;

	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0)
			exit(poisoner((void *)(long)yield));
	}
	mine = poisoner((void *)(long)yield);
	for (int i = 0; i < 2; i++)
		status[i] = wait_status(child[i]);
	ok(!mine && !status[0] && !status[1], "%s", name);
	if (mine || status[0] || status[1])
		note("a register: here %d, children 0x%x and 0x%x", mine, status[0], status[1]);
}

static void thread_pointer_survives(void)
{
	ulong v = 0x5a5a5a50;

	set_thread_pointers(v);
	is(thread_pointers(), v, "TLS registers hold what was set");
	for (int i = 0; i < 20; i++) {
		sched_yield();
		sleep_ms(1);
	}
	is(thread_pointers(), v, "TLS registers after sleeping");
}

/* Between an exclusive load and its store, an interrupt may let somebody else store. */
static int adder(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		if (here && i % 4 == 0)
			lintel_n(i % 8 ? LINTEL_IRQ_AT : LINTEL_NMI_AT, 1 + i / 4);
		exclusive_add((unsigned int *)&shared->count, 100);
	}
	return arg != NULL;
}

static void exclusive(void)
{
	long child;

	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	child = fork();
	if (child == 0)
		exit(adder(NULL));
	adder(NULL);
	exited(wait_status(child), 0, "exclusive accesses: a child adds too");
	is(shared->count, 400000, "exclusive accesses: nothing is lost");
}

/* Whoever was interrupted between the two does not know what happened meanwhile: its store fails, also if
 * nobody else touched the word. */
static void exclusive_interrupted(int op, const char *name)
{
	struct lintel_latency shot = { 0, 0, 0 };
	unsigned long long span[2];
	unsigned int word = 0;
	u32 inside = 0, stored = 0, call;

	if (!here) {
		skip("interrupts on request need lintel()", name);
		return;
	}
	call = call_ticks(op);
	for (u32 turn = 0; turn < SHOTS; turn++) {
		int failed;

		lintel_n(op, delay(turn, call));
		failed = exclusive_hold(&word, span);
		if (lintel(LINTEL_LATENCY, &shot) == 0 && shot.handler >= span[0] && shot.handler <= span[1]) {
			inside++;
			stored += !failed;
		}
	}
	ok(inside && !stored, "%s ends an exclusive access", name);
	if (!inside || stored)
		note("%u came in the middle, after %u of them the store was done", inside, stored);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	here = on_lintel();
	system_call(poison_svc, NR_getppid, "a system call");
	system_call(poison_svc, NR_none, "a system call that does not exist");
	system_call(poison_svc, NR_sched_yield, "sched_yield()");
	if (poison_svc_other)
		system_call(poison_svc_other, NR_getppid, "a system call from T32");
	page_fault();
	firmware_events();
	all_interrupts(poison_spin, "");
	if (poison_spin_other)
		all_interrupts(poison_spin_other, " in T32, in an IT block");
	thread_pointer_survives();
	copies();
	switches(true, "context switches by sched_yield()");
	switches(false, "context switches by the tick");
	exclusive();
	exclusive_interrupted(LINTEL_IRQ_AT, "an IRQ");
	exclusive_interrupted(LINTEL_NMI_AT, "a FIQ");
	done();
}
