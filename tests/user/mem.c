/* SPDX-License-Identifier: MIT */
/* Memory of a process: brk, anonymous mappings, the stack that grows, and what is not there. */
#include "test/tap.h"

static int load(void *at) { return *(volatile char *)at; }
static int store(void *at)
{
	*(volatile char *)at = 1;
	return 0;
}

static void brk_moves(void)
{
	ulong start = sys_brk(0), end = start + 10 * PAGE;
	bool zero = true;

	ok(start != 0, "brk: there is one");
	is(sys_brk(end), end, "brk: grows");
	for (ulong at = start; at < end; at += 256)
		zero = zero && *(char *)at == 0;
	ok(zero, "brk: empty memory");
	memset((void *)start, 0x55, 10 * PAGE);
	is(sys_brk(start + PAGE / 2), start + PAGE / 2, "brk: shrinks, not only to pages");
	died(run_child(load, (void *)(((start + PAGE / 2 + PAGE - 1) & -PAGE) + PAGE)), SIGSEGV,
	     "brk: what is above is gone");
	is(*(char *)start, 0x55, "brk: what is below stays");
	is(sys_brk(end), end, "brk: grows again");
	is(*(char *)(end - 1), 0, "brk: empty again");
	is(sys_brk(0), end, "brk: 0 asks");
	is(sys_brk(1), end, "brk: not below its start");
	is(sys_brk(-PAGE), end, "brk: not into the kernel");
	sys_brk(start);
}

static void mappings(void)
{
	char *a = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE), *b;
	bool zero = true;

	ok(!IS_ERR(a) && !((ulong)a & (PAGE - 1)), "mmap: a place");
	for (ulong i = 0; i < 8 * PAGE; i += 128)
		zero = zero && !a[i];
	ok(zero, "mmap: empty");
	memset(a, 1, 8 * PAGE);
	b = mmap(a, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	ok(!IS_ERR(b) && (b < a || b >= a + 8 * PAGE),
	   "mmap: a hint that is taken gives another place");
	munmap(b, PAGE);
	is(munmap(a + 2 * PAGE, PAGE), 0, "munmap: a hole in the middle");
	ok(a[0] == 1 && a[2 * PAGE - 1] == 1 && a[3 * PAGE] == 1, "munmap: both sides stay");
	died(run_child(load, a + 2 * PAGE), SIGSEGV, "munmap: the hole");
	is(munmap(a + 2 * PAGE, PAGE), 0, "munmap: nothing there is no error");
	b = mmap(a + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED);
	ok(b == a + 2 * PAGE, "mmap: into the hole");
	is(a[2 * PAGE], 0, "mmap: the hole is empty memory now");
	is(munmap(a, 8 * PAGE), 0, "munmap: all, across areas");
	died(run_child(load, a + 7 * PAGE), SIGSEGV, "munmap: gone");
	is(munmap(a, 100), 0, "munmap: lengths are rounded up");
}

static int run_at(void *at)
{
	((void (*)(void))at)();
	return 0;
}

static void protections(void)
{
	char *none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE);
	char *read_only = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE);
	char *data = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	ok(!IS_ERR(none) && !IS_ERR(read_only) && !IS_ERR(data), "mmap: three protections");
	died(run_child(load, none), SIGSEGV, "PROT_NONE: no loads");
	exited(run_child(load, read_only), 0, "PROT_READ: loads");
	died(run_child(store, read_only), SIGSEGV, "PROT_READ: no stores");
	died(run_child(run_at, data), SIGSEGV, "PROT_READ | PROT_WRITE: not to be run");
	died(run_child(store, (void *)((ulong)main & ~3UL)), SIGSEGV, "text: no stores");
	died(run_child(load, NULL), SIGSEGV, "NULL");
	munmap(none, PAGE);
	munmap(read_only, PAGE);
	munmap(data, PAGE);
}

static volatile char sink;
static __noinline long recurse(long depth)
{
	volatile char room[1024];

	room[0] = sink = depth;
	return depth ? recurse(depth - 1) + room[0] - (char)depth : 0;
}

static int deep(void *depth) { return recurse((long)depth); }

static void stack_grows(void)
{
	ulong here = (ulong)__builtin_frame_address(0);

	/* 64 KiB of frames is far below what was touched; 8 MiB is Linux's limit. */
	exited(run_child(deep, (void *)64L), 0, "stack: 64 KiB");
	exited(run_child(deep, (void *)200L), 0, "stack: 200 KiB");
	died(run_child(deep, (void *)1000000L), SIGSEGV, "stack: without end");
	died(run_child(store, (void *)(here - (64UL << 20))), SIGSEGV, "stack: far below it");
}

static void many(void)
{
	int good = 0;

	/* More than the machine has, if it leaked. */
	for (int i = 0; i < 2000; i++) {
		char *p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

		if (IS_ERR(p))
			break;
		for (int j = 0; j < 64; j++)
			p[j * PAGE] = 1;
		good += munmap(p, 64 * PAGE) == 0;
	}
	is(good, 2000, "mmap, touch, munmap: 512 MiB in pieces");
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	brk_moves();
	mappings();
	protections();
	stack_grows();
	many();
	done();
}
