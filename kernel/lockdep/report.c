// SPDX-License-Identifier: MIT
/* What is said when a lock is used wrongly: who, what, and for a circle how it comes to a stop. */
#include <lintel/bug.h>
#include <lintel/lockdep.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include "lock.h"

#ifdef CONFIG_LOCKDEP
enum lock_report lockdep_found;
bool lockdep_quiet;

#define say(...)	printk(LOG_EMERG, __VA_ARGS__)

static const char *const headings[] = {
	[REPORT_RECURSION] = "possible recursive locking",
	[REPORT_CIRCLE] = "possible circular locking",
	[REPORT_INTERRUPT] = "possible deadlock with an interrupt",
	[REPORT_WAIT] = "invalid wait context",
	[REPORT_UNLOCK] = "bad unlock",
	[REPORT_INIT] = "bad lock initialisation",
	[REPORT_HELD] = "locks held at return to user mode",
	[REPORT_FULL] = "lockdep has no more room",
};
static const char *const interrupts[] = {
	[BY_SOFTIRQ] = "softirq", [BY_HARDIRQ] = "interrupt", [BY_NMI] = "NMI", [BY_NOBODY] = "task",
};

static const char *name_of(const struct lockdep_map *map)
{
	return map->name ? map->name : "(unnamed)";
}

static const char *class_name(u32 class)
{
	return lock_classes[class].name ? lock_classes[class].name : "(unnamed)";
}

/* Of two of one class the inner one. */
static const char *sub(u32 class)
{
	return lock_classes[class].subclass ? " (nested)" : "";
}

static const char *how_held(u32 how)
{
	return how & (LOCK_READ | LOCK_READ_RECURSIVE) ? ", to read" : "";
}

static void show_held(void)
{
	struct task_struct *t = current;

	for (s32 i = 0; i < t->lockdep_depth; i++) {
		const struct held_lock *h = &t->held_locks[i];

		say("  #%d %s%s, taken at %pB in %s context\n", i, name_of(h->map), how_held(h->how), (void *)h->ip,
		    interrupts[lockdep_interrupt(h->interrupt)]);
	}
}

bool lockdep_show_held(void)
{
	if (lockdep_quiet) {
		lockdep_found = lockdep_off ? lockdep_found : REPORT_HELD;
		lockdep_off = true;
		return false;
	}
	show_held();
	return true;
}

/* ---- a circle ---- */

static void show_step(u32 nr, const struct lock_step *s)
{
	say("  %u. %s%s is held%s: %pB\n", nr, class_name(s->from), sub(s->from), s->shared ? " to read" : "",
	    (void *)s->held_ip);
	if (s->by == BY_NOBODY)
		say("     and then %s%s is taken%s: %pB\n", class_name(s->to), sub(s->to),
		    s->recursive ? " to read" : "", (void *)s->taken_ip);
	else
		say("     and %s %s may come, which takes %s%s%s: %pB\n", s->by == BY_SOFTIRQ ? "a" : "an",
		    interrupts[s->by], class_name(s->to), sub(s->to), s->recursive ? " to read" : "",
		    (void *)s->taken_ip);
}

static void show_scenario(u32 cpu, const struct lock_step *s)
{
	if (s->by == BY_NOBODY)
		say("  CPU %u holds %s and waits for %s\n", cpu, class_name(s->from), class_name(s->to));
	else
		say("  CPU %u holds %s, its %s waits for %s\n", cpu, class_name(s->from), interrupts[s->by],
		    class_name(s->to));
}

static void show_circle(const struct lock_trouble *t)
{
	u32 n = min(t->length, MAX_CIRCLE);

	say("What was seen, each at its own time:\n");
	for (u32 i = 0; i < n; i++)
		show_step(i + 1, &t->circle[i]);
	if (n < t->length)
		say("  ... and %u more, back to %s\n", t->length - n, class_name(t->circle[0].from));
	say("What it can come to, all at once:\n");
	for (u32 i = 0; i < n; i++)
		show_scenario(i, &t->circle[i]);
	say("Then each waits for the next%s, for ever.\n", t->length > 1 ? ", and the last for the first" : "");
}

/* ---- the whole ---- */

static void show(const struct lock_trouble *t)
{
	say("======== %s ========\n", headings[t->kind]);
	if (t->kind == REPORT_FULL) {
		say("%s: the table is full. No lock is checked from here on.\n", t->what);
		return;
	}
	say("%s[%d], in %s context with interrupts %s, is at %pB: %s\n", current->comm, current->pid,
	    interrupts[lockdep_interrupt(preempt_count())], lockdep_hardirqs_enabled() ? "on" : "off", (void *)t->ip,
	    name_of(t->map));
	if (t->what)
		say("%s: %s\n", name_of(t->map), t->what);
	if (t->old)
		say("The other is %s%s, taken at %pB\n", name_of(t->old->map), how_held(t->old->how), (void *)t->old->ip);
	if (current->lockdep_depth)
		say("Held until now:\n");
	show_held();
	if (t->length)
		show_circle(t);
}

void lockdep_report(const struct lock_trouble *t)
{
	lockdep_found = t->kind;
	if (lockdep_quiet)
		return;
	show(t);
	WARN(true, "%s\n", headings[t->kind]);
}
#endif
