/* SPDX-License-Identifier: MIT */
/* Crossings: found in the ring, and held against entry/order.def. Task context. */
#ifndef LINTEL_CROSSING_H
#define LINTEL_CROSSING_H

#include <lintel/evlog.h>

#define CROSSING_MAX	2000	/* events of one crossing; a longer one is reported as such */

struct crossing {
	struct evrec	door;			/* its V */
	u32		nr;			/* events, nested crossings left out, X included */
	bool		complete;		/* ends in X, or in W(exit) */
	struct { u8 event, arg; } ev[CROSSING_MAX];
};

/* The first crossing since `mark` of this door and context, of task `pid` (-1: any), on this
 * CPU. -ENOENT: none, or not finished; -ENOSPC: overwritten; -EOVERFLOW: too long. */
int crossing_find(u32 mark, enum door door, enum context ctx, s32 pid, struct crossing *c);

/* The crossing whose V is record `seq`, as far as it has come. -ENOENT: not to its end yet. */
int crossing_at(u32 seq, struct crossing *c);

/* Its events as a string. */
void crossing_print(const struct crossing *c, char *buf, size_t size);

/* Writes the line of the specification that it should follow, as it reads for this crossing, to
 * `expected`. Returns -1 if it follows it, else the column in `expected` of the first event that
 * did not come. */
int crossing_check(const struct crossing *c, char *expected, size_t size);

#endif
