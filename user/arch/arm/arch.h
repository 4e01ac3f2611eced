/* SPDX-License-Identifier: MIT */
/* ARMv7, EABI: number in r7, arguments in r0-r5, result in r0. */
#ifndef USER_ARCH_H
#define USER_ARCH_H

#include <stdint.h>

#define ARCH_NAME	"arm"
#define NR_exit		1
#define NR_read		3
#define NR_write	4
#define NR_getpid	20
#define NR_brk		45
#define NR_getppid	64
#define NR_reboot	88
#define NR_munmap	91
#define NR_wait4	114
#define NR_clone	120
#define NR_uname	122
#define NR_sched_yield	158
#define NR_nanosleep	162
#define NR_mmap		192	/* mmap2 */
#define NR_gettid	224
#define NR_sched_setaffinity 241
#define NR_sched_getaffinity 242
#define NR_exit_group	248
#define NR_clock_gettime 263
#define NR_clock_nanosleep 265
#define NR_getcpu	345
#define NR_none		1000	/* past the end of every table */
#define ARM_NR_set_tls	0x0f0005

static inline long syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r7 __asm__("r7") = nr;
	register long r0 __asm__("r0") = a, r1 __asm__("r1") = b, r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d, r4 __asm__("r4") = e, r5 __asm__("r5") = f;

	__asm__ volatile("svc #0" : "+r"(r0)
			 : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5) : "memory");
	return r0;
}

/* The virtual counter. The ISB keeps the read from moving into what it measures. */
static inline uint64_t counter(void)
{
	uint64_t v;

	__asm__ volatile("isb\n\tmrrc p15, 1, %Q0, %R0, c14" : "=r"(v) :: "memory");
	return v;
}
static inline void cpu_yield(void) { __asm__ volatile("yield" ::: "memory"); }

/* The TLS register that programs read (TPIDRURO). */
static inline unsigned long thread_pointer(void)
{
	unsigned long v;

	__asm__ volatile("mrc p15, 0, %0, c13, c0, 3" : "=r"(v));
	return v;
}

#define ASM_UNDEF	".inst 0xe7f000f0\n"
#define ASM_BRK		"bkpt #0\n"		/* the debug door */
#define ASM_ABI_BRK	".inst 0xe7f001f0\n"	/* Linux's: an undefined instruction */
static inline void do_undef(void) { __asm__ volatile(ASM_UNDEF); }
static inline void do_brk(void) { __asm__ volatile(ASM_BRK); }
/* Some versions of Linux take a bkpt for ever. */
static inline void do_abi_brk(void) { __asm__ volatile(ASM_ABI_BRK); }

/*
 * A loop of `n` turns of `body`, timed. The turn's own two instructions are those of the loop with
 * an empty body. In the body: r5 = a, r6 = b, r7 = the number of a system call.
 */
#define TIMED_LOOP(fn, body)								\
static __noinline u64 fn(ulong n, ulong a, ulong b, ulong nr)				\
{											\
	u64 from = counter();								\
	register ulong r4 __asm__("r4") = n, r5 __asm__("r5") = a;			\
	register ulong r6 __asm__("r6") = b, r7 __asm__("r7") = nr;			\
											\
	__asm__ volatile("1:\n" body "subs r4, r4, #1\n\tbne 1b\n"			\
			 : "+r"(r4), "+r"(r5) : "r"(r6), "r"(r7)			\
			 : "r0", "r1", "r2", "r3", "cc", "memory");			\
	return counter() - from;							\
}
#define BODY_NONE	""
#define BODY_SVC	"svc #0\n"
#define BODY_LOAD	"ldr r0, [r5]\n"
#define BODY_STORE	"str r6, [r5]\n"
#define BODY_NEXT	"add r5, r5, #4096\n"

#endif
