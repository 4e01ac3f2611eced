/* SPDX-License-Identifier: MIT */
/* Processes and threads: statuses, parents, many of them, and whose memory is whose. */
#include "test/tap.h"

static volatile int *shared;
static int private = 1;

static int exit_with(void *code) { return (long)code; }

static void exit_codes(void)
{
	int status = -1, r;

	exited(run_child(exit_with, NULL), 0, "exit code 0");
	exited(run_child(exit_with, (void *)42), 42, "exit code 42");
	exited(run_child(exit_with, (void *)0x1ff), 255, "exit codes have eight bits");
	r = fork();
	if (r == 0)
		exit(5);
	is(wait4(r, NULL, 0), r, "wait4 without a place for the status");
	r = fork();
	if (r == 0)
		exit(6);
	is(wait4(-1, &status, 0), r, "wait4 for any child");
	is(status, STATUS_EXIT(6), "... and its status");
	is(wait4(-1, &status, 0), -ECHILD, "no child is left");
}

static void not_yet(void)
{
	int pid = fork(), status = 0;

	if (pid == 0) {
		while (!shared[0])
			sched_yield();
		exit(0);
	}
	is(wait4(pid, &status, WNOHANG), 0, "WNOHANG: the child runs");
	shared[0] = 1;
	is(wait4(pid, &status, 0), pid, "then it ends");
	shared[0] = 0;
}

static void identity(void)
{
	int me = getpid(), pid;

	is(gettid(), me, "the first thread's number is the process's");
	pid = fork();
	if (pid == 0)
		exit(getppid() == me && getpid() != me && gettid() == getpid() ? 0 : 1);
	exited(wait_status(pid), 0, "a child knows its parent and itself");
}

/* A grandchild outlives its parent; on its end only process 1 may be told. */
static void orphan(void)
{
	int pid;

	shared[0] = shared[1] = 0;
	pid = fork();
	if (pid == 0) {
		int me = getpid();

		if (fork() == 0) {
			for (int i = 0; i < 1000 && getppid() == me; i++)
				sleep_ms(1);
			shared[0] = getppid();
			shared[1] = 1;
			exit(9);
		}
		exit(0);
	}
	exited(wait_status(pid), 0, "a child that leaves a child of its own");
	for (int i = 0; i < 1000 && !shared[1]; i++)
		sleep_ms(1);
	if (getpid() != 1) {
		skip("this is not process 1", "the orphan's parent is process 1");
		skip("this is not process 1", "... which gets its status");
		return;
	}
	is(shared[0], 1, "the orphan's parent is process 1");
	exited(wait_status(-1), 9, "... which gets its status");
}

static void many(void)
{
	int good = 0, pids[20];

	for (int i = 0; i < 500; i++)
		good += run_child(exit_with, (void *)(long)(i & 0xff)) == STATUS_EXIT(i & 0xff);
	is(good, 500, "500 children one after the other");
	good = 0;
	for (u32 i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			sched_yield();
			exit(i);
		}
	}
	for (int i = ARRAY_SIZE(pids) - 1; i >= 0; i--)
		good += wait_status(pids[i]) == STATUS_EXIT(i);
	is(good, ARRAY_SIZE(pids), "20 at the same time, waited for backwards");
}

static int change_private(void *page)
{
	char room[64];

	memset(room, 1, sizeof(room));
	private = 2;
	*(volatile int *)page = 2;
	return private == 2 && *(volatile int *)page == 2 && room[63] == 1 ? 0 : 1;
}

static void memory(void)
{
	volatile int *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	int pid;

	*page = 1;
	exited(run_child(change_private, (void *)page), 0, "a child changes its memory");
	ok(private == 1 && *page == 1, "... and not its parent's");

	shared[0] = 0;
	pid = fork();
	if (pid == 0) {
		while (!shared[0])
			sched_yield();
		exit(private == 1 && *page == 1 ? 0 : 1);
	}
	private = 3;
	*page = 3;
	shared[0] = 1;
	exited(wait_status(pid), 0, "a parent's changes do not reach its child");
	private = 1;

	/* Not touched before the fork: it is one page all the same. */
	shared[PAGE / sizeof(int)] = 0;
	pid = fork();
	if (pid == 0) {
		shared[2 * PAGE / sizeof(int)] = 77;
		exit(0);
	}
	wait_status(pid);
	is(shared[2 * PAGE / sizeof(int)], 77, "shared memory is shared from its first touch");
	munmap((void *)page, PAGE);
}

/* ---- threads ---- */

#define THREAD_FLAGS	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
			 CLONE_CHILD_CLEARTID)
#define THREADS		4

static char stacks[THREADS][8192] __aligned(16);
static int tids[THREADS];
static unsigned int total;
static volatile int pids_seen[THREADS];

static int thread(void *arg)
{
	long n = (long)arg;

	pids_seen[n] = getpid();
	for (int i = 0; i < 1000; i++) {
		__atomic_fetch_add(&total, 1, __ATOMIC_RELAXED);
		if (i % 100 == 0)
			sched_yield();
	}
	return 0;
}

static void threads(void)
{
	int same = 0, started = 0;

	for (long i = 0; i < THREADS; i++) {
		tids[i] = 1;
		started += thread_create(THREAD_FLAGS, stacks[i] + sizeof(stacks[i]), thread,
					 (void *)i, NULL, 0, &tids[i]) > 0;
	}
	is(started, THREADS, "threads start");
	for (int i = 0; i < THREADS; i++)
		while (__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST))
			sched_yield();
	is(total, THREADS * 1000, "they count together, and their words are cleared at the end");
	for (int i = 0; i < THREADS; i++)
		same += pids_seen[i] == getpid();
	is(same, THREADS, "one process");
	is(wait4(-1, NULL, WNOHANG), -ECHILD, "threads are no children");
}

static int vm_child(void *arg)
{
	*(volatile int *)arg = 11;
	return 0;
}

/* CLONE_VM alone: a process of its own in the same memory. */
static void same_memory(void)
{
	volatile int word = 0;
	int status = -1;
	long pid = thread_create(CLONE_VM | SIGCHLD, stacks[0] + sizeof(stacks[0]), vm_child,
				 (void *)&word, NULL, 0, NULL);

	ok(pid > 0 && wait4(pid, &status, 0) == pid, "CLONE_VM: a child to wait for");
	is(status, 0, "CLONE_VM: its status");
	is(word, 11, "CLONE_VM: the same memory");
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	shared = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	exit_codes();
	not_yet();
	identity();
	orphan();
	many();
	memory();
	threads();
	same_memory();
	done();
}
