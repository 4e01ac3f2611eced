// SPDX-License-Identifier: MIT
/*
 * The ring is read once, from its oldest record on, by a thread that wakes often enough, or by whoever
 * asks (crossing_log_scan()). Crossings that are open there wait in `open` for their next event.
 */
#include <lintel/boot.h>
#include <lintel/crossing.h>
#include <lintel/crossing_log.h>
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <asm/processor.h>
#include <asm/timex.h>
#include "order.h"

#define OPEN_MAX	48		/* crossings under way, of all tasks */
#define SEEN_MAX	4096		/* different ones; a power of two */
#define USUAL_MAX	1024		/* a power of two */
#define GROUP_MAX	8		/* events of a group that may follow itself */
#define PAUSE		(counter_freq / 500)

static bool wanted, with_thread;

static int set_crossings(const char *value)
{
	with_thread = !strcmp(value, "log");
	wanted = with_thread || !strcmp(value, "scan");
	return wanted ? 0 : -EINVAL;
}
BOOT_PARAM("crossings", set_crossings);

#ifdef CONFIG_EVENT_RING

static struct open { bool used, too_long; u64 hash; struct open *below; struct crossing c; } open[OPEN_MAX];
static struct open *top;		/* the one of task top_pid that began last */
static s32 top_pid = -1;
static u64 seen[SEEN_MAX], usual[USUAL_MAX];
static bool started, stopped, finished, reading;
static u32 next, nr_crossings, nr_seen, nr_too_long, nr_lost, nr_wrong, nr_nmis;

/* ---- what was shown already ---- */

/* One number for each event; the event and what W did. */
static u8 code(const struct crossing *c, u32 i)
{
	return c->ev[i].event == EV_WORK ? NR_EVENTS + c->ev[i].arg : c->ev[i].event;
}

/* The string with every group that follows itself there once. Returns its length. */
static u32 reduce(const struct crossing *c, u8 *to)
{
	u32 n = 0;

	for (u32 i = 0; i < c->nr; i++) {
		to[n++] = code(c, i);
		for (u32 k = 1; k <= GROUP_MAX && 2 * k <= n; k++)
			if (!memcmp(to + n - k, to + n - 2 * k, k)) {
				n -= k;
				break;
			}
	}
	return n;
}

static u64 mix(u64 hash, u32 value)
{
	return (hash ^ value) * 0x100000001b3ULL;
}

/* The very same one has been here, most likely: then nobody has to look closer. */
static bool is_usual(u64 hash)
{
	u64 *slot = &usual[hash >> 32 & (USUAL_MAX - 1)];
	bool was = *slot == hash;

	*slot = hash;
	return was;
}

static bool is_new(const struct crossing *c)
{
	static u8 string[CROSSING_MAX];
	u32 n = reduce(c, string), at;
	u64 hash = mix(0xcbf29ce484222325ULL, c->door.ctx << 16 | order_holds(&c->door) << 8 | (c->door.arg & 0xff));

	for (u32 i = 0; i < n; i++)
		hash = mix(hash, string[i]);
	for (at = hash & (SEEN_MAX - 1); seen[at]; at = (at + 1) & (SEEN_MAX - 1))
		if (seen[at] == hash)
			return false;
	if (nr_seen == SEEN_MAX - 1)
		return false;
	seen[at] = hash;
	nr_seen++;
	return true;
}

/* ---- showing ---- */

static void show(const struct crossing *c)
{
	static char line[CROSSING_MAX * sizeof(" W(resched)") + 200];
	size_t n;

	n = snprintf(line, sizeof(line), "crossing: %s %s irqs=%d lockdep=%d tracked=%d without=",
		     door_name(c->door.arg & 0xff), context_name(c->door.ctx), !!(c->door.arg & BIT(16)),
		     !!c->door.lockdep, context_tracking_enabled());
	for (u32 e = 0; e < NR_EVENTS; e++)
		if (!order_keeper_configured(e))
			n += snprintf(line + n, sizeof(line) - n, "%s,", evlog_letter(e));
	n += snprintf(line + n, sizeof(line) - n, ": ");
	crossing_print(c, line + n, sizeof(line) - n - 1);
	n = strlen(line);
	line[n++] = '\n';
	console_write_polled(line, n);
}

static void check(const struct crossing *c)
{
	static char came[CROSSING_MAX * sizeof(" W(resched)")], expected[512];

	if (crossing_check(c, expected, sizeof(expected)) < 0)
		return;
	nr_wrong++;
	crossing_print(c, came, sizeof(came));
	printk(LOG_EMERG, "crossing out of order: %s from %s\n  expected %s\n  came     ",
	       door_name(c->door.arg & 0xff), context_name(c->door.ctx), expected);
	console_write_polled(came, strlen(came));
	console_write_polled("\n", 1);
}

static void finish(struct open *o)
{
	o->used = false;
	top = o->below;
	nr_crossings++;
	nr_nmis += (o->c.door.arg & 0xff) == DOOR_FIQ;
	if (o->too_long) {
		nr_too_long++;
		return;
	}
	if (is_usual(o->hash) || !is_new(&o->c))
		return;
	check(&o->c);
	if (wanted)
		show(&o->c);
}

/* ---- reading ---- */

/* The one that began last. */
static struct open *innermost(s32 pid)
{
	struct open *found = NULL;

	for (u32 i = 0; i < OPEN_MAX; i++)
		if (open[i].used && open[i].c.door.pid == pid &&
		    (!found || open[i].c.door.seq > found->c.door.seq))
			found = &open[i];
	return found;
}

/* Without some of its events, or of those inside it, a crossing is none. */
static void forget_all(void)
{
	for (u32 i = 0; i < OPEN_MAX; i++)
		open[i].used = false;
	top_pid = -1;
	nr_lost++;
}

static void begin(const struct evrec *v)
{
	u32 i = 0;

	while (i < OPEN_MAX && open[i].used)
		i++;
	if (i == OPEN_MAX)
		return forget_all();
	open[i].used = true;
	open[i].too_long = false;
	open[i].below = top;
	open[i].hash = mix(0, v->ctx << 16 | order_holds(v) << 8 | (v->arg & 0xff));
	open[i].c.nr = 0;
	open[i].c.door = *v;
	top = &open[i];
}

static void follow(const struct evrec *r)
{
	struct open *o;

	if (r->pid != top_pid)
		top = innermost(r->pid);
	top_pid = r->pid;
	if (r->event == EV_DOOR)
		return begin(r);
	o = top;
	if (!o)
		return;
	o->hash = mix(o->hash, r->event == EV_WORK ? NR_EVENTS + (u32)r->arg : r->event);
	if (o->c.nr == CROSSING_MAX) {
		o->too_long = true;
	} else {
		o->c.ev[o->c.nr].event = r->event;
		o->c.ev[o->c.nr++].arg = r->arg;
	}
	if (r->event == EV_RETURN || (r->event == EV_WORK && r->arg == EV_WORK_EXIT))
		finish(o);
}

/* As far as it is written; unless somebody is at it. */
static void read_ring(void)
{
	const struct evrec *r;
	struct evrec other;
	bool whole = true;

	if (__atomic_exchange_n(&reading, true, __ATOMIC_ACQUIRE))
		return;
	while (whole && (r = evlog_peek(next))) {
		next++;
		follow(r);
		barrier();
		whole = READ_ONCE(r->seq) == next;
	}
	if (!whole || evlog_read(next, &other) == -ENOSPC) {
		forget_all();
		next = evlog_mark();
	}
	__atomic_store_n(&reading, false, __ATOMIC_RELEASE);
}

u32 crossing_log_scan(void)
{
	read_ring();
	return nr_wrong;
}

u32 crossing_log_nmis(void)
{
	return nr_nmis;
}

static int log_thread(void *arg)
{
	(void)arg;
	while (!READ_ONCE(stopped)) {
		read_ring();
		nanosleep_until(arch_counter() + PAUSE);
	}
	read_ring();
	WRITE_ONCE(finished, true);
	return 0;
}

/* A task's crossing goes with it from one CPU's ring to another's, and a reader sees one. */
void crossing_log_start(void)
{
	if (wanted && smp_several) {
		pr_notice("crossings=: with several CPUs none is followed, but by the monitor\n");
		wanted = with_thread = false;
	}
	started = with_thread && kthread_create(log_thread, NULL, "crossings");
	if (with_thread && !started)
		pr_err("crossings=log: no memory for its thread\n");
}

void crossing_log_end(void)
{
	if (!started)
		return;
	WRITE_ONCE(stopped, true);
	while (!READ_ONCE(finished)) {
		cpu_relax();
		schedule();
	}
	started = false;
	printk(LOG_EMERG, "crossings: %u, %u different, %u too long to show, %u times lost\n", nr_crossings, nr_seen,
	       nr_too_long, nr_lost);
}

#else

void crossing_log_start(void)
{
	if (wanted)
		pr_notice("crossings=log: this configuration has no event ring\n");
}

void crossing_log_end(void) { }
u32 crossing_log_scan(void) { return 0; }
u32 crossing_log_nmis(void) { return 0; }

#endif
