// SPDX-License-Identifier: MIT
/*
 * The boot argument nohz_full=: CPUs that one task has for itself, as a list like 1-3,5. Their user mode is tracked, and
 * their tick stops while they run one task (kernel/time.c). CPU 0 never goes off, so it is the one whose tick goes on:
 * it counts jiffies for those that do not look. What is wrong with a part of the list is said, and the rest counts.
 */
#include <lintel/boot.h>
#include <lintel/context_tracking.h>
#include <lintel/printk.h>
#include <lintel/smp.h>
#include <lintel/string.h>
#include <lintel/time.h>

#define SHOWN	24		/* characters of a long part in a message */

cpumask_t nohz_full_cpus;

struct part { const char *text; u32 len, at; };		/* `at` counts characters from 1 */

static void named(const struct part *p, const char *what)
{
	bool whole = p->len <= SHOWN;

	pr_warn("nohz_full=: \"%.*s%s\" at character %u: %s\n", whole ? (int)p->len : SHOWN, p->text, whole ? "" : "...",
		p->at, what);
}

/* Where the digits end; NULL without any. What is too large for a CPU stays so. */
static const char *number(const char *s, const char *end, u32 *n)
{
	const char *from = s;

	for (*n = 0; s < end && *s >= '0' && *s <= '9'; s++)
		*n = min(*n * 10 + (u32)(*s - '0'), 100000U);
	return s > from ? s : NULL;
}

static bool understand(const struct part *p, u32 *first, u32 *last)
{
	const char *end = p->text + p->len, *s = number(p->text, end, first);

	*last = *first;
	if (s && s < end && *s == '-')
		s = number(s + 1, end, last);
	return s == end;
}

static void add(const struct part *p)
{
	u32 first, last;
	char what[80];

	if (!understand(p, &first, &last)) {
		named(p, "neither a CPU nor a range like 1-3, ignored");
		return;
	}
	if (last < first) {
		named(p, "the range ends before it begins, ignored");
		return;
	}
	if (last >= nr_cpus) {
		if (first >= nr_cpus)
			snprintf(what, sizeof(what), "the last CPU is %u, ignored", nr_cpus - 1);
		else
			snprintf(what, sizeof(what), "the last CPU is %u, ignored from %u on", nr_cpus - 1, nr_cpus);
		named(p, what);
		last = nr_cpus - 1;
	}
	for (u32 cpu = first; cpu <= last; cpu++)
		nohz_full_cpus |= CPU_MASK(cpu);
	if (!first)
		named(p, "CPU 0 keeps time: its user mode is tracked, its tick goes on");
}

static void add_each(const char *value)
{
	struct part p = { .text = value };

	for (;;) {
		const char *comma = strchr(p.text, ',');

		p.len = comma ? (u32)(comma - p.text) : (u32)strlen(p.text);
		p.at = (u32)(p.text - value) + 1;
		add(&p);
		if (!comma)
			return;
		p.text = comma + 1;
	}
}

static int set_nohz_full(const char *value)
{
	add_each(value);
	context_tracking_task(current_thread_info(), 0);
	if (nohz_full_cpus & ~CPU_MASK(0))
		pr_info("nohz_full=%s: CPU 0 keeps time\n", value);
	return 0;
}
BOOT_PARAM("nohz_full", set_nohz_full);
