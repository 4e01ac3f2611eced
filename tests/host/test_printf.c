// SPDX-License-Identifier: MIT
/* Against the host's printf, where both have an opinion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#undef snprintf
#undef vsnprintf
#include <stdio.h>
#include <lintel/types.h>
int k_snprintf(char *buf, size_t size, const char *fmt, ...);
const char *kallsyms_lookup(ulong addr, ulong *offset, ulong *size);

const char *kallsyms_lookup(ulong addr, ulong *offset, ulong *size)
{
	if (addr < 0x1000 || addr >= 0x1040)
		return NULL;
	*offset = addr - 0x1000;
	*size = 0x40;
	return "start_kernel";
}

#define same(...)								\
	do {									\
		char ours[200], theirs[200];					\
		int a = k_snprintf(ours, sizeof(ours), __VA_ARGS__);		\
		int b = snprintf(theirs, sizeof(theirs), __VA_ARGS__);		\
		assert_string_equal(ours, theirs);				\
		assert_int_equal(a, b);						\
	} while (0)

static void numbers(void **state)
{
	static const long long values[] = { 0, 1, -1, 9, 10, 255, -255, INT_MAX, INT_MIN, LLONG_MAX,
					    LLONG_MIN, 4294967296LL, 0x123456789abcdefLL };
	static const char *const forms[] = { "%lld", "%5lld|", "%-22lld|", "%022lld", "%+lld", "% lld",
					     "%.3lld", "%10.4lld", "%-10.4lld|", "%llu", "%llx", "%#llx",
					     "%#012llx", "%llX", "%llo", "%20llx", "%+.0lld", "%+05lld" };

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(forms); f++)
		for (size_t v = 0; v < ARRAY_SIZE(values); v++)
			if (values[v] || !strchr(forms[f], '#'))
				same(forms[f], values[v]);
	same("%d %i %u %x", -5, 7, 3000000000U, 0xdeadbeef);
	same("%hd %hhd %hu %hhu", 70000, 300, 70000, 300);
	same("%ld %lu %zu %zd", LONG_MIN, ULONG_MAX, SIZE_MAX, (ssize_t)-3);
	same("%*d|%-*d|%*d|", 6, 42, 6, 42, -6, 42);
	same("%08x", 0x1234);
}

static void strings(void **state)
{
	char ours[100];

	(void)state;
	same("%s|%10s|%-10s|%.2s|%10.2s|%.*s", "abc", "abc", "abc", "abc", "abc", 1, "abc");
	same("%c%5c%-5c|%%", 'a', 'b', 'c');
	same("plain");
	same("");
	assert_int_equal(k_snprintf(ours, sizeof(ours), "%s", (char *)NULL), 6);
	assert_string_equal(ours, "(null)");
	k_snprintf(ours, sizeof(ours), "%pS %pS", (void *)0x1010, (void *)0x10);
	assert_string_equal(ours, "start_kernel+0x10/0x40 0x10");
	k_snprintf(ours, sizeof(ours), "%pB %pB", (void *)0x1040, (void *)0x1041);
	assert_string_equal(ours, "start_kernel+0x40/0x40 0x1041");
	k_snprintf(ours, sizeof(ours), "%p", (void *)0x1234);
	assert_string_equal(ours, sizeof(void *) == 8 ? "0x0000000000001234" : "0x00001234");
	k_snprintf(ours, sizeof(ours), "%y %");
	assert_string_equal(ours, "%y %");
}

static void bounds(void **state)
{
	char b[8];

	(void)state;
	memset(b, 'x', sizeof(b));
	assert_int_equal(k_snprintf(b, 4, "%s", "abcdef"), 6);
	assert_memory_equal(b, "abc\0xxxx", 8);
	assert_int_equal(k_snprintf(b, 1, "%d", 12345), 5);
	assert_memory_equal(b, "\0bc\0xxxx", 8);
	assert_int_equal(k_snprintf(NULL, 0, "%d", 12345), 5);
	assert_int_equal(k_snprintf(b, 8, "1234567"), 7);
	assert_string_equal(b, "1234567");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(strings),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
