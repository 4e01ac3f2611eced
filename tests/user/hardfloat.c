/* SPDX-License-Identifier: MIT */
/*
 * A program built for hard float: sums with a known result, in several processes and threads at a
 * time, while they take turns. A register that leaks from one to another spoils the sum.
 */
#include "test/tap.h"

#define TERMS	20000

/* pi/4 = 1 - 1/3 + 1/5 ..., with start and step of one's own: 64 accumulators live at a time in
 * some compilations, none is the same between two tasks. */
static double sum(double start, double scale, bool yield)
{
	double a = start, b = -start, c = start * 2, d = 0;

	for (int i = 0; i < TERMS; i++) {
		double term = scale / (2.0 * i + 1.0);

		a += i & 1 ? -term : term;
		b += term * 0.5;
		c -= term * 0.25;
		d += (a + b) * 1e-6;
		if (yield && i % 64 == 0)
			sched_yield();
	}
	return a + b + c + d;
}

static int same(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

/* Alone and among others, the same bits come out. */
static int worker(void *arg)
{
	long me = (long)arg;
	double scale = 1.0 + me / 8.0;
	double alone = sum(me, scale, false), among = sum(me, scale, true);

	return same(alone, among) ? 0 : 1;
}

static void processes(void)
{
	int pids[4], good = 0;

	for (long i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			exit(worker((void *)(i + 1)));
	}
	for (int i = 0; i < 4; i++)
		good += wait_status(pids[i]) == 0;
	is(good, 4, "four processes compute at once");
}

static char stacks[3][8192] __aligned(16);
static int running[3];
static volatile int wrong;

static int thread(void *arg)
{
	if (worker(arg))
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	return 0;
}

static void threads(void)
{
	for (long i = 0; i < 3; i++) {
		running[i] = 1;
		thread_create(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			      CLONE_CHILD_CLEARTID, stacks[i] + sizeof(stacks[i]), thread,
			      (void *)(i + 10), NULL, 0, &running[i]);
	}
	for (int i = 0; i < 3; i++)
		while (__atomic_load_n(&running[i], __ATOMIC_SEQ_CST))
			sched_yield();
	is(wrong, 0, "three threads compute at once");
}

static double kept;
static int child_keeps(void *arg)
{
	(void)arg;
	return same(kept * 3.0, 4.5) ? 0 : 1;
}

int main(int argc, char **argv, char **envp)
{
	double s = sum(0, 4, false);

	(void)argc, (void)argv, (void)envp;
	ok(s > 3.14 - 100 && s < 100, "arithmetic works");
	ok(same(sum(3, 1, false), sum(3, 1, true)), "the same sum with sched_yield() in it");
	kept = 1.5;
	exited(run_child(child_keeps, NULL), 0, "a child computes with its parent's values");
	processes();
	threads();
	done();
}
