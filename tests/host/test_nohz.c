// SPDX-License-Identifier: MIT
/* The list of nohz_full=: which CPUs it names, and what is said of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <kernel/nohz.c>

static struct thread_info host_ti;
struct thread_info *host_current = &host_ti;
u32 nr_cpus;
static char said[1024];

void printk(int level, const char *fmt, ...)
{
	size_t n = strlen(said);
	va_list ap;

	if (level > LOG_WARN)
		return;
	va_start(ap, fmt);
	vsnprintf(said + n, sizeof(said) - n, fmt, ap);
	va_end(ap);
}

#define NONSENSE "neither a CPU nor a range like 1-3, ignored\n"
#define KEEPS "CPU 0 keeps time: its user mode is tracked, its tick goes on\n"

static const struct { u32 cpus; const char *value; cpumask_t mask; const char *says; } lists[] = {
	{ 4, "1-3", 0xe, "" },
	{ 4, "3,1", 0xa, "" },
	{ 4, "2", 0x4, "" },
	{ 64, "63,1-2", 1ULL << 63 | 6, "" },
	{ 4, "0-3", 0xf, "nohz_full=: \"0-3\" at character 1: " KEEPS },
	{ 1, "0", 0x1, "nohz_full=: \"0\" at character 1: " KEEPS },
	{ 4, "3-1,2", 0x4, "nohz_full=: \"3-1\" at character 1: the range ends before it begins, ignored\n" },
	{ 4, "2-9", 0xc, "nohz_full=: \"2-9\" at character 1: the last CPU is 3, ignored from 4 on\n" },
	{ 4, "1,4", 0x2, "nohz_full=: \"4\" at character 3: the last CPU is 3, ignored\n" },
	{ 4, "70-99999999999,1", 0x2, "nohz_full=: \"70-99999999999\" at character 1: the last CPU is 3, ignored\n" },
	{ 4, "", 0, "nohz_full=: \"\" at character 1: " NONSENSE },
	{ 4, "1,,2", 0x6, "nohz_full=: \"\" at character 3: " NONSENSE },
	{ 4, "1-,2", 0x4, "nohz_full=: \"1-\" at character 1: " NONSENSE },
	{ 4, "2,-1", 0x4, "nohz_full=: \"-1\" at character 3: " NONSENSE },
	{ 4, "1x", 0, "nohz_full=: \"1x\" at character 1: " NONSENSE },
	{ 4, "1-2x", 0, "nohz_full=: \"1-2x\" at character 1: " NONSENSE },
	{ 4, "abcdefghijklmnopqrstuvwxyz", 0, "nohz_full=: \"abcdefghijklmnopqrstuvwx...\" at character 1: " NONSENSE },
};

static void each_list(void **s)
{
	(void)s;
	for (u32 i = 0; i < ARRAY_SIZE(lists); i++) {
		nr_cpus = lists[i].cpus;
		nohz_full_cpus = 0;
		host_ti.flags = 0;
		said[0] = '\0';
		assert_int_equal(set_nohz_full(lists[i].value), 0);
		assert_string_equal(said, lists[i].says);
		assert_true(nohz_full_cpus == lists[i].mask);
		assert_int_equal(test_thread_flag(TIF_CONTEXT_TRACKING) != 0, lists[i].mask & 1);
	}
}

/* A task's flag is its CPU's. */
static void flag_goes_with_the_cpu(void **s)
{
	struct thread_info ti = { .flags = _TIF_NEED_RESCHED };

	(void)s;
	nohz_full_cpus = 0x2;
	context_tracking_task(&ti, 1);
	assert_int_equal(ti.flags, _TIF_NEED_RESCHED | _TIF_CONTEXT_TRACKING);
	context_tracking_task(&ti, 2);
	assert_int_equal(ti.flags, _TIF_NEED_RESCHED);
	assert_true(is_nohz_full(1) && !is_nohz_full(0) && !is_nohz_full(2));
	nohz_full_cpus = 0x3;
	assert_true(!is_nohz_full(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_list), cmocka_unit_test(flag_goes_with_the_cpu) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
