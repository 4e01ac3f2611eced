/* SPDX-License-Identifier: MIT */
/*
 * Self-tests inside the kernel (tests/kernel/, CONFIG_SELFTEST), chosen by the boot argument
 * selftest=all or selftest=name,name: run by pid 1 instead of init, reported in KTAP.
 *
 *	SELFTEST(list_order)
 *	{
 *		EXPECT(first == 1);
 *	}
 *
 * A test runs in a kernel thread, preemptible. A failed EXPECT is reported with its place and the
 * test goes on.
 */
#ifndef LINTEL_SELFTEST_H
#define LINTEL_SELFTEST_H

#include <lintel/types.h>

struct selftest { const char *name; void (*fn)(void); };

/* The linker script marks the ends of the section. */
#define SELFTEST(id)								\
	static void selftest_##id(void);					\
	static const struct selftest __selftest_##id __used			\
		__section(".selftests") __aligned(sizeof(void *)) = { #id, selftest_##id }; \
	static void selftest_##id(void)

void selftest_failed(const char *file, int line, const char *what);
/* This machine or configuration cannot run the running test; it counts as neither. */
void selftest_skip(const char *reason);

#define EXPECT(cond)								\
	do {									\
		if (!(cond))							\
			selftest_failed(__FILE__, __LINE__, #cond);		\
	} while (0)

/* Runs those named, prints the report, ends the machine: 0 if all are ok. kernel/selftest.c. */
void selftest_run(const char *names) __noreturn;
/* torture=seconds[,seed]: threads and interrupts beside init, which end the machine with a verdict; without
 * CONFIG_SELFTEST, or with a value that is none, at once. tests/kernel/torture.c. */
void torture_start(const char *value);
/* stress=seconds[,seed]: the same for everything at once. tests/kernel/stress.c. */
void stress_start(const char *value);

#endif
