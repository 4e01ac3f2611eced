// SPDX-License-Identifier: MIT
#include <lintel/context_tracking.h>
#include <lintel/crossing.h>
#include <lintel/errno.h>
#include <lintel/printk.h>
#include <lintel/string.h>

static const char *const letters[NR_EVENTS] = {
#define E(name, letter) letter,
	EVENTS(E)
#undef E
};
static const char *const works[NR_EV_WORK] = { "resched", "signal", "resume", "trace", "exit" };
static const char *const doors[NR_DOORS] = {
	"syscall", "irq", "fiq", "fault", "undef", "debug", "serror", "fork", "bad"
};
static const char *const contexts[NR_CONTEXTS] = {
	"user", "kernel", "idle", "eqs", "softirq", "irq", "nmi"
};

const char *evlog_letter(enum event ev) { return ev < NR_EVENTS ? letters[ev] : "?"; }
const char *evlog_work_name(ulong w) { return w < NR_EV_WORK ? works[w] : "?"; }
const char *door_name(enum door d) { return d < NR_DOORS ? doors[d] : "?"; }
const char *context_name(enum context c) { return c < NR_CONTEXTS ? contexts[c] : "?"; }

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

/* ---- the specification ---- */

struct order { u8 door, ctx; const char *spec; };

static const struct order orders[] = {
#define ORDER(d, c, s) { DOOR_##d, CTX_##c, s },
#include <entry/order.def>
#undef ORDER
};

/* A line of it, read for one crossing. ANY is "...". */
#define SPEC_MAX	63
#define ANY		NR_EVENTS
struct pattern {
	u32 nr;
	u8 tok[SPEC_MAX], work[SPEC_MAX];	/* event or ANY; for W what, or NR_EV_WORK for any */
	u8 col[SPEC_MAX + 1];			/* column in `expected` */
};

/* Is the keeper of this event configured, and active in such a crossing? */
static bool keeper_active(enum event ev, const struct crossing *c)
{
	switch (ev) {
	case EV_LOCKDEP_OFF: case EV_LOCKDEP_PREP: case EV_LOCKDEP_ON: case EV_CTX_ENTER: case EV_CTX_EXIT:
		return IS_ENABLED(CONFIG_LOCKDEP);
	case EV_TRACE_OFF: case EV_TRACE_PREP: case EV_TRACE_NMI:
		return IS_ENABLED(CONFIG_TRACE_IRQFLAGS);
	case EV_ARCH_CHECK:
		return IS_ENABLED(CONFIG_DEBUG_ENTRY);
	case EV_RCU_ENTER: case EV_RCU_EXIT:
		/* Idle and NMIs are always tracked, user mode only on request. */
		return (c->door.arg & 0xff) == DOOR_FIQ || c->door.ctx == CTX_IDLE ||
		       c->door.ctx == CTX_EQS || context_tracking_enabled();
	default:
		return true;
	}
}

static size_t token_length(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != ' ')
		n++;
	return n;
}

static bool token_is(const char *s, size_t n, const char *what)
{
	return strlen(what) == n && !strncmp(s, what, n);
}

/* Returns the event of a token, ANY, or -1; *work for W(what). */
static int parse_token(const char *s, size_t n, u8 *work)
{
	*work = NR_EV_WORK;
	if (token_is(s, n, "..."))
		return ANY;
	if (n > 3 && s[0] == 'W' && s[1] == '(')
		for (u32 w = 0; w < NR_EV_WORK; w++)
			if (token_is(s + 2, n - 3, works[w])) {
				*work = w;
				return EV_WORK;
			}
	for (u32 e = 0; e < NR_EVENTS; e++)
		if (token_is(s, n, letters[e]))
			return e;
	return -1;
}

/* Leaves out what [ ], < > and inactive keepers leave out; writes the rest to `text`. */
static void read_spec(const char *s, const struct crossing *c, struct pattern *p, char *text, size_t size)
{
	bool was_on = c->door.lockdep, irqs_on = c->door.arg & BIT(16), skip = false;
	size_t at = 0, n;

	text[0] = 0;
	for (p->nr = 0; *s; s += n, s += *s == ' ') {
		int ev;

		n = token_length(s);
		if (token_is(s, n, "[") || token_is(s, n, "<"))
			skip = *s == '[' ? !was_on : !irqs_on;
		else if (token_is(s, n, "]") || token_is(s, n, ">"))
			skip = false;
		else if (!skip && p->nr < SPEC_MAX) {
			ev = parse_token(s, n, &p->work[p->nr]);
			if (ev != ANY && ev >= 0 && !keeper_active(ev, c))
				continue;
			p->tok[p->nr] = ev;
			p->col[p->nr++] = at ? at + 1 : 0;
			if (at < size)
				at += snprintf(text + at, size - at, "%s%.*s", at ? " " : "", (int)n, s);
		}
	}
	p->col[p->nr] = at;
}

/* Positions that may be read next: "..." may also stand for nothing. */
static u64 closure(const struct pattern *p, u64 set)
{
	for (u32 i = 0; i < p->nr; i++)
		if ((set >> i & 1) && p->tok[i] == ANY)
			set |= 1ULL << (i + 1);
	return set;
}

static u64 step(const struct pattern *p, u64 set, u8 event, u8 arg)
{
	u64 next = 0;

	for (u32 i = 0; i < p->nr; i++) {
		if (!(set >> i & 1))
			continue;
		if (p->tok[i] == ANY && event != EV_INSTR_BEGIN && event != EV_INSTR_END && event != EV_RETURN)
			next |= 1ULL << i;
		if (p->tok[i] == event && (event != EV_WORK || p->work[i] == NR_EV_WORK || p->work[i] == arg))
			next |= 1ULL << (i + 1);
	}
	return closure(p, next);
}

/* Runs the crossing through the pattern as a set of positions. Returns how many events it followed,
 * nr + 1 if it followed all of them to the end; *far is the furthest position reached. */
static u32 match(const struct pattern *p, const struct crossing *c, u32 *far)
{
	u64 set = closure(p, 1);
	u32 i;

	for (i = 0; i < c->nr && set; i++) {
		u64 next = step(p, set, c->ev[i].event, c->ev[i].arg);

		if (!next)
			break;
		set = next;
	}
	for (*far = p->nr; *far && !(set >> *far & 1);)
		--*far;
	return i == c->nr && *far == p->nr ? i + 1 : i;
}

int crossing_check(const struct crossing *c, char *expected, size_t size)
{
	static struct pattern pattern, best;
	u32 longest = 0, far, best_far = 0;
	char text[232];

	snprintf(expected, size, "(order.def has no line for %s from %s)",
		 door_name(c->door.arg & 0xff), context_name(c->door.ctx));
	for (u32 i = 0; i < ARRAY_SIZE(orders); i++) {
		u32 n;

		if (orders[i].door != (c->door.arg & 0xff) || orders[i].ctx != c->door.ctx)
			continue;
		read_spec(orders[i].spec, c, &pattern, text, sizeof(text));
		n = match(&pattern, c, &far);
		if (n < longest)
			continue;
		longest = n;
		best = pattern;
		best_far = far;
		snprintf(expected, size, "%s", text);
		if (n == c->nr + 1)
			return -1;
	}
	return longest || best_far ? best.col[best_far] : 0;
}
