/* SPDX-License-Identifier: MIT */
/* What torture and stress share: how long, and what comes by chance. */
#ifndef TESTS_KERNEL_CHANCE_H
#define TESTS_KERNEL_CHANCE_H

#include <lintel/string.h>
#include <lintel/time.h>
#include <asm/processor.h>
#include <asm/timex.h>

/* seconds[,seed]; false if it is no such thing. */
static inline bool parse_run(const char *value, u32 *seconds, u32 *seed)
{
	const char *comma = strchr(value, ',');
	char first[8];
	ulong s, n = *seed;

	strlcpy(first, value, comma ? min(sizeof(first), (size_t)(comma - value) + 1) : sizeof(first));
	if ((comma && kstrtoul(comma + 1, &n)) || kstrtoul(first, &s) || s < 1 || s > 100000)
		return false;
	*seconds = (u32)s;
	*seed = (u32)n;
	return true;
}

struct chance { u32 state; };

static inline u32 below(struct chance *c, u32 n)
{
	c->state = c->state * 1664525U + 1013904223U;
	return (c->state >> 8) % n;
}

static inline u64 us(u32 n) { return ((u64)counter_freq * n + 999999) / 1000000; }

static inline void spin(u64 time)
{
	u64 end = arch_counter() + time;

	while (arch_counter() < end)
		cpu_relax();
}

#endif
