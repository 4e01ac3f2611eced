/* SPDX-License-Identifier: MIT */
/*
 * The tour: crosses every door in every context it can be entered from, and prints what the
 * event ring recorded of each crossing beside the verdict of the specification.
 *
 * Two things must hold for a crossing to count as in order. The string: as entry/order.def wants
 * it. And the end state: results, exit statuses, and the checks that the kernel makes itself.
 * A kernel without a ring (or Linux) leaves the second, and each line says so.
 */
#include "programs.h"

#define EVENT_COLUMNS	72
#define LABELS		"%-14s%-22s"
#define LABEL_COLUMNS	36

static struct lintel_info info;		/* as it was when the tour began */
static bool here;			/* Lintel, and not Linux */
static u32 bad_state;			/* as it was before the crossing */
static int crossings, in_order;
static bool quiet;			/* only what is not in order is shown */

/* Shared with the children that die: where in the ring their last crossing begins. */
static volatile struct { u32 mark; } *shared;

static u32 mark(void)
{
	struct lintel_info now = { 0 };

	if (!here)
		return 0;
	lintel(LINTEL_INFO, &now);
	bad_state = now.bad_state;
	return lintel_n(LINTEL_MARK, 0);
}

/* ---- printing ---- */

/* ---- strings of events ---- */

static const char *word_end(const char *s)
{
	while (*s && *s != ' ')
		s++;
	return s;
}

/* The end of the `n` words at s; NULL if there are fewer. */
static const char *words_end(const char *s, int n)
{
	for (; n > 0; n--) {
		if (!*s)
			return NULL;
		s = word_end(s);
		if (n > 1 && *s)
			s++;
	}
	return s;
}

/* How often the `n` words at s follow one another; *rest is what comes after them. */
static int repeats(const char *s, int n, const char **rest)
{
	const char *end = words_end(s, n);
	size_t len = end ? end - s : 0;
	int times = 1;

	while (end && *end && !strncmp(end + 1, s, len) && (end[1 + len] == ' ' || !end[1 + len])) {
		end += 1 + len;
		times++;
	}
	*rest = end;
	return times;
}

#define LONGEST_REPEAT 6

/* Copies s, with "(x y)3" for "x y x y x y": a lock taken nine times is one thing to see. */
static void shorten(const char *s, char *to, size_t size)
{
	size_t at = 0;

	to[0] = 0;
	while (*s && at < size) {
		const char *rest = word_end(s), *after;
		int best = 1, words = 1;

		for (int n = 3; n <= LONGEST_REPEAT; n++) {
			int times = repeats(s, n, &after);

			if (times > 1 && times * n > best * words) {
				best = times;
				words = n;
				rest = after;
			}
		}
		if (best > 1)
			at += snprintf(to + at, size - at, "%s(%.*s)%d", at ? " " : "",
				       (int)(words_end(s, words) - s), s, best);
		else
			at += snprintf(to + at, size - at, "%s%.*s", at ? " " : "",
				       (int)(rest - s), s);
		s = *rest ? rest + 1 : rest;
	}
}

/* How much of s fits on a row: up to a space, without it. */
static int row_length(const char *s)
{
	int n = strlen(s);

	if (n <= EVENT_COLUMNS)
		return n;
	for (n = EVENT_COLUMNS; n > 0 && s[n] != ' '; n--)
		;
	return n ? n : EVENT_COLUMNS;
}

static const char *next_row(const char *s)
{
	s += row_length(s);
	return *s == ' ' ? s + 1 : s;
}

/* Events in rows under each other; `verdict` follows the last, in a column of its own. */
static void print_recorded(const char *door, const char *context, const char *s,
			   const char *verdict)
{
	for (;;) {
		const char *next = next_row(s);

		printf(LABELS "%-*.*s%s%s\n", door, context, *next ? 0 : EVENT_COLUMNS,
		       row_length(s), s, *next ? "" : "  ", *next ? "" : verdict);
		if (!*next)
			return;
		s = next;
		door = context = "";
	}
}

/* The expected string, with a marker under its column `differs`. */
static void print_expected(const char *s, int differs)
{
	const char *label = "expected:";
	const char *row = s;

	for (;;) {
		const char *next = next_row(row);
		int first = row - s;
		bool last = !*next;

		printf(LABELS "%.*s\n", "", label, row_length(row), row);
		if (differs >= first && (last || differs < next - s))
			printf("%*s^\n", LABEL_COLUMNS + differs - first, "");
		if (last)
			return;
		row = next;
		label = "";
	}
}

/*
 * The verdict on one crossing. `wrong` says which end state did not hold, or is NULL. The kernel's
 * own end-state checks are compared with what they were at the last mark().
 */
static void report(const char *where, u32 door, u32 context, u32 from, int pid, const char *wrong)
{
	static const char *const doors[] = { "system call", "IRQ", "FIQ", "page fault", "undefined",
					     "breakpoint", "SError", "fork return" };
	static struct lintel_crossing c;
	static char events[sizeof(c.recorded)];
	struct lintel_info now = info;
	long err;

	crossings++;
	if (here)
		lintel(LINTEL_INFO, &now);
	if (!wrong && now.bad_state != bad_state)
		wrong = "the kernel found a bad end state";
	if (!info.ring) {
		if (!quiet || wrong)
			print_recorded(doors[door], where, "order: not recorded", wrong ? "FAILED" : "ok");
		if (wrong)
			printf(LABELS "%s\n", "", "", wrong);
		in_order += !wrong;
		return;
	}
	memset(&c, 0, sizeof(c));
	c.mark = from;
	c.pid = pid;
	c.door = door;
	c.context = context;
	err = lintel(LINTEL_CROSSING, &c);
	if (err) {
		print_recorded(doors[door], where, "-", "MISSING");
		printf(LABELS "the ring has no such crossing (%s)%s%s\n", "", "", error_name(err),
		       wrong ? "; " : "", wrong ? wrong : "");
		return;
	}
	if (quiet && c.differs < 0 && !wrong) {
		in_order++;
		return;
	}
	shorten(c.recorded, events, sizeof(events));
	print_recorded(doors[door], where, events,
		       c.differs >= 0 ? "DIFFERS" : wrong ? "FAILED" : "ok");
	if (c.differs >= 0)
		print_expected(c.expected, c.differs);
	if (wrong)
		printf(LABELS "%s\n", "", "", wrong);
	in_order += c.differs < 0 && !wrong;
}

/* ---- system calls ---- */

static void system_calls(void)
{
	u32 from = mark();
	long r = getppid();
	char *page, *again;

	report("user, getppid", LINTEL_DOOR_SYSCALL, LINTEL_CTX_USER, from, getpid(),
	       r >= 0 ? NULL : "getppid() failed");

	/* Six arguments that all matter: the same place again, by MAP_FIXED, and it is empty. */
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	if (!IS_ERR(page))
		*page = 1;
	from = mark();
	again = mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED);
	report("user, six arguments", LINTEL_DOOR_SYSCALL, LINTEL_CTX_USER, from, getpid(),
	       IS_ERR(page) || again != page || *page ? "mmap() did not replace the page" : NULL);
	munmap(page, PAGE);

	from = mark();
	r = SYS(NR_none, 0, 0, 0, 0, 0, 0);
	report("user, no such call", LINTEL_DOOR_SYSCALL, LINTEL_CTX_USER, from, getpid(),
	       r == -ENOSYS ? NULL : "not ENOSYS");
}

/* ---- interrupts ---- */

static bool recorded(u32 from, u32 door)
{
	static struct lintel_crossing c;

	memset(&c, 0, sizeof(c));
	c.mark = from;
	c.pid = getpid();
	c.door = door;
	c.context = LINTEL_CTX_USER;
	return lintel(LINTEL_CROSSING, &c) == 0;
}

/* Did the timer that was set after `start` strike? */
static bool struck(u64 start)
{
	struct lintel_latency l = { 0, 0, 0 };

	return lintel(LINTEL_LATENCY, &l) == 0 && l.due >= start && l.handler >= l.due;
}

/*
 * One timer interrupt while this program spins in user mode. Outside -icount it comes when the
 * host gets around to it: it is waited for, and if it came before we were back from the call that
 * asked for it, then once more, with more time.
 */
static void interrupt_user(int op, u32 door)
{
	const char *wrong = "it did not come";
	u32 from = 0;

	for (u32 ticks = 2000; wrong && ticks < 2000 << 12; ticks *= 2) {
		u64 start = counter();
		int waits = 0;

		from = mark();
		lintel_n(op, ticks);
		do
			spin_ticks(20000);
		while (!struck(start) && ++waits < 1000);
		if (struck(start) && (!info.ring || recorded(from, door)))
			wrong = NULL;
	}
	report("user", door, LINTEL_CTX_USER, from, getpid(), wrong);
}

static void station(const char *where, u32 door, u32 context)
{
	struct lintel_station s = { .door = door, .context = context };
	long err;

	mark();
	err = lintel(LINTEL_STATION, &s);
	report(where, door, context, s.mark, s.pid,
	       err ? error_name(err) : s.ok ? NULL : "a bad end state");
}

static void interrupts(void)
{
	interrupt_user(LINTEL_IRQ_AT, LINTEL_DOOR_IRQ);
	station("kernel thread", LINTEL_DOOR_IRQ, LINTEL_CTX_KERNEL);
	station("softirq", LINTEL_DOOR_IRQ, LINTEL_CTX_SOFTIRQ);
	station("idle, watching", LINTEL_DOOR_IRQ, LINTEL_CTX_IDLE);
	station("idle, un-watched", LINTEL_DOOR_IRQ, LINTEL_CTX_EQS);
	interrupt_user(LINTEL_NMI_AT, LINTEL_DOOR_FIQ);
	station("kernel thread", LINTEL_DOOR_FIQ, LINTEL_CTX_KERNEL);
	station("IRQ", LINTEL_DOOR_FIQ, LINTEL_CTX_IRQ);
	station("softirq", LINTEL_DOOR_FIQ, LINTEL_CTX_SOFTIRQ);
	station("idle, watching", LINTEL_DOOR_FIQ, LINTEL_CTX_IDLE);
	station("idle, un-watched", LINTEL_DOOR_FIQ, LINTEL_CTX_EQS);
}

/* ---- faults ---- */

static void faults_served(void)
{
	char *page = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	struct timespec *t;
	u32 from = mark();
	long r = -1;
	bool zero;

	if (IS_ERR(page)) {
		report("user, demand zero", LINTEL_DOOR_FAULT, LINTEL_CTX_USER, from, getpid(),
		       "no memory");
		return;
	}
	zero = *(volatile char *)page == 0;
	report("user, demand zero", LINTEL_DOOR_FAULT, LINTEL_CTX_USER, from, getpid(),
	       zero ? NULL : "the page was not empty");

	/* Uaccess: the kernel itself meets a page that is not there yet. Two zeros: no sleep. */
	t = (struct timespec *)(page + PAGE);
	from = mark();
	r = nanosleep(t, NULL);
	report("kernel, copying in", LINTEL_DOOR_FAULT, LINTEL_CTX_KERNEL, from, getpid(),
	       r ? "nanosleep() failed" : NULL);

	t = (struct timespec *)(page + 2 * PAGE);
	from = mark();
	r = clock_gettime(CLOCK_MONOTONIC, t);
	report("kernel, copying out", LINTEL_DOOR_FAULT, LINTEL_CTX_KERNEL, from, getpid(),
	       r || (!t->sec && !t->nsec) ? "clock_gettime() left no time there" : NULL);
	munmap(page, 3 * PAGE);
}

enum crash { CRASH_FAULT, CRASH_UNDEF, CRASH_BRK };

/* The last thing before the crash is the mark: what was to be copied on write, is by now. */
static int crash(void *how)
{
	volatile int *nowhere = (int *)16;

	shared->mark = 0;
	if (here)
		shared->mark = lintel_n(LINTEL_MARK, 0);
	__asm__ volatile("" : "+r"(nowhere));
	if (how == (void *)CRASH_FAULT)
		return *nowhere;
	if (how == (void *)CRASH_UNDEF)
		do_undef();
	else if (here)
		do_brk();
	else
		do_abi_brk();
	return 0;
}

static void child_dies(enum crash how, const char *where, u32 door, int sig)
{
	long pid;
	int status = -1;

	mark();
	pid = fork();
	if (pid == 0)
		exit(crash((void *)how));
	if (pid > 0)
		status = wait_status(pid);
	report(where, door, LINTEL_CTX_USER, shared->mark, pid,
	       pid < 0 ? "fork failed" : status == STATUS_SIGNAL(sig) ? NULL : "a wrong status");
}

static void deaths(void)
{
	child_dies(CRASH_FAULT, "user, ends in SIGSEGV", LINTEL_DOOR_FAULT, SIGSEGV);
	child_dies(CRASH_UNDEF, "user, ends in SIGILL", LINTEL_DOOR_UNDEF, SIGILL);
	child_dies(CRASH_BRK, "user, ends in SIGTRAP", LINTEL_DOOR_DEBUG, SIGTRAP);
}

/*
 * How init itself came to be: a kernel thread that became a user task, the first crossing of all.
 * A tour from the shell may be too late for it, because the ring keeps only the latest events.
 */
static void beginning(void)
{
	struct lintel_crossing c = {
		.door = LINTEL_DOOR_FORK, .context = LINTEL_CTX_KERNEL, .pid = 1,
	};

	if (quiet)	/* on another CPU */
		return;
	if (info.ring && lintel(LINTEL_CROSSING, &c) == -ENOSPC)
		printf(LABELS "skipped: the ring has gone round since\n", "fork return",
		       "of a kernel thread");
	else
		station("of a kernel thread", LINTEL_DOOR_FORK, LINTEL_CTX_KERNEL);
}

static void first_return(void)
{
	u32 from = mark();
	long pid = fork();
	int status = -1;

	if (pid == 0)
		exit(7);
	if (pid > 0)
		status = wait_status(pid);
	report("of a user task", LINTEL_DOOR_FORK, LINTEL_CTX_KERNEL, from, pid,
	       pid < 0 ? "fork failed" : status == STATUS_EXIT(7) ? NULL : "a wrong status");
}

/* ---- the whole ---- */

static bool begin(void)
{
	static const char *const nmis[] = { "fiq", "pmr", "nmi" };
	static struct utsname u;

	crossings = in_order = 0;
	memset(&info, 0, sizeof(info));
	here = lintel(LINTEL_INFO, &info) == 0;
	bad_state = info.bad_state;
	uname(&u);
	printf("tour: %s %s on %s; event ring: %s; user mode tracked: %s; NMIs: %s\n",
	       u.sysname, u.release, u.machine, info.ring ? "yes" : "none",
	       info.tracking ? "yes" : "no", nmis[info.nmi % ARRAY_SIZE(nmis)]);
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (IS_ERR(shared)) {
		printf("tour: no shared memory: %s\n", error_name((long)shared));
		return false;
	}
	printf("\n" LABELS "%s\n", "door", "context",
	       info.ring ? "events, from the door's first line of C to its return; "
	       "(x y)3: x y, three times" : "");
	return true;
}

static void show_dump(u32 from)
{
	if (!info.ring)
		printf("tour: no dump: this kernel has no ring\n");
	else if (lintel_n(LINTEL_DUMP, from))
		printf("tour: no dump: the ring has gone round since\n");
}

/* A task's crossings are in the ring of its CPU: so it stays there. */
static void visit(void)
{
	if (here)
		beginning();
	system_calls();
	if (here)
		interrupts();
	faults_served();
	deaths();
	first_return();
}

/* The same again on each of the others, of which a line is enough. */
static void visit_others(u64 cpus)
{
	for (int cpu = 1; cpu < 64; cpu++) {
		int before = crossings, good = in_order;

		if (!(cpus >> cpu & 1))
			continue;
		if (sched_setaffinity(0, 1ULL << cpu) || getcpu() != cpu) {
			printf("cpu %d: the tour cannot go there\n", cpu);
			crossings++;
			continue;
		}
		visit();
		printf("cpu %d: %d crossings, %d in order\n", cpu, crossings - before, in_order - good);
	}
}

bool tour(bool dump)
{
	struct lintel_info after;
	u64 cpus = 1;
	u32 from;
	bool good;

	if (!begin())
		return false;
	sched_getaffinity(0, &cpus);
	sched_setaffinity(0, 1);
	from = mark();
	quiet = false;
	visit();
	if (dump)
		show_dump(from);
	if (cpus & ~1ULL) {
		printf("\ncpu 0: %d crossings, %d in order\n", crossings, in_order);
		quiet = true;
		visit_others(cpus);
		sched_setaffinity(0, cpus);
	}
	munmap((void *)shared, PAGE);

	after = info;
	if (here)
		lintel(LINTEL_INFO, &after);
	printf("\n");
	if (!here)
		printf("interrupts and kernel contexts: not reachable without lintel(), "
		       "so not shown\n");
	if (after.warnings)
		printf("kernel warnings since boot: %u\n", after.warnings);
	if (after.bad_state)
		printf("bad end states since boot: %u\n", after.bad_state);
	if (!info.ring)
		printf("order: not recorded\n");
	good = in_order == crossings && !after.warnings && !after.bad_state;
	printf("tour: %d crossings, %d in order\n", crossings, in_order);
	return good;
}
