// SPDX-License-Identifier: MIT
/* Every function against the host's, at every alignment and length that takes another way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <lintel/string.h>
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strstr
#undef strlcpy
#include <stdlib.h>
#include <string.h>

#define N 160

static u8 from[N], to[N], want[N];

static void fill(void)
{
	for (int i = 0; i < N; i++) {
		from[i] = (u8)(i * 7 + 1);
		to[i] = want[i] = (u8)(i * 3 + 5);
	}
}

static void copies(void **state)
{
	(void)state;
	for (int s = 0; s < 17; s++)
		for (int d = 0; d < 17; d++)
			for (int n = 0; n < N - 17; n++) {
				fill();
				memcpy(want + d, from + s, n);
				assert_ptr_equal(k_memcpy(to + d, from + s, n), to + d);
				assert_memory_equal(to, want, N);
			}
}

static void moves(void **state)
{
	(void)state;
	for (int s = 0; s < 40; s++)
		for (int d = 0; d < 40; d++)
			for (int n = 0; n < N - 40; n++) {
				fill();
				memmove(want + d, want + s, n);
				assert_ptr_equal(k_memmove(to + d, to + s, n), to + d);
				assert_memory_equal(to, want, N);
			}
}

static void sets(void **state)
{
	(void)state;
	for (int d = 0; d < 17; d++)
		for (int n = 0; n < N - 17; n++) {
			fill();
			memset(want + d, 0x5a5, n);
			assert_ptr_equal(k_memset(to + d, 0x5a5, n), to + d);
			assert_memory_equal(to, want, N);
		}
}

static int sign(int v) { return (v > 0) - (v < 0); }

static void compares(void **state)
{
	(void)state;
	for (int n = 0; n < 40; n++)
		for (int at = 0; at < 40; at++)
			for (int v = 0; v < 2; v++) {
				fill();
				memcpy(to + 3, from, N - 3);
				to[3 + at] = v ? 0xff : 0;
				assert_int_equal(sign(k_memcmp(from, to + 3, n)), sign(memcmp(from, to + 3, n)));
			}
}

static void texts(void **state)
{
	char buf[6];
	ulong v;

	(void)state;
	assert_int_equal(k_strlen(""), 0);
	assert_int_equal(k_strlen("abc"), 3);
	assert_int_equal(k_strnlen("abc", 2), 2);
	assert_int_equal(k_strcmp("abc", "abc"), 0);
	assert_true(k_strcmp("abc", "abd") < 0 && k_strcmp("b", "abd") > 0 && k_strcmp("a", "\x80") < 0);
	assert_int_equal(k_strncmp("abc", "abd", 2), 0);
	assert_string_equal(k_strchr("a=b", '='), "=b");
	assert_null(k_strchr("ab", '='));
	assert_string_equal(k_strchr("ab", 0), "");
	assert_string_equal(k_strstr("one two", "two"), "two");
	assert_null(k_strstr("one two", "three"));
	assert_string_equal(k_memchr("abc", 'b', 3), "bc");
	assert_null(k_memchr("abc", 'c', 2));
	assert_int_equal(k_strlcpy(buf, "abcdefgh", sizeof(buf)), 8);
	assert_string_equal(buf, "abcde");

	assert_int_equal(kstrtoul("42", &v), 0);
	assert_int_equal(v, 42);
	assert_int_equal(kstrtoul("0xFfffffff", &v), 0);
	assert_true(v == 0xffffffff);
	assert_int_equal(kstrtoul("18446744073709551615", &v), 0);
	assert_true(v == ~0UL);
	assert_true(kstrtoul("18446744073709551616", &v) && kstrtoul("", &v) && kstrtoul("0x", &v) &&
		    kstrtoul("4a", &v) && kstrtoul("-1", &v) && kstrtoul("banana", &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies),
		cmocka_unit_test(moves),
		cmocka_unit_test(sets),
		cmocka_unit_test(compares),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
