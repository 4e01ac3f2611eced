/* SPDX-License-Identifier: MIT */
/* AArch64: number in x8, arguments in x0-x5, result in x0. */
#ifndef USER_ARCH_H
#define USER_ARCH_H

#include <stdint.h>

#define ARCH_NAME	"arm64"
#define NR_read		63
#define NR_write	64
#define NR_exit		93
#define NR_exit_group	94
#define NR_nanosleep	101
#define NR_clock_gettime 113
#define NR_clock_nanosleep 115
#define NR_sched_setaffinity 122
#define NR_sched_getaffinity 123
#define NR_sched_yield	124
#define NR_reboot	142
#define NR_uname	160
#define NR_getcpu	168
#define NR_getpid	172
#define NR_getppid	173
#define NR_gettid	178
#define NR_brk		214
#define NR_munmap	215
#define NR_clone	220
#define NR_mmap		222
#define NR_wait4	260
#define NR_none		1000	/* past the end of every table */

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;

	__asm__ volatile("svc #0" : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}

/* The virtual counter. The ISB keeps the read from moving into what it measures. */
static inline uint64_t counter(void)
{
	uint64_t v;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v) :: "memory");
	return v;
}
static inline void cpu_yield(void) { __asm__ volatile("yield" ::: "memory"); }

/* The TLS register. */
static inline unsigned long thread_pointer(void)
{
	unsigned long v;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(v));
	return v;
}

#define ASM_UNDEF	".inst 0x00000000\n"
#define ASM_BRK		"brk #0\n"
static inline void do_undef(void) { __asm__ volatile(ASM_UNDEF); }
static inline void do_brk(void) { __asm__ volatile(ASM_BRK); }
static inline void do_abi_brk(void) { do_brk(); }

/*
 * A loop of `n` turns of `body`, timed. The turn's own two instructions are those of the loop with
 * an empty body. In the body: x20 = a, x21 = b, x8 = the number of a system call.
 */
#define TIMED_LOOP(fn, body)								\
static __noinline u64 fn(ulong n, ulong a, ulong b, ulong nr)				\
{											\
	u64 from = counter();								\
	register ulong x19 __asm__("x19") = n, x20 __asm__("x20") = a;			\
	register ulong x21 __asm__("x21") = b, x8 __asm__("x8") = nr;			\
											\
	__asm__ volatile("1:\n" body "subs x19, x19, #1\n\tb.ne 1b\n"		\
			 : "+r"(x19), "+r"(x20) : "r"(x21), "r"(x8)			\
			 : "x0", "x1", "x2", "x3", "cc", "memory");			\
	return counter() - from;							\
}
#define BODY_NONE	""
#define BODY_SVC	"svc #0\n"
#define BODY_LOAD	"ldr w0, [x20]\n"
#define BODY_STORE	"str w21, [x20]\n"
#define BODY_NEXT	"add x20, x20, #4096\n"

#endif
