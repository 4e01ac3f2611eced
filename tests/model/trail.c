// SPDX-License-Identifier: MIT
/*
 * The way to what is wrong: the events that led there, each with two lines of source: the one in
 * entry/ or a door, and the one of the keeper that emitted it. addr2line knows them.
 */
#define MODEL_PLAIN
#include "trail.h"
#include <lintel/printk.h>
#include <string.h>
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>

#define FRAMES		8
#define MAX_TRAIL	8192

static struct step { u8 level, event, arg; struct evrec v; ulong pc[FRAMES]; } *trail;
static u32 nr;
u32 trail_events;
static const char *message;
static struct evrec door;

bool replaying(void) { return message; }

void replay_begin(const char *what)
{
	trail = calloc(MAX_TRAIL, sizeof(*trail));
	nr = 0;
	message = what;
}

void replay_door(const struct evrec *v) { door = *v; }

/* Frame pointers are kept in all of the program: { caller's frame, return address }. */
void model_event(enum event ev, ulong arg, void *frame)
{
	struct step *s;
	ulong *fp = frame;

	trail_events++;
	if (!message || nr == MAX_TRAIL)
		return;
	s = &trail[nr++];
	*s = (struct step){ .level = model_level(), .event = ev, .arg = arg };
	if (ev == EV_DOOR)
		s->v = door;
	for (u32 i = 0; i < FRAMES && fp && fp[1]; i++) {
		s->pc[i] = fp[1] - 1;		/* the call, and not what follows it */
		if ((ulong *)fp[0] <= fp || (ulong *)fp[0] > fp + 4096)
			break;
		fp = (ulong *)fp[0];
	}
}

/* ---- source lines ---- */

#define LINE	160
struct place { char file[LINE]; };

/* "/some/where/entry/irq.c:17 (discriminator 2)" is "entry/irq.c:17". */
static void shorten(char *line)
{
	static const char *const rooms[] = { "/entry/", "/include/", "/kernel/", "/rcu/", "/tests/" };
	char *end = strchr(line, ' '), *found = NULL;

	if (end)
		*end = 0;
	line[strcspn(line, "\n")] = 0;
	for (u32 i = 0; i < ARRAY_SIZE(rooms) && !found; i++)
		for (char *p = line; (p = strstr(p, rooms[i])); p++)
			found = p + 1;
	if (found)
		memmove(line, found, strlen(found) + 1);
}

static bool is_core(const char *line)
{
	return !strncmp(line, "entry/", 6) || !strncmp(line, "tests/model/doors", 17) ||
	       !strncmp(line, "kernel/idle", 11) || !strncmp(line, "kernel/softirq", 14) ||
	       !strncmp(line, "tests/model/stubs", 17);
}

/* The emitter's line and the first one of the core above it. */
static void places(const struct step *s, char *emitter, char *core)
{
	char command[600], line[LINE];
	size_t at;
	FILE *f;

	emitter[0] = core[0] = 0;
	at = snprintf(command, sizeof(command), "addr2line -i -e /proc/%d/exe", getpid());
	for (u32 i = 0; i < FRAMES && s->pc[i]; i++)
		at += snprintf(command + at, sizeof(command) - at, " %#lx", s->pc[i]);
	f = popen(command, "r");
	while (f && fgets(line, sizeof(line), f)) {
		shorten(line);
		if (!emitter[0])
			snprintf(emitter, LINE, "%s", line);
		if (!core[0] && is_core(line) && !is_core(emitter))
			snprintf(core, LINE, "%s", line);
	}
	if (f)
		pclose(f);
}

/* ---- the report ---- */

static void show_step(const struct step *s)
{
	char emitter[LINE], core[LINE], what[32];

	if (s->event == EV_DOOR) {
		printf("%*s%u  V     %s from %s\n", s->level * 2, "", s->level,
		       door_name(s->v.arg & 0xff), context_name(s->v.ctx));
		return;
	}
	snprintf(what, sizeof(what), s->event == EV_WORK ? "%s(%s)" : "%s", evlog_letter(s->event),
		 evlog_work_name(s->arg));
	places(s, emitter, core);
	printf("%*s%u  %-5s %s%s%s\n", s->level * 2, "", s->level, what, core[0] ? core : emitter,
	       core[0] ? "  -> " : "", core[0] ? emitter : "");
}

/* What is over: in one line. Returns the first step behind it. */
static u32 show_over(u32 i, const bool *open)
{
	u8 level = trail[i].level;

	printf("%*s%u ", level * 2, "", level);
	if (trail[i].event == EV_DOOR)
		printf(" %s from %s:", door_name(trail[i].v.arg & 0xff), context_name(trail[i].v.ctx));
	else if (!level)
		printf(" before:");
	else
		printf(" ...");
	for (u32 first = i; i < nr && trail[i].level == level && !open[i]; i++) {
		if (trail[i].event == EV_DOOR && i > first)
			break;
		if (trail[i].event == EV_WORK)
			printf(" W(%s)", evlog_work_name(trail[i].arg));
		else if (trail[i].event != EV_DOOR)
			printf(" %s", evlog_letter(trail[i].event));
	}
	printf("\n");
	return i;
}

/* Marks the steps of the crossings that are still open at the end. */
static void find_open(bool *open, u8 level)
{
	u32 end = nr;

	for (u8 l = level; l; l--) {
		u32 v = end;

		while (v && !(trail[v - 1].level == l && trail[v - 1].event == EV_DOOR))
			v--;
		if (!v)
			return;
		for (u32 i = v - 1; i < nr; i++)
			open[i] |= trail[i].level == l;
		end = v;
	}
}

static void show_trail(u8 level)
{
	bool *open = calloc(nr + 1, sizeof(*open));

	find_open(open, level);
	for (u32 i = 0; i < nr;)
		if (open[i])
			show_step(&trail[i++]);
		else
			i = show_over(i, open);
	free(open);
}

/* The last crossing, held against the specification by the kernel's own check. */
static void show_crossing(u8 level)
{
	static struct crossing c;
	static char came[1024], expected[1024];
	int differs;
	u32 from = nr;

	while (from && !(trail[from - 1].level == level && trail[from - 1].event == EV_DOOR))
		from--;
	if (!from)
		return;
	c.door = trail[from - 1].v;
	for (u32 i = from; i < nr && c.nr < CROSSING_MAX; i++)
		if (trail[i].level == level) {
			c.ev[c.nr].event = trail[i].event;
			c.ev[c.nr++].arg = trail[i].arg;
		}
	crossing_print(&c, came, sizeof(came));
	differs = crossing_check(&c, expected, sizeof(expected));
	printf("\n  %s from %s\n  came      %s\n  expected  %s\n", door_name(c.door.arg & 0xff),
	       context_name(c.door.ctx), came, expected);
	if (differs >= 0)
		printf("            %*s^\n", differs, "");
}

void replay_end(void)
{
	u8 level = model_level();

	printf("model: %s\n\nthe shortest way there (level of nesting, event, where it comes from):\n",
	       message);
	show_trail(level);
	show_crossing(level);
	message = NULL;
	free(trail);
}
