/* SPDX-License-Identifier: MIT */
/*
 * An NMI before every instruction of a crossing, one after the other: it is asked for so many ticks ahead,
 * which under -icount shift=4 are instructions, and one more each time. The same with an IRQ; and with an NMI
 * at every instruction of an IRQ that comes at some. Each time all registers must be as without it, the call
 * must have done what it does, the kernel's state must be what it was, and each must have come once.
 *
 * sweep=paths	crosses each path some times without any, for a trace, and says where to look
 * sweep=once	the same with one crossing each, for tools/culprit
 * sweep=nmi	at=PATH:I,I-J,.../PATH:...: an NMI at each of these instructions; prints where each came
 * sweep=irq	the same with IRQs
 * sweep=pairs	at=PATH:I+LENGTH,.../...: an IRQ there, and an NMI at each of its LENGTH instructions; prints
 *		a number for all of them
 * sweep=pair	... prints where each came
 *
 * sweep=brk	at=PATH:OFFSET,.../...: a breakpoint instruction in place of each of these of the kernel's, once;
 *		prints how often it was hit
 *
 * door=, kind=: only paths whose name has these words. tools/sweep gives the orders, and holds the answers
 * against QEMU's trace.
 */
#include "registers.h"

#define PLAIN		4		/* crossings without an NMI */
#define FAR		200000U		/* ticks: nothing here is that far away */
#define NEAR		20000U		/* ... and no path begins behind that many */
#define TRIES		3		/* (just there the machine's own tick may come) */
#define SPIN		20000U		/* rounds of a loop that is interrupted */
#define LEAD		64U		/* bytes of straight code in front of the crossing's instruction */
#define STEP		8U		/* ... that no step of so many ticks misses */
#define SOMEWHERE	500U		/* ticks: into most paths */
#define EARLY		4U		/* ticks before a path whose begin is an IRQ */

extern char poison_svc_at[], poison_store_at[], poison_spin_at[], poison_undef_at[], poison_brk_at[];

/* Where a path begins: at an instruction of ours, with an IRQ in a loop of ours or of the kernel's, or when
 * the idle task wakes up. */
enum begin { INSTRUCTION, FAULT, KERNEL_INSTRUCTION, LOOP, KERNEL_LOOP, IDLE };
static const char *const begin_names[] = { "instruction", "fault", "instruction", "irq", "irq", "wfi" };

struct path {
	const char *name;		/* the door, and what happens there */
	enum begin begin;
	void (*prepare)(void);
	poison_fn cross;
	char *at;			/* INSTRUCTION, FAULT: this one */
	unsigned int how, place;
	unsigned int returns;		/* to user mode, until it is over */
	void (*setup)(void), (*teardown)(void);
};

static struct lintel_shot shot;
static u32 irq2;			/* an IRQ into the path of one */
static u32 brk;				/* where a breakpoint instruction is to be */
static char *page;
static long expected;			/* result of the call */
static bool result_is_pid;
static volatile int *shared;		/* with children */
static int partner;

/* ---- what is done before a crossing ---- */

static void call(long nr, long a, long b, long result)
{
	in.x[NR_NUMBER] = nr;
	in.x[0] = a;
	in.x[1] = b;
	expected = result;
}

static void null(void) { call(NR_getppid, 0, 0, 0); }
static void unknown(void) { call(NR_none, 0, 0, -ENOSYS); }
static void yield(void) { call(NR_sched_yield, 0, 0, 0); }
static void bad_address(void) { call(NR_uname, 8, 0, -EFAULT); }
static void work(void)
{
	call(__NR_lintel, LINTEL_WORK, LINTEL_WORK_RESCHED | LINTEL_WORK_SIGNAL | LINTEL_WORK_RESUME, 0);
}
static void trace_me(void) { lintel_n(LINTEL_TRACE_ME, 1); }
static void untraced(void) { lintel_n(LINTEL_TRACE_ME, 0); }
static void loop(void) { in.x[NR_COUNTER] = SPIN; }

/* A page that nobody has touched: always the same, so that each fault does the same. */
static void fresh_page(void)
{
	if (page)
		munmap(page, PAGE);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	in.x[NR_ADDRESS] = (ulong)page;
}
static void into_page(void)
{
	fresh_page();
	call(NR_uname, (long)page, 0, 0);
}

/* (as much memory to copy as ever, whatever paths have come before) */
static void clone(void)
{
	fresh_page();
	*(volatile char *)page = 1;
	call(NR_clone, SIGCHLD, 0, 0);
	in.x[2] = in.x[3] = in.x[4] = 0;
}

/* ---- crossings of two processes ---- */

static void child_ends(bool good) { exit(good ? 0 : 1); }

/* The child is over when it has seen its registers. */
static void fork_and_wait(const struct poison *from, struct poison *to)
{
	poison_svc(from, to);
	if (to->x[0] == 0)
		child_ends(!different(1));
	if (wait_status(to->x[0]) != 0)
		to->x[0] = -EINTR;
}

/* Somebody to take turns with, who looks at its own registers. */
static void find_partner(void)
{
	bool good = true;

	*shared = 0;
	partner = fork();
	if (partner) {
		sched_yield();		/* it is in the middle of its call from now on */
		return;
	}
	fill();
	while (!*shared) {
		yield();
		poison_svc(&in, &out);
		good &= !different(1);
	}
	child_ends(good);
}

static bool partner_bad;
static void leave_partner(void)
{
	*shared = 1;
	partner_bad |= wait_status(partner) != 0;
}

static const struct path paths[] = {
	{ "syscall null", INSTRUCTION, null, poison_svc, poison_svc_at, .returns = 1 },
	{ "syscall unknown", INSTRUCTION, unknown, poison_svc, poison_svc_at, .returns = 1 },
	{ "syscall traced", INSTRUCTION, null, poison_svc, poison_svc_at, .returns = 1, .setup = trace_me,
	  .teardown = untraced },
	{ "syscall yield", INSTRUCTION, yield, poison_svc, poison_svc_at, .returns = 1 },
	{ "syscall work", INSTRUCTION, work, poison_svc, poison_svc_at, LINTEL_SHOT_WORK, .returns = 1 },
	{ "syscall uaccess", INSTRUCTION, into_page, poison_svc, poison_svc_at, .returns = 1 },
	{ "syscall efault", INSTRUCTION, bad_address, poison_svc, poison_svc_at, LINTEL_SHOT_FAULT, .returns = 1 },
	{ "syscall switch", INSTRUCTION, yield, poison_svc, poison_svc_at, .returns = 2, .setup = find_partner,
	  .teardown = leave_partner },
	{ "syscall fork", INSTRUCTION, clone, fork_and_wait, poison_svc_at, .returns = 2 },
	{ "fault write", FAULT, fresh_page, poison_store, poison_store_at, LINTEL_SHOT_FAULT, .returns = 1 },
	{ "undef user", FAULT, NULL, poison_undef, poison_undef_at, LINTEL_SHOT_FORGIVE, .returns = 1 },
	{ "debug user", FAULT, NULL, poison_brk, poison_brk_at, LINTEL_SHOT_FORGIVE, .returns = 1 },
	{ "debug kernel", KERNEL_INSTRUCTION, .place = LINTEL_PLACE_BREAK, .returns = 1 },
	{ "irq user", LOOP, loop, poison_spin, NULL },
	{ "irq user-resched", LOOP, loop, poison_spin, NULL, LINTEL_SHOT_WORK },
	{ "irq kernel", KERNEL_LOOP, .place = LINTEL_PLACE_KERNEL },
	{ "irq kernel-resched", KERNEL_LOOP, .how = LINTEL_SHOT_WORK, .place = LINTEL_PLACE_KERNEL },
	{ "irq idle", IDLE, .place = LINTEL_PLACE_IDLE },
	{ "irq eqs", IDLE, .place = LINTEL_PLACE_EQS },
};

static bool in_kernel(const struct path *p)
{
	return p->begin == KERNEL_INSTRUCTION || p->begin == KERNEL_LOOP || p->begin == IDLE;
}
static bool begins_with_irq(const struct path *p) { return p->begin == LOOP || p->begin == KERNEL_LOOP; }

/* ---- one shot ---- */

/* Registers that the crossing itself changes. */
static u32 not_compared(const struct path *p)
{
	if (p->begin == LOOP)
		return 1U << NR_COUNTER | 1U << NR_SCRATCH;
	return p->begin == INSTRUCTION ? 1 : 0;
}

static const char *check_user(const struct path *p)
{
	const char *what = different(not_compared(p));
	long result = out.x[0];

	if (what || p->begin != INSTRUCTION)
		return what;
	if (result_is_pid ? result <= 0 : result != expected)
		return "the result";
	return NULL;
}

static void cross_user(const struct path *p, u32 irq, u32 nmi)
{
	if (p->prepare)
		p->prepare();
	shot = (struct lintel_shot){ .how = p->how, .irq = irq, .irq2 = irq2, .nmi = nmi, .brk = brk };
	lintel(LINTEL_SHOOT, &shot);
	p->cross(&in, &out);
}

static const char *numbers(u32 irq, u32 nmi)
{
	if (irq && shot.irqs != (irq2 ? 2 : 1))
		return shot.irqs ? "the number of IRQs" : "the IRQ (none, or not as one)";
	if (nmi && shot.nmis != 1)
		return shot.nmis ? "the number of NMIs" : "the NMI (none, or not as one)";
	return NULL;
}

/* Again if a tick of the machine came in between, which is another path. Returns what is wrong. */
static const char *shoot(const struct path *p, u32 irq, u32 nmi)
{
	const char *what = NULL;
	static char changed[32];

	do {
		if (in_kernel(p)) {
			shot = (struct lintel_shot){ .how = p->how, .place = p->place, .irq = irq, .irq2 = irq2,
						     .nmi = nmi, .brk = brk };
			lintel(LINTEL_PLACE, &shot);
		} else {
			cross_user(p, irq, nmi);
			what = check_user(p);
			shot.irq = shot.irq2 = shot.nmi = shot.brk = 0;
			lintel(LINTEL_SHOOT, &shot);
		}
	} while (!what && shot.ticks);
	if (!what && shot.changed[0]) {
		memcpy(changed, shot.changed, sizeof(changed));
		what = changed;
	}
	if (!what && shot.disorder)
		what = "the order of events";
	return what ? what : numbers(irq, nmi);
}

/* ---- where a path begins ---- */

/* The IRQ that is the path's own, if its begin is one: in the middle of the loop. */
static u32 own_irq(const struct path *p)
{
	u32 irq;

	for (irq = 500; begins_with_irq(p) && irq < FAR; irq += irq / 2) {
		shoot(p, irq, 0);
		if (p->begin == LOOP ? shot.irq_pc - (ulong)poison_spin_at < 16 : shot.irq_pc - shot.at < 1024)
			return irq;
	}
	return 0;
}

static unsigned long long came_at(bool irq) { return irq ? shot.irq_pc : shot.nmi_pc; }

/* An IRQ at a tick: where the path begins with one of its own, it is the second. */
static const char *shoot_irq(const struct path *p, u32 own, u32 tick, u32 nmi)
{
	const char *what;

	irq2 = own ? tick : 0;
	what = shoot(p, own ? own : tick, nmi);
	irq2 = 0;
	return what;
}

static u32 search_first_tick(const struct path *p, bool irq)
{
	unsigned long long at;

	for (u32 tick = 1; tick < NEAR; tick += at - came_at(irq) <= LEAD ? 1 : STEP) {
		shoot(p, irq ? tick : 0, irq ? 0 : tick);
		at = in_kernel(p) ? shot.at : (ulong)p->at;
		if (came_at(irq) == at)
			return tick;
	}
	return 0;
}

/* The tick of its first instruction, for an NMI or an IRQ; 0 if it is not found. */
static u32 first_tick(const struct path *p, bool irq, u32 own)
{
	u32 tick = 0;

	if (p->begin == IDLE)
		return 1;
	if (begins_with_irq(p))
		return irq ? own : own - EARLY;
	for (u32 i = 0; !tick && i < TRIES; i++)
		tick = search_first_tick(p, irq);
	return tick;
}

/* ---- one path ---- */

static void begin(const struct path *p)
{
	fill();
	result_is_pid = p->prepare == clone;
	if (p->setup)
		p->setup();
}

static u32 last_tick;

static void end(const struct path *p, const char *what, const char *how, unsigned long long pc)
{
	if (p->teardown)
		p->teardown();
	if (!what && partner_bad)
		what = "a register of the other process";
	ok(!what, "%s, %s", p->name, how);
	if (what)
		note("%s changed: 0x%llx after %u ticks", what, pc, last_tick);
}

/* What a path leaves behind for good is there before the first one counts, whichever the order is about. */
static void cross_all(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct path *p = &paths[i];
		u32 own;

		begin(p);
		own = own_irq(p);
		for (int n = 0; n < PLAIN; n++)
			shoot(p, own, 0);
		if (p->teardown)
			p->teardown();
	}
}

/* For the trace: here another path begins. */
static __noinline void new_path(void) { barrier(); }

static void cross_plainly(u32 nr, const struct path *p, int times)
{
	const char *what = NULL;
	u32 own;

	begin(p);
	new_path();
	own = own_irq(p);
	/* (one NMI, somewhere: for those who look at the registers in the trace) */
	shoot(p, own, own ? own + SOMEWHERE : 3 * SOMEWHERE);
	for (int i = 0; i < times && !what; i++)
		what = shoot(p, own, 0);
	printf("path %u %s %llx %u %s\n", nr, begin_names[p->begin],
	       in_kernel(p) ? shot.at : p->begin == LOOP ? (ulong)poison_spin_at : (ulong)p->at, p->returns, p->name);
	end(p, what, "undisturbed", 0);
}

/* ---- pairs ---- */

static u64 number(const char **s)
{
	u64 n = 0;

	while (**s >= '0' && **s <= '9')
		n = n * 10 + *(*s)++ - '0';
	return n;
}

static bool skip_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* The NMIs of one IRQ, as one number: where each came, in order. */
static const char *pair(const struct path *p, u32 own, u32 irq, u32 length, bool each)
{
	unsigned long long hash = 0xcbf29ce484222325ULL;
	const char *what = NULL;

	for (u32 i = 1; i <= length && !what; i++) {
		what = shoot_irq(p, own, irq, irq + i);
		hash = (hash ^ shot.nmi_pc) * 0x100000001b3ULL;
		if (each)
			printf("hit %llx\n", shot.nmi_pc);
	}
	if (!each)
		printf("pair %llx\n", hash);
	return what;
}

/* ---- at some instructions ---- */

enum what { NMI, IRQ, BRK, PAIRS, PAIR };

static const char *hit(const struct path *p, u32 own, u32 tick, enum what kind)
{
	const char *what = kind == IRQ ? shoot_irq(p, own, tick, 0) : shoot(p, own, tick);

	/* (idle has not got so far: it is asleep again) */
	if (p->begin == IDLE && what && !(kind == IRQ ? shot.irqs : shot.nmis) && !shot.changed[0] && !shot.disorder)
		what = NULL;
	printf("hit %llx\n", came_at(kind == IRQ));
	return what;
}

static const char *hit_break(const struct path *p, u32 own, u32 offset)
{
	const char *what;

	brk = offset;
	what = shoot(p, own, 0);
	printf("hit %u\n", shot.brks);
	brk = 0;
	return what;
}

/* Each of a list of numbers, some with a last one (3-9), some with a length (3+120). */
static const char *at_each(const struct path *p, const char **list, enum what kind)
{
	const char *what;
	u32 own, first;

	new_path();
	own = own_irq(p);
	first = kind == BRK ? 1 : first_tick(p, kind != NMI, own);
	what = first && (own || !begins_with_irq(p)) ? NULL : "where it begins";
	do {
		u32 at = number(list), last = skip_char(list, '-') ? number(list) : at;
		u32 length = skip_char(list, '+') ? number(list) : 0;

		for (; at <= last && !what; at++) {
			last_tick = first + at;
			what = kind >= PAIRS ? pair(p, own, first + at, length, kind == PAIR) :
			       kind == BRK ? hit_break(p, own, at) : hit(p, own, first + at, kind);
		}
	} while (skip_char(list, ','));
	return what;
}

static void at_places(const char *list, enum what kind)
{
	while (list && *list) {
		const struct path *p = &paths[number(&list) % ARRAY_SIZE(paths)];
		const char *what;

		skip_char(&list, ':');
		printf("path %s\n", p->name);
		begin(p);
		what = at_each(p, &list, kind);
		end(p, what, kind >= PAIRS ? "an NMI at each instruction of IRQs" : kind == NMI ? "NMIs" : kind == IRQ ? "IRQs" :
		    "breakpoint instructions", came_at(kind == IRQ));
		if (!skip_char(&list, '/'))
			break;
	}
}

/* ---- orders ---- */

static bool has_word(const char *name, bool second, const char *word)
{
	size_t first = 0, n;

	while (name[first] != ' ')
		first++;
	n = second ? strlen(name + first + 1) : first;
	return !word || !*word || (strlen(word) == n && !strncmp(second ? name + first + 1 : name, word, n));
}

static void all_paths(char **envp, int times)
{
	for (u32 i = 0; i < ARRAY_SIZE(paths); i++)
		if (has_word(paths[i].name, false, env_value(envp, "door")) &&
		    has_word(paths[i].name, true, env_value(envp, "kind")))
			cross_plainly(i, &paths[i], times);
}

int main(int argc, char **argv, char **envp)
{
	const char *how = env_value(envp, "sweep");

	(void)argc, (void)argv;
	if (!on_lintel() || !how) {
		skip(how ? "interrupts on request need lintel()" : "sweep= says what to do: tools/sweep", "sweep");
		done();
	}
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (strcmp(how, "once"))
		cross_all();
	if (!strcmp(how, "paths") || !strcmp(how, "once"))
		all_paths(envp, strcmp(how, "once") ? PLAIN : 1);
	else
		at_places(env_value(envp, "at"), !strcmp(how, "nmi") ? NMI : !strcmp(how, "irq") ? IRQ :
			  !strcmp(how, "brk") ? BRK : !strcmp(how, "pairs") ? PAIRS : PAIR);
	done();
}
