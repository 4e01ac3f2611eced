/* SPDX-License-Identifier: MIT */
/*
 * What a program should not do to its processor. Each thing is done by a child, which dies of the
 * signal that Linux would send, or is ignored as the architecture says; the machine goes on.
 */
#include "test/tap.h"

#define LIVES	0	/* ends by itself, with 0 */
#define ANY	-1	/* Linux repairs it, or versions differ: only the child's affair */

struct bad {
	const char *name;
	int (*fn)(void *);
	int end;		/* a signal, LIVES or ANY */
};

static char data[64] __aligned(64);

static int run_at(void *at)
{
	((void (*)(void))at)();
	return 0;
}
static int load(void *at) { return *(volatile char *)at & 0; }
static int store(void *at)
{
	*(volatile char *)at = 1;
	return 0;
}

static int run_data(void *arg)
{
	memcpy(data, arg, 8);
	return run_at(data);
}

static int run_stack(void *arg)
{
	char room[64] __aligned(64);

	memcpy(room, arg, 8);
	barrier();
	return run_at(room);
}

static volatile char sink;
static __noinline int recurse(int depth)
{
	volatile char room[256];

	if (depth < 0)
		return 0;
	room[0] = sink = depth;
	return recurse(depth + 1) + room[0];
}
static int endless(void *arg) { return recurse((long)arg); }

/* asm bodies: %0 holds the address of `data`; they may use SCRATCH, too. */
#define BAD(fn, text)								\
	static int fn(void *arg)						\
	{									\
		ulong d = (ulong)arg;						\
										\
		__asm__ volatile(text : "+r"(d) :: SCRATCH, "memory", "cc");	\
		return 0;							\
	}

#include "badcpu.h"		/* of the architecture: SCRATCH, BAD()s, `bad[]`, `places[]` */

static void one(const struct bad *b)
{
	int status = run_child(b->fn, data);

	if (b->end == ANY)
		ok(status >= 0, "%s: only the child's affair", b->name);
	else if (b->end == LIVES)
		exited(status, 0, b->name);
	else
		died(status, b->end, b->name);
}

static void bad_places(void)
{
	char name[64];

	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(name, sizeof(name), "load from 0x%lx", places[i]);
		died(run_child(load, (void *)places[i]), SIGSEGV, name);
		snprintf(name, sizeof(name), "store to 0x%lx", places[i]);
		died(run_child(store, (void *)places[i]), SIGSEGV, name);
		snprintf(name, sizeof(name), "jump to 0x%lx", places[i]);
		died(run_child(run_at, (void *)places[i]), SIGSEGV, name);
	}
}

int main(int argc, char **argv, char **envp)
{
	struct lintel_info info = { 0 };

	(void)argc, (void)argv, (void)envp;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		one(&bad[i]);
	bad_places();
	died(run_child(run_data, return_text), SIGSEGV, "run data");
	died(run_child(run_stack, return_text), SIGSEGV, "run the stack");
	died(run_child(store, (void *)((ulong)main & ~3UL)), SIGSEGV, "store to text");
	died(run_child(endless, NULL), SIGSEGV, "recursion without end");
	if (lintel(LINTEL_INFO, &info) == 0)
		ok(!info.warnings && !info.bad_state, "the kernel has nothing to report");
	else
		skip("no lintel()", "the kernel has nothing to report");
	done();
}
