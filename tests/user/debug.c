/* SPDX-License-Identifier: MIT */
/*
 * Debug exceptions and SErrors of user mode: like interrupts on the way in, SIGTRAP and SIGBUS if nobody
 * in the kernel has asked for them, else the program goes on as if nothing had been.
 */
#include "test/tap.h"

static volatile long word;

static __noinline long target(long x)
{
	long sum = 0;

	word = x;
	for (long i = 0; i < x; i++)
		sum += i & 1 ? i * 3 : -i;
	return sum;
}

/* Is the last crossing of this kind in order? 1 yes, 0 no, -1 no ring. */
static int in_order(unsigned int mark, unsigned int door)
{
	static struct lintel_crossing c;

	memset(&c, 0, sizeof(c));
	c.mark = mark;
	c.pid = gettid();
	c.door = door;
	c.context = LINTEL_CTX_USER;
	if (lintel(LINTEL_CROSSING, &c))
		return -1;
	note("%s", c.recorded);
	return c.differs == -1;
}

static void counted(unsigned int type, unsigned long long addr, unsigned int handler, const char *what)
{
	struct lintel_debug d = { .addr = addr, .type = type, .len = sizeof(word), .handler = handler };
	long want = target(9), mark = lintel_n(LINTEL_MARK, 0), r;

	is(lintel(LINTEL_DEBUG, &d), 0, "%s: set", what);
	is(target(9), want, "... the program goes on");
	is(target(9), want, "... once more");
	r = lintel(LINTEL_DEBUG, NULL);
	is(LINTEL_DEBUG_HITS(r), 2, "... it was hit each time");
	is(LINTEL_DEBUG_STEPS(r), handler - 1, "... and stepped");
	is(LINTEL_DEBUG_BAD(r), 0, "... in the task, RCU watching, interrupts on");
	ok(in_order(mark, LINTEL_DOOR_DEBUG) != 0, "... in order");
	target(9);
	is(lintel(LINTEL_DEBUG, NULL), -ENOENT, "... and is gone");
}

static int hit_without_handler(void *type)
{
	struct lintel_debug d = { .type = (ulong)type, .len = sizeof(word) };

	d.addr = type ? (ulong)&word : (ulong)target;
	if (lintel(LINTEL_DEBUG, &d))
		exit(1);
	target(1);
	return 0;
}

static int break_instruction(void *arg)
{
	(void)arg;
#ifdef __aarch64__
	__asm__ volatile("brk #7");
#else
	__asm__ volatile("bkpt #7");
#endif
	return 0;
}

static void breakpoints(void)
{
	counted(0, (ulong)target, 1, "breakpoint");
	counted(2, (ulong)&word, 1, "watchpoint");
	counted(0, (ulong)target, 30, "single steps");
	died(run_child(hit_without_handler, (void *)0), SIGTRAP, "a breakpoint that nobody wants");
	lintel(LINTEL_DEBUG, NULL);
	died(run_child(hit_without_handler, (void *)2), SIGTRAP, "a watchpoint that nobody wants");
	lintel(LINTEL_DEBUG, NULL);
	died(run_child(break_instruction, NULL), SIGTRAP, "a breakpoint instruction");
}

/* The breakpoint is this process's: the child, at the same address, is left alone. */
static int child_target(void *want)
{
	return target(9) == (long)want ? 0 : 1;
}

static void of_one_process(void)
{
	struct lintel_debug d = { .addr = (ulong)target, .handler = 1 };
	long want = target(9);

	is(lintel(LINTEL_DEBUG, &d), 0, "a breakpoint here");
	exited(run_child(child_target, (void *)want), 0, "... and a child at the same address");
	is(LINTEL_DEBUG_HITS(lintel(LINTEL_DEBUG, NULL)), 0, "... is not seen");
}

/* Where RCU does not watch yet, or no longer: breakpoints in the way in and out of a tracked program. */
static void unwatched(void)
{
	struct lintel_info info;

	lintel(LINTEL_INFO, &info);
	for (ulong i = 0; i < 2; i++) {
		struct lintel_debug d = { .addr = i, .handler = 1 };
		long want = target(9), r;

		is(lintel(LINTEL_DEBUG, &d), 0, "a breakpoint in un-watched code of the kernel");
		is(getppid(), 0, "... a call");
		is(target(9), want, "... the program goes on");
		r = lintel(LINTEL_DEBUG, NULL);
		ok(LINTEL_DEBUG_HITS(r) >= 2 * info.tracking, "... it was hit, if this program is tracked");
		is(LINTEL_DEBUG_BAD(r), 0, "... in an NMI, RCU watching");
	}
}

static int serror(void *harmless)
{
	lintel_n(LINTEL_SERROR, (ulong)harmless);
	return 0;
}

static void serrors(void)
{
	long mark = lintel_n(LINTEL_MARK, 0);

	is(lintel_n(LINTEL_SERROR, 1), 0, "an SError, raised by software, that does no harm");
	ok(in_order(mark, LINTEL_DOOR_SERROR) != 0, "... in order");
	died(run_child(serror, (void *)0), SIGBUS, "an SError, raised by software");
}

int main(int argc, char **argv, char **envp)
{
	if (!on_lintel()) {
		died(run_child(break_instruction, NULL), SIGTRAP, "a breakpoint instruction");
		skip("only Lintel raises them on request", "breakpoints, watchpoints, steps, SErrors");
		done();
	}
	breakpoints();
	of_one_process();
	unwatched();
	serrors();
	done();
}
