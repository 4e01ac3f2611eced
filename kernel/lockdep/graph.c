// SPDX-License-Identifier: MIT
#include <lintel/lockdep.h>
#include "graph.h"

#ifdef CONFIG_LOCKDEP
#define NO_EDGE		0xffffU
#define NR_STATES	(2 * MAX_LOCK_CLASSES)
#define STATE(class, recursive)	((class) * 2U + (recursive))
#define INTERRUPT	0x8000U		/* in via[]: no edge, but this interrupt */
#define SHARED		0x4000U

struct lock_edge { u16 to, next; bool shared, recursive; ulong held_ip, taken_ip; };
static_assert(MAX_LOCK_EDGES < SHARED, "via[] has room for an edge");

struct lock_class lock_classes[MAX_LOCK_CLASSES];
struct lock_mark lock_used;
static struct lock_edge edges[MAX_LOCK_EDGES];

u32 lock_class_find(const void *key, u32 subclass)
{
	for (u32 c = 0; c < lock_used.classes; c++)
		if (lock_classes[c].key == key && lock_classes[c].subclass == subclass)
			return c;
	return NO_CLASS;
}

u32 lock_class_add(const void *key, u32 subclass, const char *name)
{
	u32 c = lock_used.classes;

	if (c == MAX_LOCK_CLASSES)
		return NO_CLASS;
	lock_classes[c] = (struct lock_class){
		.key = key, .name = name, .subclass = (u16)subclass, .first_edge = NO_EDGE,
	};
	__atomic_store_n(&lock_used.classes, c + 1, __ATOMIC_RELEASE);
	return c;
}

bool lock_edge_known(const struct lock_step *s)
{
	u32 e = __atomic_load_n(&lock_classes[s->from].first_edge, __ATOMIC_ACQUIRE);

	for (; e != NO_EDGE; e = edges[e].next)
		if (edges[e].to == s->to && edges[e].shared == s->shared && edges[e].recursive == s->recursive)
			return true;
	return false;
}

bool lock_edge_add(const struct lock_step *s)
{
	struct lock_class *from = &lock_classes[s->from];
	u32 e = lock_used.edges;

	if (e == MAX_LOCK_EDGES)
		return false;
	edges[e] = (struct lock_edge){
		.to = s->to, .next = from->first_edge, .shared = s->shared, .recursive = s->recursive,
		.held_ip = s->held_ip, .taken_ip = s->taken_ip,
	};
	lock_used.edges++;
	__atomic_store_n(&from->first_edge, (u16)e, __ATOMIC_RELEASE);
	return true;
}

void lock_use_add(u32 class, u32 use, ulong ip)
{
	lock_classes[class].use_ip[use] = ip;
	WRITE_ONCE(lock_classes[class].uses, lock_classes[class].uses | (u32)BIT(use));
}

void lock_graph_rewind(struct lock_mark mark)
{
	lock_used = mark;
	for (u32 c = 0; c < mark.classes; c++) {
		u16 *e = &lock_classes[c].first_edge;

		while (*e != NO_EDGE && *e >= mark.edges)	/* the newest come first */
			*e = edges[*e].next;
	}
}

/* ---- the search: breadth first, so the first circle is a shortest ---- */

static struct {
	u16 queue[NR_STATES], head, tail;
	u16 parent[NR_STATES], via[NR_STATES];
	bool seen[NR_STATES];
	u32 goal;
} find;

/* True: this closes the circle. */
static bool visit(u32 from, u32 to, u32 via)
{
	if (find.seen[to])
		return false;
	find.seen[to] = true;
	find.parent[to] = (u16)from;
	find.via[to] = (u16)via;
	find.queue[find.tail++] = (u16)to;
	return to == find.goal;
}

static bool used(u32 class, u32 irq, enum use use)
{
	return lock_classes[class].uses & BIT(USE(irq, use));
}

static bool visit_interrupt(u32 state, u32 irq)
{
	bool shared = !used(state / 2, irq, OPEN);

	/* A recursive reader does not wait for one who holds it shared. */
	if (shared && ((state & 1) || !used(state / 2, irq, OPEN_SHARED)))
		return false;
	for (u32 c = 0; c < lock_used.classes; c++)
		for (u32 recursive = 0; recursive < 2; recursive++)
			if (used(c, irq, recursive ? IN_RECURSIVE : IN) &&
			    visit(state, STATE(c, recursive), INTERRUPT | (shared ? SHARED : 0) | irq))
				return true;
	return false;
}

static bool visit_next(u32 state)
{
	for (u32 e = lock_classes[state / 2].first_edge; e != NO_EDGE; e = edges[e].next)
		if (!((state & 1) && edges[e].shared) && visit(state, STATE(edges[e].to, edges[e].recursive), e))
			return true;
	for (u32 irq = 0; irq < NR_INTERRUPTS; irq++)
		if (visit_interrupt(state, irq))
			return true;
	return false;
}

/* The step that led to this state. */
static struct lock_step step_to(u32 to)
{
	u32 from = find.parent[to] / 2, via = find.via[to], irq = via & ~(INTERRUPT | SHARED);
	struct lock_step s = { .from = (u16)from, .to = (u16)(to / 2), .recursive = to & 1, .by = BY_NOBODY };

	if (via & INTERRUPT) {
		s.by = (u8)irq;
		s.shared = via & SHARED;
		s.held_ip = lock_classes[from].use_ip[USE(irq, s.shared ? OPEN_SHARED : OPEN)];
		s.taken_ip = lock_classes[to / 2].use_ip[USE(irq, s.recursive ? IN_RECURSIVE : IN)];
	} else {
		s.shared = edges[via].shared;
		s.held_ip = edges[via].held_ip;
		s.taken_ip = edges[via].taken_ip;
	}
	return s;
}

/* The goal was reached: backwards along the parents, from the last step to the first. */
static u32 collect(struct lock_step *steps, u32 max)
{
	u32 n = 0, state = find.goal;

	do {
		n++;
		state = find.parent[state];
	} while (state != find.goal);
	for (u32 i = n; i-- > 0; state = find.parent[state])
		if (i < max)
			steps[i] = step_to(state);
	return n;
}

u32 lock_circle(u32 class, bool recursive, struct lock_step *steps, u32 max)
{
	u32 state = STATE(class, recursive);

	for (u32 s = 0; s < 2 * lock_used.classes; s++)
		find.seen[s] = false;
	find.goal = state;		/* not seen yet: it is where the circle ends, too */
	find.head = find.tail = 0;
	while (!visit_next(state)) {
		if (find.head == find.tail)
			return 0;
		state = find.queue[find.head++];
	}
	return collect(steps, max);
}
#endif
