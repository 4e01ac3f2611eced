/* SPDX-License-Identifier: MIT */
#include "lib.h"

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}

/* The barriers keep the compiler from seeing a memset in memset, and calling it. */
void *memset(void *d, int c, size_t n)
{
	u8 *p = d;

	while (n--) {
		*p++ = c;
		barrier();
	}
	return d;
}

void *memcpy(void *d, const void *s, size_t n)
{
	return memmove(d, s, n);
}

void *memmove(void *d, const void *s, size_t n)
{
	u8 *to = d;
	const u8 *from = s;

	if (to <= from) {
		for (; n; n--) {
			*to++ = *from++;
			barrier();
		}
		return d;
	}
	while (n--) {
		to[n] = from[n];
		barrier();
	}
	return d;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

bool parse_number(const char *s, long *out)
{
	bool negative = *s == '-';
	ulong v = 0;
	int base = 10;

	s += negative;
	if (s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	}
	if (!*s)
		return false;
	for (; *s; s++) {
		if (digit(*s) >= base)
			return false;
		v = v * base + digit(*s);
	}
	*out = negative ? -v : v;
	return true;
}
