/* SPDX-License-Identifier: MIT */
/*
 * The system-call ABI: arguments arrive whole, numbers that do not exist are refused as Linux
 * refuses them, errors have Linux's values, and no pointer that a program can pass hurts the
 * kernel. On Linux the output is the same.
 */
#include "test/tap.h"

#define OUTSIDE	0		/* kind of a wild pointer: past the end of user space */
#define INSIDE	1		/* in user space, nothing there */
#define LOCKED	2		/* in user space, there, but not for writing */

static char *page;		/* two pages to read and write, then a hole, then one read-only */

struct wild { void *p; int kind; const char *name; };
static struct wild wild[24];
static int nr_wild;

static void add_wild(ulong p, int kind, const char *name)
{
	wild[nr_wild++] = (struct wild){ (void *)p, kind, name };
}

static void make_wild(void)
{
	page = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	munmap(page + 2 * PAGE, PAGE);
	mmap(page + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED);

	add_wild(0, INSIDE, "NULL");
	add_wild(8, INSIDE, "8");
	add_wild((ulong)page + 2 * PAGE, INSIDE, "a hole");
	add_wild((ulong)page + 2 * PAGE - 1, INSIDE, "the last byte before a hole");
	add_wild((ulong)page + 3 * PAGE, LOCKED, "a read-only page");
	add_wild((ulong)main & ~7UL, LOCKED, "program text");
	add_wild(-1UL, OUTSIDE, "-1");
	add_wild(-8UL, OUTSIDE, "-8");
	add_wild(-4096UL, OUTSIDE, "-4096");
	if (sizeof(long) == 4) {
		add_wild(0xc0008000, OUTSIDE, "0xc0008000");
		add_wild(0xffff0000, OUTSIDE, "the vectors");
		return;
	}
	/* Shifts by half a long: 32 bits here, and no warning from a 32-bit compiler. */
	add_wild(0xffff8000UL << (sizeof(long) * 4), OUTSIDE, "0xffff800000000000");
	add_wild(0x00010000UL << (sizeof(long) * 4), OUTSIDE, "2^48");
	add_wild((0x00010000UL << (sizeof(long) * 4)) - 1, INSIDE, "2^48 - 1");
	add_wild(0x12345678UL << (sizeof(long) * 4), OUTSIDE, "0x1234567800000000");
	add_wild((ulong)page | 0x5a000000UL << (sizeof(long) * 4), OUTSIDE, "a tagged address");
}

/* ---- arguments ---- */

static struct { int ptid, ctid; ulong tls; long sp; } seen;

static int thread(void *arg)
{
	seen.sp = (long)__builtin_frame_address(0);
	seen.tls = thread_pointer();
	__atomic_store_n((int *)arg, 1, __ATOMIC_SEQ_CST);
	return 0;
}

/* clone() has five; each is seen to have arrived. */
static void clone_arguments(void)
{
	static char stack[8192] __aligned(16);
	static int ran;
	ulong tls = (ulong)&seen & ~15UL;
	long tid;

	seen.ctid = 1;
	tid = thread_create(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			    CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
			    stack + sizeof(stack), thread, &ran, &seen.ptid, tls, &seen.ctid);
	if (!ok(tid > 0, "clone: a thread"))
		return;
	while (__atomic_load_n(&seen.ctid, __ATOMIC_SEQ_CST))
		sched_yield();
	is(ran, 1, "clone: flags: it ran in the same memory");
	is(seen.ptid, tid, "clone: third argument: its number is in the parent's word");
	ok(seen.sp > (long)stack && seen.sp <= (long)stack + (long)sizeof(stack),
	   "clone: second argument: it ran on its stack");
	is(seen.tls, tls, "clone: fourth argument: its TLS register");
	ok(true, "clone: fifth argument: its word was cleared at its end");
}

static int store(void *at)
{
	*(volatile char *)at = 1;
	return 0;
}

static void mmap_arguments(void)
{
	char *at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	char *again;

	ok(!IS_ERR(at) && !IS_ERR(shared), "mmap: memory");
	at[0] = at[2 * PAGE] = 1;
	again = mmap(at, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED);
	ok(again == at, "mmap: address");
	ok(at[0] == 0 && at[2 * PAGE] == 1, "mmap: length");
	died(run_child(store, at), SIGSEGV, "mmap: protection");
	exited(run_child(store, shared), 0, "mmap: a child stores to shared memory");
	exited(run_child(store, at + 3 * PAGE), 0, "mmap: and to private memory");
	ok(shared[0] == 1 && at[3 * PAGE] == 0, "mmap: flags");
	is(SYS(NR_mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, 99, 0), -EBADF, "mmap: file descriptor");
	munmap(at, 4 * PAGE);
	munmap(shared, PAGE);
}

/* ---- numbers ---- */

static int call_number(void *nr)
{
	long r = SYS((long)nr, 0, 0, 0, 0, 0, 0);

	return r == -ENOSYS ? 0 : 1;
}

static void numbers(void)
{
	int refused = 0;

	for (long nr = 500; nr < 1100; nr++)
		refused += SYS(nr, -1, -1, -1, -1, -1, -1) == -ENOSYS;
	is(refused, 600, "numbers 500 to 1099: ENOSYS");
	if (sizeof(long) == 8) {
		exited(run_child(call_number, (void *)-1L), 0, "number -1: ENOSYS");
		exited(run_child(call_number, (void *)0x80000000UL), 0, "number 2^31: ENOSYS");
		exited(run_child(call_number, (void *)0x7fffffffUL), 0, "number 2^31 - 1: ENOSYS");
		is(SYS(NR_getppid + (1UL << (sizeof(long) * 4)), 0, 0, 0, 0, 0, 0), getppid(),
		   "numbers have 32 bits");
		return;
	}
	/* ARMv7 has private numbers from 0xf0000; those past 0xf07ff and past both ranges are an
	 * undefined instruction to Linux. */
	died(run_child(call_number, (void *)-1L), SIGILL, "number -1: SIGILL");
	died(run_child(call_number, (void *)0x80000000UL), SIGILL, "number 2^31: SIGILL");
	died(run_child(call_number, (void *)0x0f0800UL), SIGILL, "number 0xf0800: SIGILL");
	exited(run_child(call_number, (void *)0x0f07ffUL), 0, "number 0xf07ff: ENOSYS");
}

/* ---- errors ---- */

static void errors(void)
{
	struct timespec negative = { -1, 0 }, much = { 0, 1000000000 }, t;

	is(write(99, "x", 1), -EBADF, "write: no such file");
	is(read(99, page, 1), -EBADF, "read: no such file");
	is(write(1, "", 0), 0, "write: nothing");
	is(wait4(-1, NULL, 0), -ECHILD, "wait4: no children");
	is(wait4(getpid(), NULL, 0), -ECHILD, "wait4: not a child");
	is(wait4(-1, NULL, 0x00ff0000), -EINVAL, "wait4: unknown options");
	is(nanosleep(&negative, NULL), -EINVAL, "nanosleep: negative");
	is(nanosleep(&much, NULL), -EINVAL, "nanosleep: a second of nanoseconds");
	is(clock_gettime(99, &t), -EINVAL, "clock_gettime: no such clock");
	is(SYS(NR_clock_nanosleep, 99, 0, &t, 0, 0, 0), -EINVAL, "clock_nanosleep: no such clock");
	is((long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE), -EINVAL, "mmap: no length");
	is((long)mmap(NULL, PAGE, PROT_READ, 0), -EINVAL, "mmap: neither shared nor private");
	is((long)mmap(page + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED), -EINVAL,
	   "mmap: a crooked address");
	is((long)mmap((void *)-PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED), -ENOMEM,
	   "mmap: in the kernel's place");
	is((long)mmap(NULL, -PAGE, PROT_READ, MAP_PRIVATE), -ENOMEM, "mmap: more than there is");
	is(munmap(page + 1, PAGE), -EINVAL, "munmap: a crooked address");
	is(munmap(page, 0), -EINVAL, "munmap: no length");
	is(munmap((void *)-PAGE, PAGE), -EINVAL, "munmap: in the kernel's place");
	is(SYS(NR_clone, CLONE_THREAD, 0, 0, 0, 0, 0), -EINVAL,
	   "clone: a thread without shared handlers");
	is(SYS(NR_clone, CLONE_SIGHAND, 0, 0, 0, 0, 0), -EINVAL,
	   "clone: shared handlers without memory");
}

/* ---- wild pointers ---- */

#define NOT_REAPED 7	/* a result that no call here gives */

static long try_write(void *p) { return write(1, p, 64); }
static long try_read(void *p) { return read(0, p, 64); }
static long try_nanosleep(void *p) { return nanosleep(p, NULL); }
static long try_clock_gettime(void *p) { return clock_gettime(CLOCK_MONOTONIC, p); }
static long try_uname(void *p) { return uname(p); }

static long try_clock_nanosleep(void *p)
{
	return SYS(NR_clock_nanosleep, CLOCK_MONOTONIC, 0, p, 0, 0, 0);
}

static long try_wait4(void *p)
{
	long pid = fork(), r;

	if (pid == 0)
		exit(0);
	r = SYS(NR_wait4, pid, p, 0, 0, 0, 0);
	/* The child is gone all the same. */
	return wait4(pid, NULL, 0) == -ECHILD ? r : NOT_REAPED;
}

static const struct pointer_call {
	const char *name;
	long (*call)(void *p);
	bool writes;		/* the kernel writes there */
	bool outside_only;	/* only what is checked before anything happens */
	bool null_allowed;
} calls[] = {
	{ "write",		try_write,		false, false, false },
	{ "read",		try_read,		true,  true,  false },
	{ "nanosleep",		try_nanosleep,		false, false, false },
	{ "clock_nanosleep",	try_clock_nanosleep,	false, false, false },
	{ "clock_gettime",	try_clock_gettime,	true,  false, false },
	{ "uname",		try_uname,		true,  false, false },
	{ "wait4 (status)",	try_wait4,		true,  false, true },
};

/* Must it be refused? The rest may do what it is asked: what reads can read program text. */
static bool fails(const struct pointer_call *c, const struct wild *w)
{
	if (c->null_allowed && !w->p)
		return false;
	/* A byte of 64 may be written before the hole: Linux's answer depends on the file. */
	if (c->call == try_write && w->p == page + 2 * PAGE - 1)
		return false;
	return w->kind == OUTSIDE || (!c->outside_only && (w->kind == INSIDE || c->writes));
}

static void wild_pointers(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(calls); i++)
		for (int j = 0; j < nr_wild; j++)
			if (fails(&calls[i], &wild[j]))
				is(calls[i].call(wild[j].p), -EFAULT, "%s: %s", calls[i].name,
				   wild[j].name);
}

static void wild_clone(void)
{
	int failed = 0;

	/* What cannot be written is not, and the child runs. */
	for (int j = 0; j < nr_wild; j++) {
		long pid = SYS(NR_clone, SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
			       CLONE_CHILD_CLEARTID, 0, wild[j].p, 0, wild[j].p, 0);

		if (pid == 0)
			exit(3);
		failed += pid < 0 || wait_status(pid) != STATUS_EXIT(3);
	}
	is(failed, 0, "clone: wild places for its number are passed over");
}

static void wild_brk(void)
{
	ulong now = sys_brk(0);
	int moved = 0;

	for (int j = 0; j < nr_wild; j++)
		moved += sys_brk((ulong)wild[j].p) != now && wild[j].kind == OUTSIDE;
	is(moved, 0, "brk: stays where it is");
	sys_brk(now);
}

/* Our own call is as careful, and says no where there is none. */
static void wild_lintel(void)
{
	static const int ops[] = { LINTEL_INFO, LINTEL_CROSSING, LINTEL_STATION, LINTEL_LATENCY,
				   LINTEL_SWITCH, LINTEL_REGS };
	int wanted = on_lintel() ? -EFAULT : -ENOSYS, wrong = 0;
	struct lintel_shot shot = { .brk = 4 };

	for (u32 i = 0; i < ARRAY_SIZE(ops); i++)
		for (int j = 0; j < nr_wild; j++)
			if (wild[j].kind != LOCKED)
				wrong += lintel(ops[i], wild[j].p) != wanted;
	is(wrong, 0, "lintel: wild pointers");
	is(lintel_n(99, 0), on_lintel() ? -EINVAL : -ENOSYS, "lintel: no such operation");
	is(lintel(LINTEL_SHOOT, &shot), on_lintel() ? -EPERM : -ENOSYS, "lintel: no breakpoint in the kernel's text");
}

int main(int argc, char **argv, char **envp)
{
	(void)argv, (void)envp;
	ok(argc >= 1, "argc");
	make_wild();
	mmap_arguments();
	clone_arguments();
	numbers();
	errors();
	wild_pointers();
	wild_clone();
	wild_brk();
	wild_lintel();
	done();
}
