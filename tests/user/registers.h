/* SPDX-License-Identifier: MIT */
/* Poison for every register that a program has, and the comparison afterwards. For one file of a program. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include "test/tap.h"
#include "poison.h"

static struct poison in __aligned(16), out __aligned(16);
static u64 seed = 0x9e3779b97f4a7c15;
static ulong tls;

static u64 next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void fill(void)
{
	u32 *word = (u32 *)&in;

	for (u32 i = 0; i < sizeof(in) / 4; i++)
		word[i] = next_random() >> 16;
	in.sp = (ulong)&out;
	/* V is set: the T32 loop's IT blocks depend on it. */
	in.flags = (in.flags & FLAGS_MASK) | 1UL << 28;
	in.fpcr &= FPCR_MASK;
	in.fpsr &= FPSR_MASK;
	memset(&out, 0, sizeof(out));
	tls = (ulong)next_random() | 1;
	set_thread_pointers(tls);
}

static const char *different_general(u32 ignored)
{
	static char name[24];

	for (u32 i = 0; i < NR_GENERAL; i++)
		if (in.x[i] != out.x[i] && !(ignored & 1U << i)) {
			snprintf(name, sizeof(name), "%c%u", sizeof(long) == 8 ? 'x' : 'r',
				 sizeof(long) == 4 && i == 13 ? 14 : i);
			return name;
		}
	return NULL;
}

/* (by words: a sweep asks a million times) */
static bool different_vectors(void)
{
	const u64 *a = (const u64 *)in.v, *b = (const u64 *)out.v;

	for (u32 i = 0; i < sizeof(in.v) / (sizeof(*a)); i++)
		if (a[i] != b[i])
			return true;
	return false;
}

/* The register that did not survive, or NULL. */
static const char *different(u32 ignored)
{
	const char *name = different_general(ignored);

	if (name)
		return name;
	if (in.sp != out.sp)
		return "sp";
	if (tls != thread_pointers())
		return "a TLS register";
	if (in.flags != (out.flags & FLAGS_MASK))
		return "flags";
	if (in.fpcr != (out.fpcr & FPCR_MASK) || in.fpsr != (out.fpsr & FPSR_MASK))
		return "FP control or status";
	return different_vectors() ? "FP/SIMD" : NULL;
}

#endif
