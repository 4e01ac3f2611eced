// SPDX-License-Identifier: MIT
/*
 * The graph of lock classes against another definition of the same: random programs, and for each an exhaustive look
 * for CPUs that all wait. A step is a CPU that holds one lock and waits for another; CPUs are stuck if what they hold can
 * be held at the same time, and each waits for one of them. Nothing here follows a path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <lintel/lockdep.h>
#include <kernel/lockdep/graph.h>

#define CLASSES		4U
#define MAX_STEPS	14U
#define PROGRAMS	30000U

static char keys[MAX_LOCK_CLASSES];
static u32 seed;

static u32 rnd(u32 n)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 16) % n;
}

static void start(u32 classes)
{
	lock_graph_rewind((struct lock_mark){ 0, 0 });
	for (u32 c = 0; c < classes; c++)
		assert_int_equal(lock_class_add(&keys[c], 0, "lock"), c);
}

/* ---- the other definition ---- */

static struct lock_step steps[MAX_STEPS];
static u32 nr_steps;

static bool waits_for(const struct lock_step *w, const struct lock_step *holder)
{
	return w->to == holder->from && !(w->recursive && holder->shared);
}

static bool can_hold_both(const struct lock_step *a, const struct lock_step *b)
{
	return a->from != b->from || (a->shared && b->shared);
}

static bool all_stuck(u32 set)
{
	for (u32 i = 0; i < nr_steps; i++) {
		bool waits = false;

		if (!(set & BIT(i)))
			continue;
		for (u32 j = 0; j < nr_steps; j++) {
			if (!(set & BIT(j)))
				continue;
			waits |= waits_for(&steps[i], &steps[j]);
			if (i != j && !can_hold_both(&steps[i], &steps[j]))
				return false;
		}
		if (!waits)
			return false;
	}
	return true;
}

static bool can_get_stuck(void)
{
	for (u32 set = 1; set < BIT(nr_steps); set++)
		if (all_stuck(set))
			return true;
	return false;
}

/* ---- the same program for both ---- */

static u32 uses[CLASSES];
static bool full;		/* of steps: this program grows no more */

static void add_step(const struct lock_step *s)
{
	for (u32 i = 0; i < nr_steps; i++)
		if (!memcmp(&steps[i], s, sizeof(*s)))
			return;
	full |= nr_steps == MAX_STEPS;
	if (!full)
		steps[nr_steps++] = *s;
}

/* Who holds this while that interrupt may come waits for what that takes. */
static void add_interrupt_steps(u32 irq)
{
	for (u32 i = 0; i < CLASSES * CLASSES * 4; i++) {
		struct lock_step s;

		memset(&s, 0, sizeof(s));
		s.from = i % CLASSES;
		s.to = i / CLASSES % CLASSES;
		s.shared = i / CLASSES / CLASSES % 2;
		s.recursive = i / CLASSES / CLASSES / 2;
		s.by = irq;
		if (uses[s.from] & BIT(USE(irq, s.shared ? OPEN_SHARED : OPEN)) &&
		    uses[s.to] & BIT(USE(irq, s.recursive ? IN_RECURSIVE : IN)))
			add_step(&s);
	}
}

/* Each returns what lockdep finds in the news. */
static u32 new_use(struct lock_step *found)
{
	u32 irq = rnd(NR_INTERRUPTS), use = USE(irq, rnd(NR_USES)), c = rnd(CLASSES), n;

	lock_use_add(c, use, 1000 + use);
	uses[c] |= BIT(use);
	add_interrupt_steps(irq);
	n = lock_circle(c, false, found, MAX_STEPS);
	return n ? n : lock_circle(c, true, found, MAX_STEPS);
}

static u32 new_edge(struct lock_step *found)
{
	struct lock_step s;

	memset(&s, 0, sizeof(s));
	s.from = rnd(CLASSES);
	s.to = (s.from + 1 + rnd(CLASSES - 1)) % CLASSES;
	s.shared = rnd(2);
	s.recursive = rnd(2);
	s.by = BY_NOBODY;
	if (!lock_edge_known(&s))
		assert_true(lock_edge_add(&s));
	assert_true(lock_edge_known(&s));
	add_step(&s);
	return lock_circle(s.to, s.recursive, found, MAX_STEPS);
}

/* What is shown is a circle, and made of the program's steps. */
static void check_shown(struct lock_step *found, u32 n)
{
	assert_in_range(n, 1, 2 * CLASSES);
	for (u32 i = 0; i < n; i++) {
		struct lock_step *s = &found[i], *next = &found[(i + 1) % n];
		bool known = false;

		assert_int_equal(s->to, next->from);
		assert_false(s->recursive && next->shared);
		assert_true(s->by == BY_NOBODY ||
			    s->held_ip == 1000U + USE(s->by, s->shared ? OPEN_SHARED : OPEN));
		s->held_ip = s->taken_ip = 0;
		for (u32 j = 0; j < nr_steps; j++)
			known |= s->from == steps[j].from && s->to == steps[j].to && s->shared == steps[j].shared &&
				 s->recursive == steps[j].recursive && s->by == steps[j].by;
		assert_true(known);
	}
}

/* Grows until it can get stuck. True if it came to that. */
static bool one_program(u32 edges_of_ten)
{
	struct lock_step found[MAX_STEPS];

	start(CLASSES);
	nr_steps = 0;
	full = false;
	memset(uses, 0, sizeof(uses));
	while (!full) {
		u32 n = rnd(10) < edges_of_ten ? new_edge(found) : new_use(found);

		if (full)
			break;
		assert_int_equal(n != 0, can_get_stuck());
		if (n) {
			check_shown(found, n);
			return true;
		}
	}
	return false;
}

static void random_programs(void **state)
{
	u32 stuck = 0;

	(void)state;
	for (u32 i = 0; i < PROGRAMS; i++) {
		seed = i;
		stuck += one_program(i % 11);
	}
	assert_in_range(stuck, PROGRAMS / 2, PROGRAMS - 1);
}

/* ---- what a person would write ---- */

static struct lock_step edge(u32 from, u32 to, bool shared, bool recursive)
{
	return (struct lock_step){ .from = from, .to = to, .shared = shared, .recursive = recursive, .by = BY_NOBODY,
				   .held_ip = 10 * from, .taken_ip = 10 * from + to };
}

static void shortest(void **state)
{
	struct lock_step s, found[4];

	(void)state;
	start(5);
	for (u32 c = 0; c < 4; c++) {
		s = edge(c, c + 1, false, false);
		assert_true(lock_edge_add(&s));
	}
	s = edge(0, 4, false, false);
	assert_true(lock_edge_add(&s));
	assert_int_equal(lock_circle(4, false, found, 4), 0);
	s = edge(4, 0, false, false);
	assert_true(lock_edge_add(&s));
	assert_int_equal(lock_circle(0, false, found, 4), 2);
	assert_true(found[0].from == 0 && found[0].to == 4 && found[0].taken_ip == 4);
	assert_true(found[1].from == 4 && found[1].to == 0 && found[1].held_ip == 40);
}

/* ... also where the longer one is come upon first, whichever was seen first. */
static void shortest_of_two(void **state)
{
	static const u8 pairs[2][5][2] = { { {0, 1}, {1, 2}, {2, 0}, {3, 0}, {0, 3} }, { {0, 3}, {3, 0}, {2, 0}, {1, 2}, {0, 1} } };
	struct lock_step found[4];

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		start(4);
		for (u32 j = 0; j < 5; j++) {
			struct lock_step s = edge(pairs[i][j][0], pairs[i][j][1], false, false);

			assert_true(lock_edge_add(&s));
		}
		assert_int_equal(lock_circle(0, false, found, 4), 2);
		assert_true(found[0].to == 3 && found[1].to == 0);
	}
}

/* Longer than there is room to show: the length is right. */
static void cut_off(void **state)
{
	struct lock_step found[3];

	(void)state;
	start(200);
	for (u32 c = 0; c < 200; c++) {
		struct lock_step s = edge(c, (c + 1) % 200, false, false);

		assert_true(lock_edge_add(&s));
	}
	memset(found, 0xff, sizeof(found));
	assert_int_equal(lock_circle(7, false, found, 2), 200);
	assert_true(found[0].from == 7 && found[1].from == 8 && found[2].from == 0xffff);
}

static void tables_end(void **state)
{
	struct lock_step s;
	u32 n = 0;

	(void)state;
	start(MAX_LOCK_CLASSES);
	assert_int_equal(lock_class_add(keys, 1, "one too many"), NO_CLASS);
	while (n < MAX_LOCK_EDGES) {
		s = edge(n / 100, 100 + n % 100, false, false);
		assert_true(lock_edge_add(&s));
		n++;
	}
	s = edge(200, 201, false, false);
	assert_false(lock_edge_add(&s));
	assert_false(lock_edge_known(&s));
}

static void found_again(void **state)
{
	(void)state;
	start(3);
	assert_int_equal(lock_class_add(&keys[1], 1, "nested"), 3);
	assert_int_equal(lock_class_find(&keys[1], 1), 3);
	assert_int_equal(lock_class_find(&keys[1], 0), 1);
	assert_int_equal(lock_class_find(&keys[1], 2), NO_CLASS);
	assert_int_equal(lock_class_find(&keys[9], 0), NO_CLASS);
}

static void rewound(void **state)
{
	struct lock_step old, young;
	struct lock_mark mark;

	(void)state;
	start(3);
	old = edge(0, 1, false, false);
	young = edge(0, 2, false, false);
	assert_true(lock_edge_add(&old));
	mark = lock_used;
	lock_class_add(&keys[3], 0, "young");
	assert_true(lock_edge_add(&young));
	lock_graph_rewind(mark);
	assert_true(lock_edge_known(&old) && !lock_edge_known(&young));
	assert_int_equal(lock_class_find(&keys[3], 0), NO_CLASS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_programs),
		cmocka_unit_test(shortest),
		cmocka_unit_test(shortest_of_two),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(tables_end),
		cmocka_unit_test(found_again),
		cmocka_unit_test(rewound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
