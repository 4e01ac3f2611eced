// SPDX-License-Identifier: MIT
#include <lintel/crossing.h>
#include <lintel/errno.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include "order.h"

/* ---- finding one in the ring ---- */

/* A nested door raises the depth, its X lowers it again; at depth 1 the events are ours. */
static int collect(u32 seq, struct crossing *c)
{
	struct evrec r;
	u32 depth = 1;
	int err;

	for (c->nr = 0, c->complete = false; !(err = evlog_read(seq, &r)); seq++) {
		if (r.pid != c->door.pid)
			continue;
		if (r.event == EV_DOOR)
			depth++;
		if (depth == 1) {
			if (c->nr == CROSSING_MAX)
				return -EOVERFLOW;
			c->ev[c->nr].event = r.event;
			c->ev[c->nr++].arg = r.arg;
		}
		if ((r.event == EV_RETURN && --depth == 0) ||
		    (depth == 1 && r.event == EV_WORK && r.arg == EV_WORK_EXIT)) {
			c->complete = true;
			return 0;
		}
	}
	return err;
}

int crossing_find(u32 mark, enum door door, enum context ctx, s32 pid, struct crossing *c)
{
	struct evrec *v = &c->door;
	int err;

	for (u32 seq = mark; !(err = evlog_read(seq, v)); seq++)
		if (v->event == EV_DOOR && (v->arg & 0xff) == door && v->ctx == ctx &&
		    (pid < 0 || v->pid == pid))
			return collect(seq + 1, c);
	return err;
}

int crossing_at(u32 seq, struct crossing *c)
{
	int err = evlog_read(seq, &c->door);

	return err ? err : collect(seq + 1, c);
}

void crossing_print(const struct crossing *c, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = 0;
	for (u32 i = 0; i < c->nr && at < size; i++) {
		const char *sep = i ? " " : "";

		if (c->ev[i].event == EV_WORK)
			at += snprintf(buf + at, size - at, "%sW(%s)", sep, evlog_work_name(c->ev[i].arg));
		else
			at += snprintf(buf + at, size - at, "%s%s", sep, evlog_letter(c->ev[i].event));
	}
}

/* ---- held against the specification ---- */

static const char *step_name(const struct order_step *s, char *buf, size_t size)
{
	if (s->event == ORDER_ANY)
		return "...";
	if (s->event != EV_WORK || s->work == NR_EV_WORK)
		return evlog_letter(s->event);
	snprintf(buf, size, "W(%s)", evlog_work_name(s->work));
	return buf;
}

/* The line as it reads for a crossing of which `holds` holds. Returns the column of step `at`. */
static int print_line(const struct order_line *l, u8 holds, u32 at, char *buf, size_t size)
{
	size_t n = 0;
	int column = -1;
	char work[16];

	buf[0] = 0;
	for (u32 i = 0; i < l->nr && n < size; i++) {
		if (l->step[i].cond & ~holds)
			continue;
		if (i >= at && column < 0)
			column = n ? n + 1 : 0;
		n += snprintf(buf + n, size - n, "%s%s", n ? " " : "",
			      step_name(&l->step[i], work, sizeof(work)));
	}
	return column < 0 ? (int)n : column;
}

/* Returns how many events followed the line, nr + 1 if all did and it may end there; *far is the
 * furthest step that was to come next. */
static u32 follow(const struct order_line *l, u8 holds, const struct crossing *c, u32 *far)
{
	u64 set = order_begin(l, holds);
	u32 i;

	for (i = 0; i < c->nr; i++) {
		u64 next = order_next(l, holds, set, c->ev[i].event, c->ev[i].arg);

		if (!next)
			break;
		set = next;
	}
	*far = order_last(set);
	return i == c->nr && order_ends(l, set) ? i + 1 : i;
}

int crossing_check(const struct crossing *c, char *expected, size_t size)
{
	u8 door = c->door.arg & 0xff, holds = order_holds(&c->door);
	const struct order_line *best = NULL;
	u32 longest = 0, best_far = 0, n, far;
	int column;

	for (const struct order_line *l = order_for(door, c->door.ctx); l; l = l->next) {
		n = follow(l, holds, c, &far);
		if (best && n <= longest)	/* of equals the first: the usual one */
			continue;
		best = l;
		longest = n;
		best_far = far;
		if (n == c->nr + 1)
			break;
	}
	if (!best) {
		snprintf(expected, size, "(order.def has no line for %s from %s)", door_name(door),
			 context_name(c->door.ctx));
		return 0;
	}
	column = print_line(best, holds, best_far, expected, size);
	return longest == c->nr + 1 ? -1 : column;
}
