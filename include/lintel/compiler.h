/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_COMPILER_H
#define LINTEL_COMPILER_H

#undef __always_inline		/* the host's libc has its own */
#define __always_inline		inline __attribute__((always_inline))
#define __noinline		__attribute__((noinline))
#define __noreturn		__attribute__((noreturn))
#define __used			__attribute__((used))
#define __unused		__attribute__((unused))
#define __packed		__attribute__((packed))
#define __aligned(n)		__attribute__((aligned(n)))
#define __section(s)		__attribute__((section(s)))
#define __printf(f, a)		__attribute__((format(printf, f, a)))
#define __user			/* a pointer that only uaccess functions may follow */

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		__asm__ volatile("" ::: "memory")

#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#ifndef offsetof
#define offsetof(t, m)		__builtin_offsetof(t, m)
#endif
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))
#define __stringify_1(x...)	#x
#define __stringify(x...)	__stringify_1(x)
#define static_assert		_Static_assert

/*
 * IS_ENABLED(CONFIG_X): 1 if autoconf.h defines CONFIG_X as 1, else 0; usable in C
 * expressions, so that both sides of a configuration are always compiled.
 */
#define __ARG_PLACEHOLDER_1	0,
#define __take_second(a, b, ...) b
#define __is_defined3(x)	__take_second(x 1, 0, 0)
#define __is_defined2(v)	__is_defined3(__ARG_PLACEHOLDER_##v)
#define __is_defined1(v)	__is_defined2(v)
#define IS_ENABLED(option)	__is_defined1(option)

/*
 * noinstr (row 1): code that runs before RCU watches or after it stopped. It lives in a
 * section of its own, and outside instrumentation_begin()/end() it calls nothing but its
 * like. The compiler may add nothing to it.
 */
#ifdef __clang__
#define __no_profile
#else
#define __no_profile		__attribute__((no_profile_instrument_function))
#endif
#ifndef noinstr			/* the host build replaces it */
#define noinstr			__noinline __no_profile __section(".noinstr.text")
#endif

#endif
