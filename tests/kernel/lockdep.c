// SPDX-License-Identifier: MIT
/*
 * Lockdep's self-test: small programs that lock, each with the verdict that it must get. They run one after the other
 * on one CPU, on real locks, and never get stuck: that they could is what lockdep has to find.
 *
 *	A a	lock A, unlock it; also B, C, D. A2: another lock of the class A
 *	sA	as a spinlock; p: raw, w r: rwlock to write, to read, m: mutex, u: rcu_read_lock(), g: synchronize_rcu(),
 *		v h: the same of a kind whose readers may sleep. Without: what the column says
 *	tA nA	try; as the inner one of two of the class
 *	- +	interrupts off, on
 *	< >	softirqs off, on
 *	^( )	in an interrupt; ~( ) in a softirq, *( ) in an NMI. %(: once in each of the first two
 *	@A !	initialise A; return to user mode
 *	|	the parts may come in any order, and are run in each
 *
 * A row has a verdict for each column, or one for all that name their locks' kinds themselves; a square one for each
 * pair of kinds x, y. Every program in each order is a case.
 */
#include <lintel/bug.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mutex.h>
#include <lintel/printk.h>
#include <lintel/rwlock.h>
#include <lintel/selftest.h>
#include <lintel/string.h>
#include <kernel/lockdep/lock.h>

#ifdef CONFIG_LOCKDEP
#define SIZE	96U		/* of a program */

struct row { const char *name, *program, *want; };
struct square { const char *name, *program; const char *want[6]; };

static const char columns[] = "pswrm", kinds[] = "pswrmu";
static const char *const column_names[] = { "raw", "spin", "write", "read", "mutex", "rcu" };

/* Verdicts. */
static const struct { char c; const char *name; enum lock_report report; } verdicts[] = {
	{ '.', "ok", REPORT_NONE },
	{ 'R', "recursion", REPORT_RECURSION },
	{ 'C', "circle", REPORT_CIRCLE },
	{ 'I', "interrupt", REPORT_INTERRUPT },
	{ 'W', "wait", REPORT_WAIT },
	{ 'U', "unlock", REPORT_UNLOCK },
	{ 'N', "init", REPORT_INIT },
	{ 'H', "held", REPORT_HELD },
};

/*						   p s w r m */
static const struct row rows[] = {
	{ "AA",			"AA2a2a",		"RRRRR" },
	{ "AA-try",		"AtAa",			"...-." },
	{ "AA-nested",		"sAnsA2sa2sa",		"." },
	{ "AA-nested-mutex",	"mAnmA2ma2ma",		"." },
	{ "AA-nested-both-ways", "sAnsA2sa2sa|nsAsA2sa2sa", "C" },
	{ "read-write",		"rAwA2wa2ra",		"R" },
	{ "write-read",		"wArA2ra2wa",		"R" },
	{ "read-read-in-irq",	"%(rArA2ra2ra)",	"." },
	{ "read-write-in-irq",	"%(rAwA2wa2ra)",	"R" },
	{ "write-read-in-irq",	"%(wArA2ra2wa)",	"R" },

	{ "A-B",		"AaBb|BbAa",		"....." },
	{ "AB-AC-BC",		"ABba|ACca|BCcb",	"....." },
	{ "ABCD-AC-BD",		"ABCDdcba|ACca|BDdb",	"....." },
	{ "AB-BA",		"ABba|BAab",		"CCCCC" },
	{ "AB-AC-BA",		"ABba|ACca|BAab",	"CCCCC" },
	{ "AB-BC-CA",		"ABba|BCcb|CAac",	"CCCCC" },
	{ "ABC-CA",		"ABCcba|CAac",		"CCCCC" },
	{ "ABC-CB",		"ABCcba|CBbc",		"CCCCC" },
	{ "AB-BC-CD-DA",	"ABba|BCcb|CDdc|DAad",	"CCCCC" },
	{ "AB-BA-irqs-off",	"-ABba+|-BAab+",	"CCCCW" },
	{ "AB-BA-in-irq",	"%(ABba)|%(BAab)",	"CCC.W" },
	{ "AB-BA-task-and-irq",	"-ABba+|%(BAab)",	"CCC.W" },
	{ "AB-BA-read-between",	"^(sArBsCscrbsa)|^(sCsAsasc)", "C" },

	{ "try-inner",		"AtBba|BAab",		"....." },
	{ "try-outer",		"tABba|tBAab",		"CCCCC" },
	{ "try-between",	"AtBCcba|CAac",		"CCCCC" },
	{ "try-in-irq",		"Aa|%(tAa)",		"....." },

	{ "irq",		"Aa|%(Aa)",		"III.W" },
	{ "irq-read-outside",	"rAra|%(wAwa)",		"I" },
	{ "irq-read-inside",	"wAwa|%(rAra)",		"I" },
	{ "irq-off",		"-Aa+|%(Aa)",		"....W" },
	{ "irq-off-forgotten",	"-Aa+|Aa|%(Aa)",	"III.W" },
	{ "softirq-off",	"<Aa>|~(Aa)",		"....W" },
	{ "softirq-off-irq",	"<Aa>|^(Aa)",		"III.W" },
	{ "softirq-and-irq",	"~(Aa)|^(Aa)",		"III.W" },
	{ "softirq-and-irq-off", "~(-Aa+)|^(Aa)",	"....W" },
	{ "irq-chain",		"%(Aa)|-ABba+|Bb",	"III.W" },
	{ "irq-chain-off",	"%(Aa)|-ABba+|-Bb+",	"....W" },
	{ "irq-chain-long",	"%(Aa)|-ABba+|-BCcb+|Cc", "III.W" },
	{ "irq-chain-outer",	"%(Aa)|B-Aa+b",		"....W" },
	{ "irq-chain-inside",	"%(ABba)|Bb",		"III.W" },
	{ "irq-inside",		"A%(Bb)a|-BAab+",	"III.W" },
	{ "irq-chain-softirq",	"^(Aa)|-ABba+|~(Bb)",	"III.W" },
	{ "softirq-chain",	"~(Aa)|<ABba>|Bb",	"III.W" },
	{ "softirq-chain-off",	"~(Aa)|<ABba>|<Bb>",	"....W" },
	{ "irq-reads-held-w",	"%(rAra)|-wAsBsbwa+|sBsb", "I" },
	{ "irq-reads-held-r",	"%(rAra)|-rAsBsbra+|sBsb", "." },
	{ "irq-writes-held-r",	"%(wAwa)|-rAsBsbra+|sBsb", "I" },
	{ "irq-chain-to-read",	"%(sAsa)|-sArBrbsa+|rBrb", "I" },

	{ "nmi",		"Aa|*(Aa)",		"IWW-W" },
	{ "nmi-irqs-off",	"-Aa+|*(Aa)",		"IWW-W" },
	{ "nmi-only",		"*(Aa)|*(Aa)",		".WW-W" },
	{ "nmi-try",		"Aa|*(tAa)",		"....-" },
	{ "nmi-chain",		"*(pApa)|*(pApBpbpa)|pBpb", "I" },

	{ "wait-two-below",	"pAuBsCscubpa",		"W" },

	{ "unlock-order",	"ABab",			"....." },
	{ "unlock-order-three",	"ABCacb",		"....." },
	{ "unlock-twice",	"Aaa",			"UUUUU" },
	{ "unlock-other",	"Aab",			"UUUUU" },
	{ "unlock-below",	"ABaab",		"UUUUU" },
	{ "unlock-in-irq",	"A%(a)",		"UUUUU" },
	{ "init-held",		"A@A",			"NNNNN" },
	{ "init-free",		"Aa@AAa",		"....." },
	{ "return-held",	"A!",			"HHHHH" },
	{ "return-held-one",	"ABa!",			"HHHHH" },
	{ "return-free",	"ABba!",		"....." },

	{ "rcu-nested",		"uAuAuaua",		"." },
	{ "rcu-in-irq",		"uAua|%(uAua)|*(uAua)",	"." },
	{ "rcu-spin",		"uAsAsaua|sAuAuasa",	"." },
	{ "rcu-mutex",		"uAmAmaua",		"W" },
	{ "rcu-sync",		"gA|mAgAma",		"." },
	{ "rcu-sync-inside",	"uAgAua",		"W" },
	{ "rcu-sync-in-irq",	"%(gA)",		"W" },
	{ "rcu-sync-irqs-off",	"-gA+",			"W" },
	{ "rcu-sync-spin",	"sAgAsa",		"W" },
	{ "rcu-unlock",		"uAuaua",		"U" },
	{ "rcu-return",		"uA!",			"H" },
	{ "srcu-sync-inside",	"vAhAva",		"R" },
	{ "srcu-AB-BA",		"vAmBmbva|mBhAmb",	"C" },
	{ "srcu-AB-BA-read",	"vAmBmbva|mBvAvamb",	"." },
	{ "srcu-two",		"vAhBva|vBhAvb",	"C" },
	{ "srcu-AB-BC-CA",	"vAmBmbva|mBmCmcmb|mChAmc", "C" },
};

/*	x down; y:	 p s w r m u */
static const struct square squares[] = {
	{ "wait: y inside x", "xAyBybxa",
	  { ".WWWW.", "....W.", "....W.", "....W.", "......", "....W." } },
	{ "AB-BA", "xAyBybxa|yBxAxayb",
	  { "CWWWW.", "WCCCW.", "WCCCW.", "WCCCW.", "WWWWCW", "....W." } },
	{ "AB-BA in an interrupt", "%(xAyBybxa)|%(yBxAxayb)",
	  { "CWWWW.", "WCC.W.", "WCC.W.", "W...W.", "WWWWWW", "....W." } },
	{ "wait: y in a softirq in x", "xA~(yByb)xa",
	  { "....W.", "....W.", "....W.", "....W.", "....W.", "....W." } },
};

/* y alone, in a context. */
static const struct { const char *name, *program, *want; } contexts[] = {
	{ "wait: interrupt",	"^(xAxa)",	"....W." },
	{ "wait: softirq",	"~(xAxa)",	"....W." },
	{ "wait: NMI",		"*(xAxa)",	".WW-W." },
	{ "wait: irqs off",	"-xAxa+",	"....W." },
	{ "wait: softirqs off",	"<xAxa>",	"....W." },
	{ "wait: task",		"xAxa",		"......" },
};

/* ---- the locks ---- */

#define NR_LETTERS	4
static raw_spinlock_t raw[NR_LETTERS][2];
static spinlock_t spin[NR_LETTERS][2];
static rwlock_t rw[NR_LETTERS][2];
static struct mutex mutexes[NR_LETTERS][2];
static struct lockdep_map rcu, srcu[NR_LETTERS][2];
static struct lock_class_key keys[6][NR_LETTERS];
static bool really_held[128][NR_LETTERS][2];	/* by kind: what is not is not unlocked either */

static void init_letter(u32 l)
{
	static const char *const names[] = { "A", "B", "C", "D" };
	const char *n = names[l];

	for (u32 i = 0; i < 2; i++) {
		raw[l][i].lock.locked = spin[l][i].lock.locked = rw[l][i].word = 0;
		mutex_init(&mutexes[l][i]);
		lockdep_init_map(&raw[l][i].dep, n, &keys[0][l], LOCK_WAIT_SPIN, LOCK_WAIT_SPIN);
		lockdep_init_map(&spin[l][i].dep, n, &keys[1][l], LOCK_WAIT_CONFIG, LOCK_WAIT_CONFIG);
		lockdep_init_map(&rw[l][i].dep, n, &keys[2][l], LOCK_WAIT_CONFIG, LOCK_WAIT_CONFIG);
		lockdep_init_map(&mutexes[l][i].dep, n, &keys[3][l], LOCK_WAIT_SLEEP, LOCK_WAIT_SLEEP);
		lockdep_init_map(&srcu[l][i], n, &keys[4][l], LOCK_WAIT_FREE, LOCK_WAIT_SLEEP);
	}
}

static struct lockdep_map *map_of(char kind, u32 l, u32 i)
{
	switch (kind) {
	case 'p': return &raw[l][i].dep;
	case 's': return &spin[l][i].dep;
	case 'w':
	case 'r': return &rw[l][i].dep;
	case 'm': return &mutexes[l][i].dep;
	case 'v':
	case 'h': return &srcu[l][i];
	default:  return &rcu;
	}
}

static bool really_try(char kind, u32 l, u32 i)
{
	switch (kind) {
	case 'p': return raw_spin_trylock(&raw[l][i]);
	case 's': return spin_trylock(&spin[l][i]);
	case 'w': return write_trylock(&rw[l][i]);
	case 'r': return read_trylock(&rw[l][i]);
	default:  return mutex_trylock(&mutexes[l][i]);
	}
}

static void really_lock(char kind, u32 l, u32 i)
{
	switch (kind) {
	case 'p': raw_spin_lock(&raw[l][i]); break;
	case 's': spin_lock(&spin[l][i]); break;
	case 'w': write_lock(&rw[l][i]); break;
	case 'r': read_lock(&rw[l][i]); break;
	default:  mutex_lock(&mutexes[l][i]);
	}
}

static void really_unlock(char kind, u32 l, u32 i)
{
	switch (kind) {
	case 'p': raw_spin_unlock(&raw[l][i]); break;
	case 's': spin_unlock(&spin[l][i]); break;
	case 'w': write_unlock(&rw[l][i]); break;
	case 'r': read_unlock(&rw[l][i]); break;
	default:  mutex_unlock(&mutexes[l][i]);
	}
}

/* A lock that waits in an NMI warns by itself: there, and for what is no lock, lockdep alone is told. */
static void only_told(char kind, u32 l, u32 i, u32 how)
{
	if (kind == 'u' || kind == 'v')
		how |= LOCK_READ_RECURSIVE;
	else if (kind == 'g' || kind == 'h')
		how |= LOCK_SYNC;
	lock_acquire(map_of(kind, l, i), how);
}

static void take(char kind, u32 l, u32 i, bool try, u32 subclass)
{
	bool lock = strchr(columns, kind);

	if (lock && try)
		really_held[(u8)kind][l][i] |= really_try(kind, l, i);
	else if (!lock || in_nmi())
		only_told(kind, l, i, 0);
	else if (subclass && kind == 's')
		spin_lock_nested(&spin[l][i], subclass);
	else if (subclass)
		mutex_lock_nested(&mutexes[l][i], subclass);
	else
		really_lock(kind, l, i);
	if (lock && !try && !in_nmi())
		really_held[(u8)kind][l][i] = true;
}

static void let_go(char kind, u32 l, u32 i)
{
	if (!really_held[(u8)kind][l][i]) {
		lock_release(map_of(kind, l, i));
		return;
	}
	really_held[(u8)kind][l][i] = false;
	really_unlock(kind, l, i);
}

/* ---- a program ---- */

static void context(char c, bool enter)
{
	u32 count = c == '^' ? HARDIRQ_OFFSET : c == '~' ? SOFTIRQ_OFFSET : NMI_OFFSET + HARDIRQ_OFFSET;

	if (enter) {
		if (c != '~')
			local_irq_disable();
		__preempt_count_add(count);
	} else {
		__preempt_count_sub(count);
		if (c != '~')
			local_irq_enable();
	}
}

static void other_step(char c, char *in)
{
	switch (c) {
	case '-': local_irq_disable(); break;
	case '+': local_irq_enable(); break;
	case '<': local_bh_disable(); break;
	case '>': local_bh_enable(); break;
	case '^':
	case '~':
	case '*': context(*in = c, true); break;
	case ')': context(*in, false); break;
	case '!': lockdep_sys_exit(); break;
	}
}

static void step(const char **at, char column, char *in)
{
	bool try = false, init = false;
	u32 subclass = 0, l, i;
	char kind = column;
	const char *p = *at;

	for (; strchr("tn@pswrmugvh", *p); p++) {
		if (*p == 't')
			try = true;
		else if (*p == 'n')
			subclass = 1;
		else if (*p == '@')
			init = true;
		else
			kind = *p;
	}
	*at = p + 1;
	if (!strchr("ABCDabcd", *p)) {
		other_step(*p, in);
		return;
	}
	l = (u32)(*p - (*p < 'a' ? 'A' : 'a'));
	i = p[1] == '2';
	*at += i;
	if (init)
		lockdep_init_map(map_of(kind, l, i), "again", map_of(kind, l, i)->key, LOCK_WAIT_ANY, LOCK_WAIT_ANY);
	else if (*p < 'a')
		take(kind, l, i, try, subclass);
	else
		let_go(kind, l, i);
}

/* From scratch, and back. */
static enum lock_report run(const char *program, char column)
{
	struct lock_mark mark = lock_used;
	u32 count = preempt_count();
	char in = 0;

	for (u32 l = 0; l < NR_LETTERS; l++)
		init_letter(l);
	lockdep_init_map(&rcu, "RCU", keys[5], LOCK_WAIT_FREE, LOCK_WAIT_CONFIG);	/* as rcu_lock_map */
	memset(really_held, 0, sizeof(really_held));
	lockdep_found = REPORT_NONE;
	lockdep_off = false;
	while (*program)
		step(&program, column, &in);
	lockdep_off = true;
	__preempt_count_add(count - preempt_count());
	if (irqs_disabled())
		local_irq_enable();
	current->lockdep_depth = 0;
	lock_graph_rewind(mark);
	lockdep_off = false;
	return lockdep_found;
}

/* ---- cases ---- */

static struct { u32 cases, expected, clean, wrong; } total;

static const char *verdict_name(enum lock_report r)
{
	for (u32 i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (verdicts[i].report == r)
			return verdicts[i].name;
	return "full";
}

static enum lock_report wanted(char c)
{
	for (u32 i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (verdicts[i].c == c)
			return verdicts[i].report;
	return REPORT_FULL;
}

static void copy_part(char **to, const char *program, u32 nr)
{
	for (; nr; program++)
		nr -= *program == '|';
	while (*program && *program != '|')
		*(*to)++ = *program++;
}

static u32 count_parts(const char *program)
{
	u32 n = 1;

	for (; *program; program++)
		n += *program == '|';
	return n;
}

static u32 factorial(u32 n) { return n ? n * factorial(n - 1) : 1; }

/* The parts in the nr-th order. */
static void in_order(char *to, const char *program, u32 nr)
{
	u32 left[] = { 0, 1, 2, 3 }, n = count_parts(program);

	for (; n; n--) {
		u32 k = nr % n;

		nr /= n;
		copy_part(&to, program, left[k]);
		for (; k + 1 < n; k++)
			left[k] = left[k + 1];
	}
	*to = '\0';
}

static bool one_case(const char *name, const char *program, char column, enum lock_report want)
{
	enum lock_report found = run(program, column);
	bool ok = found == want;

	*(want == REPORT_NONE ? &total.clean : &total.cases) += 1;
	if (ok && want != REPORT_NONE)
		total.expected++;
	if (!ok) {
		total.wrong++;
		printk(LOG_EMERG, "wrong: %s, %c, %s: %s instead of %s\n", name, column, program, verdict_name(found),
		       verdict_name(want));
	}
	return ok;
}

static bool all_orders(const char *name, const char *program, char column, enum lock_report want)
{
	u32 n = factorial(count_parts(program));
	char ordered[SIZE];
	bool ok = true;

	for (u32 nr = 0; nr < n; nr++) {
		in_order(ordered, program, nr);
		ok &= one_case(name, ordered, column, want);
	}
	return ok;
}

static void substitute(char *to, const char *from, char irq, char x, char y)
{
	for (; *from; from++)
		*to++ = *from == '%' ? irq : *from == 'x' ? x : *from == 'y' ? y : *from;
	*to = '\0';
}

/* In each order, in both kinds of interrupt; the text of its cell. */
static const char *cell(const char *name, const char *program, char x, char y, char want)
{
	char text[SIZE];
	bool ok;

	if (want == '-')
		return "-";
	substitute(text, program, '^', x, y);
	ok = all_orders(name, text, x, wanted(want));
	if (strchr(program, '%')) {
		substitute(text, program, '~', x, y);
		ok &= all_orders(name, text, x, wanted(want));
	}
	return ok ? verdict_name(wanted(want)) : "WRONG";
}

/* ---- the table ---- */

static void heading(const char *name, u32 n)
{
	char line[160];
	int at = snprintf(line, sizeof(line), "%-26s orders", name);

	for (u32 i = 0; i < n; i++)
		at += snprintf(line + at, sizeof(line) - (u32)at, "  %-9s", column_names[i]);
	printk(LOG_EMERG, "%s\n", line);
}

static void line_of(const char *name, const char *program, const char *want, const char *kinds_x, char y)
{
	u32 orders = factorial(count_parts(program)) * (strchr(program, '%') ? 2 : 1);
	char line[160];
	int at = snprintf(line, sizeof(line), "  %-24s %6u", name, orders);

	for (u32 i = 0; want[i]; i++)
		at += snprintf(line + at, sizeof(line) - (u32)at, "  %-9s",
			       y ? cell(name, program, y, kinds_x[i], want[i]) : cell(name, program, kinds_x[i], 0, want[i]));
	printk(LOG_EMERG, "%s\n", line);
}

static void all_rows(void)
{
	heading("of one kind", 5);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].want[1])
			line_of(rows[i].name, rows[i].program, rows[i].want, columns, 0);
	heading("of the kinds it says", 0);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (!rows[i].want[1])
			line_of(rows[i].name, rows[i].program, rows[i].want, "s", 0);
	heading("in a context", 6);
	for (u32 i = 0; i < ARRAY_SIZE(contexts); i++)
		line_of(contexts[i].name, contexts[i].program, contexts[i].want, kinds, 0);
	for (u32 i = 0; i < ARRAY_SIZE(squares); i++) {
		heading(squares[i].name, 6);
		for (u32 x = 0; x < 6; x++)
			line_of(column_names[x], squares[i].program, squares[i].want[x], kinds, kinds[x]);
	}
}

static const struct row *find_row(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* ---- aloud ---- */

/* docs/lockdep.md explains what is said of these two. */
static spinlock_t account = SPINLOCK_INIT(account), ledger = SPINLOCK_INIT(ledger);

static void __noinline pay_in(void)
{
	spin_lock(&account);
	spin_lock(&ledger);
	spin_unlock(&ledger);
	spin_unlock(&account);
}

static void __noinline audit(void)
{
	spin_lock(&ledger);
	spin_lock(&account);
	spin_unlock(&account);
	spin_unlock(&ledger);
}

static void __noreturn example(void)
{
	warn_expect_begin();
	pay_in();
	audit();
	machine_exit(warn_expect_end() != 1);
}

/* One row in its first order, on spinlocks if nothing else is said, aloud. */
static void __noreturn show_row(const char *name)
{
	const struct row *row = find_row(name);
	char text[SIZE], ordered[SIZE];

	if (!row) {
		printk(LOG_EMERG, "lockdep=%s: no row of the grid has that name; lockdep=grid prints them\n", name);
		machine_exit(1);
	}
	substitute(text, row->program, '^', 's', 0);
	in_order(ordered, text, 0);
	printk(LOG_EMERG, "lockdep: %s is %s\n", name, ordered);
	lockdep_quiet = false;
	warn_expect_begin();
	run(ordered, 's');
	if (!warn_expect_end())
		printk(LOG_EMERG, "lockdep: nothing is wrong with it\n");
	machine_exit(0);
}

void __noreturn lockdep_selftest(const char *which)
{
	bool off = lockdep_off;

	if (!strcmp(which, "example"))
		example();
	if (strcmp(which, "grid"))
		show_row(which);
	printk(LOG_EMERG, "a word: reported, as expected; ok: not reported, as expected; WRONG: neither\n");
	lockdep_quiet = true;
	all_rows();
	if (off)
		printk(LOG_EMERG, "wrong: lockdep was off before the grid began\n");
	printk(LOG_EMERG, "lockdep %s: %u cases, %u as expected, %u clean programs, %u wrong\n",
	       IS_ENABLED(CONFIG_ARM64) ? "arm64" : "arm", total.cases, total.expected, total.clean, total.wrong + off);
	machine_exit(total.wrong || off || !total.cases || !total.clean);
}
#endif
