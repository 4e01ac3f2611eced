// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/instrumentation.h>
#include <lintel/string.h>
#include "order.h"

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

/* ---- reading ---- */

#define ORDER(d, c, s) { .text = s, .door = DOOR_##d, .ctx = CTX_##c },
static struct order_line lines[] = {
#include <entry/order.def>
};
#undef ORDER

bool order_keeper_configured(enum event ev)
{
	switch (ev) {
	case EV_LOCKDEP_OFF: case EV_LOCKDEP_PREP: case EV_LOCKDEP_ON: case EV_CTX_ENTER: case EV_CTX_EXIT:
		return IS_ENABLED(CONFIG_LOCKDEP);
	case EV_TRACE_OFF: case EV_TRACE_PREP: case EV_TRACE_NMI:
		return IS_ENABLED(CONFIG_TRACE_IRQFLAGS);
	case EV_ARCH_CHECK:
		return IS_ENABLED(CONFIG_DEBUG_ENTRY);
	default:
		return true;
	}
}

static bool token_is(const char *s, size_t n, const char *what)
{
	return strlen(what) == n && !strncmp(s, what, n);
}

/* Returns the event of a token, or ORDER_ANY; *work for W(what). */
static u8 read_token(const char *s, size_t n, u8 *work)
{
	*work = NR_EV_WORK;
	if (token_is(s, n, "..."))
		return ORDER_ANY;
	if (n > 3 && s[0] == 'W' && s[1] == '(')
		for (u32 w = 0; w < NR_EV_WORK; w++)
			if (token_is(s + 2, n - 3, works[w])) {
				*work = w;
				return EV_WORK;
			}
	for (u32 e = 0; e < NR_EVENTS; e++)
		if (token_is(s, n, letters[e]))
			return e;
	panic("order.def: \"%.*s\" is no event", (int)n, s);
}

/* The same steps by what they wait for. */
static void index_line(struct order_line *l)
{
	for (u32 i = 0; i < l->nr; i++) {
		const struct order_step *s = &l->step[i];

		if (s->event == EV_WORK && s->work != NR_EV_WORK)
			l->on_work[s->work] |= 1ULL << i;
		else
			l->on[s->event] |= 1ULL << i;
		for (u32 c = 0; c < ARRAY_SIZE(l->cond); c++)
			if (s->cond >> c & 1)
				l->cond[c] |= 1ULL << i;
	}
}

static void read_line(struct order_line *l)
{
	bool nmi = false, to_user = l->ctx == CTX_USER || l->door == DOOR_FORK;
	u8 cond = 0;
	size_t n;

	for (const char *s = l->text; *s; s += n, s += *s == ' ') {
		struct order_step *step = &l->step[l->nr];

		for (n = 0; s[n] && s[n] != ' '; n++)
			;
		if (*s == '[' || *s == '<') {
			cond = *s == '[' ? ORDER_IF_LOCKDEP_ON : ORDER_IF_IRQS_ON;
			continue;
		}
		if (*s == ']' || *s == '>') {
			cond = 0;
			continue;
		}
		step->event = read_token(s, n, &step->work);
		step->cond = cond;
		/* User mode is tracked on request; of idle and of NMIs, also those inside a crossing of user
		 * mode, RCU always knows. */
		if (step->event == EV_NMI_ADD || step->event == EV_NMI_SUB)
			nmi = step->event == EV_NMI_ADD;
		if ((step->event == EV_RCU_ENTER || step->event == EV_RCU_EXIT) && !nmi && to_user)
			step->cond |= ORDER_IF_TRACKED;
		if (step->event == ORDER_ANY || order_keeper_configured(step->event))
			l->nr++;
		if (l->nr == ORDER_STEPS)
			panic("order.def: a line of over %u events: %s", ORDER_STEPS - 1, l->text);
	}
}

static const struct order_line *first_line[NR_DOORS][NR_CONTEXTS];
static bool lines_read;

/* Backwards, so that each chain has the order of the file. */
static void read_lines(void)
{
	for (u32 i = ARRAY_SIZE(lines); i--;) {
		struct order_line *l = &lines[i];

		read_line(l);
		index_line(l);
		l->next = first_line[l->door][l->ctx];
		l->alike = l->next ? l->next->alike + 1 : 1;
		if (l->alike > ORDER_ALIKE)
			panic("order.def: over %u lines for %s from %s", ORDER_ALIKE, door_name(l->door),
			      context_name(l->ctx));
		first_line[l->door][l->ctx] = l;
	}
	lines_read = true;
}

const struct order_line *noinstr order_for(enum door door, enum context ctx)
{
	if (unlikely(!lines_read)) {
		instrumentation_quiet_begin();
		read_lines();
		instrumentation_quiet_end();
	}
	return first_line[door][ctx];
}

u32 order_lines(const struct order_line **out)
{
	order_for(DOOR_SYSCALL, CTX_USER);
	*out = lines;
	return ARRAY_SIZE(lines);
}

/* ---- following ---- */

u8 noinstr order_holds(const struct evrec *door)
{
	u8 holds = 0;

	if (door->lockdep)
		holds |= ORDER_IF_LOCKDEP_ON;
	if (door->arg & BIT(16))
		holds |= ORDER_IF_IRQS_ON;
	if (context_tracking_enabled())
		holds |= ORDER_IF_TRACKED;
	return holds;
}

static __always_inline u64 absent(const struct order_line *l, u8 holds)
{
	u64 set = 0;

	for (u32 c = 0; c < ARRAY_SIZE(l->cond); c++)
		if (!(holds >> c & 1))
			set |= l->cond[c];
	return set;
}

/* Adds what may come next without an event: behind a step that is not there, and behind "...". */
static __always_inline u64 skip(const struct order_line *l, u64 gone, u64 set)
{
	u64 pass = gone | l->on[ORDER_ANY], was;

	do {
		was = set;
		set |= (set & pass) << 1;
	} while (set != was);
	return set;
}

u64 noinstr order_begin(const struct order_line *l, u8 holds)
{
	return skip(l, absent(l, holds), 1);
}

u64 noinstr order_next(const struct order_line *l, u8 holds, u64 set, u8 event, u8 arg)
{
	u64 gone = absent(l, holds), waits = l->on[event], next;

	set &= ~gone;
	if (event == EV_WORK && arg < NR_EV_WORK)
		waits |= l->on_work[arg];
	next = (set & waits) << 1;
	/* What ends a bracket or the crossing is no service event. */
	if (event != EV_INSTR_BEGIN && event != EV_INSTR_END && event != EV_RETURN)
		next |= set & l->on[ORDER_ANY];
	return skip(l, gone, next);
}
