// SPDX-License-Identifier: MIT
/*
 * What compilers for the ARM EABI call by themselves, beside the mem* functions. The 4 and 8
 * variants promise alignment, which lib/string.c finds out anyway; memset's arguments come in
 * another order than C's.
 */
#include <lintel/bug.h>
#include <lintel/string.h>

#define COPY(name, fn)							\
	void name(void *to, const void *from, size_t n);		\
	void name(void *to, const void *from, size_t n) { fn(to, from, n); }
#define SET(name)							\
	void name(void *p, size_t n, int c);				\
	void name(void *p, size_t n, int c) { memset(p, c, n); }
#define CLEAR(name)							\
	void name(void *p, size_t n);					\
	void name(void *p, size_t n) { memset(p, 0, n); }

COPY(__aeabi_memcpy, memcpy)
COPY(__aeabi_memcpy4, memcpy)
COPY(__aeabi_memcpy8, memcpy)
COPY(__aeabi_memmove, memmove)
COPY(__aeabi_memmove4, memmove)
COPY(__aeabi_memmove8, memmove)
SET(__aeabi_memset)
SET(__aeabi_memset4)
SET(__aeabi_memset8)
CLEAR(__aeabi_memclr)
CLEAR(__aeabi_memclr4)
CLEAR(__aeabi_memclr8)

/* libgcc's divisions end here when the divisor is 0 ... */
int raise(int sig);
int raise(int sig)
{
	panic("division by zero in the kernel (signal %d)", sig);
}

/* ... and name the unwinder, which is never called. */
void __aeabi_unwind_cpp_pr0(void);
void __aeabi_unwind_cpp_pr0(void)
{
}
