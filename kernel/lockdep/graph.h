/* SPDX-License-Identifier: MIT */
/*
 * The graph of lock classes: who waits for whom, of all that was ever seen.
 *
 * A step says that one CPU can hold `from` and wait for `to`. It was seen (an edge), or it follows from two
 * things that were seen: `from` is held while some kind of interrupt may come, and that kind of interrupt takes
 * `to`. Steps that follow one another in a circle, each CPU waiting for the next, are a deadlock that has yet
 * to happen. Whether they follow depends on reading: who takes a lock as a recursive reader waits for a writer
 * only, and so not for a CPU that holds it as a reader.
 *
 * So the search goes over pairs (class, is it waited for by a recursive reader?), and a deadlock is a circle of
 * such pairs. As long as none is reported there is none; what is new can only close one through itself.
 *
 * Static tables, no allocation. Changes and searches under the caller's lock; lock_edge_known() needs none.
 */
#ifndef LOCKDEP_GRAPH_H
#define LOCKDEP_GRAPH_H

#include <lintel/types.h>

#define MAX_LOCK_CLASSES	256U
#define MAX_LOCK_EDGES		2048U
#define NO_CLASS		0xffffU

enum interrupt { BY_SOFTIRQ, BY_HARDIRQ, BY_NMI, NR_INTERRUPTS, BY_NOBODY = NR_INTERRUPTS };

/* What a class was seen doing, for each kind of interrupt: waited for in it, as a recursive reader or not; held
 * while it could come, shared or not. */
enum use { IN, IN_RECURSIVE, OPEN, OPEN_SHARED, NR_USES };
#define USE(irq, use)	((irq) * NR_USES + (use))

struct lock_class {
	const void	*key;
	const char	*name;
	u16		subclass;
	u16		first_edge;
	u32		uses;			/* bits USE() */
	ulong		use_ip[USE(NR_INTERRUPTS, 0)];	/* ... and where that was first */
};

struct lock_step {
	u16	from, to;
	bool	shared;			/* `from` is held as a reader */
	bool	recursive;		/* `to` is taken as a recursive reader */
	u8	by;			/* which interrupt takes it; BY_NOBODY: seen */
	ulong	held_ip, taken_ip;
};

struct lock_mark { u32 classes, edges; };
extern struct lock_class lock_classes[MAX_LOCK_CLASSES];
extern struct lock_mark lock_used;		/* of the tables */

/* NO_CLASS: not there; the table is full. */
u32 lock_class_find(const void *key, u32 subclass);
u32 lock_class_add(const void *key, u32 subclass, const char *name);

bool lock_edge_known(const struct lock_step *s);
bool lock_edge_add(const struct lock_step *s);		/* false: the table is full */
void lock_use_add(u32 class, u32 use, ulong ip);

/* The shortest circle through this class as it is waited for, into steps[]; its length, 0 if there is none. More
 * than max are cut off. */
u32 lock_circle(u32 class, bool recursive, struct lock_step *steps, u32 max);

/* Forgets the classes and edges that are newer. */
void lock_graph_rewind(struct lock_mark mark);

#endif
