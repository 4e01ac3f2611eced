/* SPDX-License-Identifier: MIT */
/*
 * The whole library of the user programs: system calls as functions that return what the kernel
 * returned (a negative errno on failure), strings, and a printf of the few conversions used here.
 * It asks nothing of the kernel but Linux's system-call ABI, so a program runs on Linux too;
 * there lintel() is -ENOSYS and the program says what it cannot show.
 */
#ifndef USER_LIB_H
#define USER_LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uapi/lintel.h>
#include <arch.h>		/* system-call numbers and stubs, counter, deliberate mistakes */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef unsigned long ulong;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define __noreturn	__attribute__((noreturn))
#define __noinline	__attribute__((noinline))
#define __aligned(n)	__attribute__((aligned(n)))
#define barrier()	__asm__ volatile("" ::: "memory")
#define min(a, b)	((a) < (b) ? (a) : (b))
#define PAGE		4096UL

/* Linux's numbers. */
#define EPERM		1
#define ENOENT		2
#define EINTR		4
#define E2BIG		7
#define EBADF		9
#define ECHILD		10
#define EAGAIN		11
#define ENOMEM		12
#define EFAULT		14
#define EINVAL		22
#define ENOSPC		28
#define ENOSYS		38
#define IS_ERR(r)	((ulong)(r) >= (ulong)-4095)

#define SIGILL		4
#define SIGTRAP		5
#define SIGABRT		6
#define SIGBUS		7
#define SIGFPE		8
#define SIGKILL		9
#define SIGSEGV		11
#define SIGCHLD		17
#define SIGSYS		31

#define PROT_NONE	0
#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4
#define MAP_SHARED	1
#define MAP_PRIVATE	2
#define MAP_FIXED	0x10
#define MAP_ANONYMOUS	0x20

#define CLONE_VM	0x00000100
#define CLONE_FS	0x00000200
#define CLONE_FILES	0x00000400
#define CLONE_SIGHAND	0x00000800
#define CLONE_THREAD	0x00010000
#define CLONE_SETTLS	0x00080000
#define CLONE_PARENT_SETTID	0x00100000
#define CLONE_CHILD_CLEARTID	0x00200000
#define CLONE_CHILD_SETTID	0x01000000

#define WNOHANG		1
#define CLOCK_REALTIME	0
#define CLOCK_MONOTONIC	1

#define REBOOT_MAGIC1	0xfee1dead
#define REBOOT_MAGIC2	672274793
#define REBOOT_POWER_OFF 0x4321fedc

struct timespec { long sec, nsec; };
struct utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domain[65];
};

/* ---- system calls ---- */
#define SYS(nr, a, b, c, d, e, f) \
	syscall6((nr), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline long read(int fd, void *p, size_t n)	{ return SYS(NR_read, fd, p, n, 0, 0, 0); }
static inline long write(int fd, const void *p, size_t n)
{
	return SYS(NR_write, fd, p, n, 0, 0, 0);
}
static inline int getpid(void)		{ return SYS(NR_getpid, 0, 0, 0, 0, 0, 0); }
static inline int getppid(void)		{ return SYS(NR_getppid, 0, 0, 0, 0, 0, 0); }
static inline int gettid(void)		{ return SYS(NR_gettid, 0, 0, 0, 0, 0, 0); }
static inline long sched_yield(void)	{ return SYS(NR_sched_yield, 0, 0, 0, 0, 0, 0); }
/* 0 is the caller; masks of 64 CPUs. */
static inline long sched_setaffinity(int pid, u64 mask)
{
	return SYS(NR_sched_setaffinity, pid, sizeof(mask), &mask, 0, 0, 0);
}
static inline long sched_getaffinity(int pid, u64 *mask)
{
	return SYS(NR_sched_getaffinity, pid, sizeof(*mask), mask, 0, 0, 0);
}
static inline int getcpu(void)
{
	u32 cpu = 0;

	return SYS(NR_getcpu, &cpu, 0, 0, 0, 0, 0) ? -1 : (int)cpu;
}
static inline ulong sys_brk(ulong to)	{ return SYS(NR_brk, to, 0, 0, 0, 0, 0); }
static inline long munmap(void *p, size_t n) { return SYS(NR_munmap, p, n, 0, 0, 0, 0); }
static inline long uname(struct utsname *u) { return SYS(NR_uname, u, 0, 0, 0, 0, 0); }
static inline long lintel(int op, const volatile void *arg)
{
	return SYS(__NR_lintel, op, arg, 0, 0, 0, 0);
}
static inline long lintel_n(int op, ulong arg) { return SYS(__NR_lintel, op, arg, 0, 0, 0, 0); }
static inline long fork(void)		{ return SYS(NR_clone, SIGCHLD, 0, 0, 0, 0, 0); }
static inline long clock_gettime(int clock, struct timespec *t)
{
	return SYS(NR_clock_gettime, clock, t, 0, 0, 0, 0);
}
static inline long nanosleep(const struct timespec *want, struct timespec *left)
{
	return SYS(NR_nanosleep, want, left, 0, 0, 0, 0);
}
static inline long wait4(int pid, int *status, int options)
{
	return SYS(NR_wait4, pid, status, options, 0, 0, 0);
}
/* Offsets are 0 everywhere here, so mmap and mmap2 (whose offset counts pages) are one. */
static inline void *mmap(void *at, size_t n, int prot, int flags)
{
	return (void *)SYS(NR_mmap, at, n, prot, flags | MAP_ANONYMOUS, -1, 0);
}
void exit(int code) __noreturn;		/* the whole process */
void power_off(void) __noreturn;	/* only process 1 asks the machine; others exit with 0 */

/* A thread: fn(arg) on its own stack in a clone; its end is the end of fn. ABI stub in arch. */
long thread_create(ulong flags, void *stack_top, int (*fn)(void *), void *arg,
		   int *ptid, ulong tls, int *ctid);

/* ---- children ---- */
#define STATUS_EXIT(code)	((code) << 8)		/* as wait4() reports them */
#define STATUS_SIGNAL(sig)	(sig)
#define STATUS_CORE		0x80			/* Linux sets it for a dump; we ignore it */

/* fn(arg) in a child that exits with its result; wait4()'s status less the core flag, or < 0. */
int run_child(int (*fn)(void *), void *arg);
int wait_status(int pid);		/* the same for a child that runs already */

/* ---- time ---- */
u64 now_ns(void);
void spin_ticks(u64 ticks);		/* of the counter, with a yield instruction in the loop */
void sleep_ms(u32 ms);

/* ---- strings ---- */
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
void *memset(void *d, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);
void *memmove(void *d, const void *s, size_t n);
int memcmp(const void *a, const void *b, size_t n);
bool parse_number(const char *s, long *out);	/* decimal, -decimal, 0xhex; false if not one */

/* ---- output: %[-][0][width][.precision]{d,u,x,ld,lu,lx,lld,llu,llx,s,c,p,%}; * for both ---- */
int printf(const char *fmt, ...) __printf(1, 2);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);
const char *error_name(long err);	/* of a negative return value: "EFAULT" */
const char *signal_name(int sig);

/* ---- environment ---- */
const char *env_value(char **envp, const char *name);	/* of "name=value", or NULL */
bool on_lintel(void);			/* does the private call exist here? */

int main(int argc, char **argv, char **envp);

#endif
