// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/selftest.h>
#include <lintel/string.h>

static struct { u32 ok, failed, skipped; } total;
static u32 failures;			/* of the running test */
static const char *skip_reason;

void selftest_failed(const char *file, int line, const char *what)
{
	failures++;
	printk(LOG_EMERG, "# %s:%d: expected %s\n", file, line, what);
}

void selftest_skip(const char *reason)
{
	skip_reason = reason;
}

#ifdef CONFIG_SELFTEST
extern const struct selftest __start_selftests[], __stop_selftests[];
#define FIRST	__start_selftests
#define END	__stop_selftests
#else
#define FIRST	((const struct selftest *)NULL)
#define END	((const struct selftest *)NULL)
#endif

/* Is `name` one of the words of the comma-separated list? */
static bool listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (;;) {
		if (!strncmp(list, name, n) && (!list[n] || list[n] == ','))
			return true;
		list = strchr(list, ',');
		if (!list)
			return false;
		list++;
	}
}

static bool chosen(const char *names, const struct selftest *t)
{
	return listed(names, "all") || listed(names, t->name);
}

static void run_one(const struct selftest *t, u32 nr)
{
	u32 warned = warn_count();

	failures = 0;
	skip_reason = NULL;
	t->fn();
	if (warn_count() != warned)
		selftest_failed(t->name, 0, "no kernel warning during the test");
	if (preempt_count())
		selftest_failed(t->name, 0, "preempt_count 0 after the test");
	if (skip_reason) {
		total.skipped++;
		printk(LOG_EMERG, "ok %u - %s # SKIP %s\n", nr, t->name, skip_reason);
		return;
	}
	*(failures ? &total.failed : &total.ok) += 1;
	printk(LOG_EMERG, "%s %u - %s\n", failures ? "not ok" : "ok", nr, t->name);
}

static u32 count_chosen(const char *names)
{
	u32 n = 0;

	for (const struct selftest *t = FIRST; t < END; t++)
		n += chosen(names, t);
	return n;
}

void __noreturn selftest_run(const char *names)
{
	u32 n = count_chosen(names), nr = 0;

	sched_setaffinity(current, CPU_MASK(0));	/* those that are about several CPUs say so */
	printk(LOG_EMERG, "KTAP version 1\n");
	printk(LOG_EMERG, "1..%u\n", n);
	if (!n)
		printk(LOG_EMERG, "# no self-test is named %s%s\n", names,
		       IS_ENABLED(CONFIG_SELFTEST) ? "" : ": CONFIG_SELFTEST is off");
	for (const struct selftest *t = FIRST; t < END; t++)
		if (chosen(names, t))
			run_one(t, ++nr);
	printk(LOG_EMERG, "# selftest: %u ok, %u failed, %u skipped\n", total.ok, total.failed,
	       total.skipped);
	machine_exit(!n || total.failed ? 1 : 0);
}

#if !defined(CONFIG_SELFTEST) || !defined(CONFIG_LOCKDEP)
void __noreturn lockdep_selftest(const char *which)
{
	(void)which;
	printk(LOG_EMERG, "lockdep=: this kernel has no CONFIG_LOCKDEP, or no CONFIG_SELFTEST\n");
	machine_exit(1);
}
#endif

#ifndef CONFIG_SELFTEST
void torture_start(const char *value)
{
	(void)value;
	printk(LOG_EMERG, "torture=: this kernel has no CONFIG_SELFTEST\n");
	machine_exit(1);
}

void stress_start(const char *value)
{
	(void)value;
	printk(LOG_EMERG, "stress=: this kernel has no CONFIG_SELFTEST\n");
	machine_exit(1);
}
#endif
