/* SPDX-License-Identifier: MIT */
/*
 * What the seeded violations share. Each file here is one program, linked by itself with the
 * kernel's own markers; door() is where it begins. The comment on top says what
 * `make noinstr` must find in it, and through which functions the path must lead; a file without
 * `finds` must be clean. `flags` goes to the compiler.
 */
#ifndef SEED_H
#define SEED_H

#include <lintel/instrumentation.h>
#include <asm/irqflags.h>

void door(long n);

/* Not noinstr: could be traced, probed, or take a lock. */
void traced(long n);
void __noinline traced(long n)
{
	__asm__ volatile("" : : "r" (n) : "memory");
}

/* The keeper's two ends. */
void ct_user_exit(void);
void noinstr ct_user_exit(void)
{
	__asm__ volatile("" ::: "memory");
}
void ct_user_enter(void);
void noinstr ct_user_enter(void)
{
	__asm__ volatile("" ::: "memory");
}

#endif
