/* SPDX-License-Identifier: MIT */
/*
 * Everything that is allowed: brackets on branches and in loops, in callers and callees, reports
 * that do not come back, traps, tail calls of noinstr functions, a switch, pointers and copies inside { }.
 */
#include "seed.h"

struct frame { long r[64]; };
struct frame saved;
void (*hook)(long) = traced;

void __noreturn stop(long n);
void __noreturn __noinline stop(long n)
{
	traced(n);
	for (;;)
		;
}

void *memcpy(void *to, const void *from, size_t n);
void *memcpy(void *to, const void *from, size_t n)
{
	char *p = to;
	const char *q = from;

	while (n--) {
		*p++ = *q++;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

static __always_inline void warn_on(bool cond)
{
	if (__builtin_expect(cond, 0)) {
		instrumentation_quiet_begin();
		traced(1);
		instrumentation_quiet_end();
	}
}

static void noinstr callee(long n)
{
	warn_on(n == 7);
	instrumentation_quiet_begin();
	traced(n);
	instrumentation_quiet_end();
	warn_on(n == 8);
}

static void noinstr checked(long n)
{
	if (n > 1000) {
		instrumentation_begin();
		stop(n);
	}
	if (n == -1)
		__builtin_trap();
	warn_on(n == 9);
	callee(n);
}

static __always_inline void serve(long n)
{
	switch (n) {
	case 0: traced(10); break;
	case 1: hook(20); break;
	case 2: saved.r[0] = 3; break;
	case 3: callee(9); break;
	case 4: traced(99); hook(3); break;
	case 5: traced(77); callee(4); break;
	case 6: stop(n);
	case 7: hook(7); traced(5); break;
	case 8: saved.r[8] = 12; traced(6); break;
	case 9: traced(7); traced(8); hook(9); break;
	case 10: callee(2); hook(2); break;
	case 11: saved.r[1]++; hook(5); break;
	}
	__asm__ volatile("" ::: "memory");
}

void noinstr door(long n)
{
	struct frame copy;

	checked(n);
	ct_user_exit();
	for (long i = 0; i < n; i++) {
		instrumentation_begin();
		if (i == 5) {
			arch_local_irq_enable();
			callee(i);
			arch_local_irq_disable();
		}
		traced(i);
		instrumentation_end();
	}
	instrumentation_begin();
	arch_local_irq_enable();
	copy = saved;
	__asm__ volatile("" : : "r" (&copy) : "memory");
	instrumentation_end();
	instrumentation_begin();
	serve(n);
	arch_local_irq_disable();
	instrumentation_end();
	ct_user_enter();
	checked(n);
}
