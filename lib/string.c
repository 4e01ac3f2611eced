// SPDX-License-Identifier: MIT
/*
 * Memory and string functions. An empty asm in each loop keeps the compiler from recognising
 * the loop as the function that it is, and calling it.
 *
 * Word-wise parts go through types that may alias anything; the source of a copy whose
 * alignment differs from the destination's is read through an unaligned type, so that the
 * compiler takes no load that needs alignment (ARMv7: ldm, ldrd).
 */
#include <lintel/errno.h>
#include <lintel/string.h>

typedef ulong __attribute__((may_alias)) word;
typedef struct { ulong v; } __attribute__((may_alias, packed)) loose_word;

#define WORD		sizeof(word)
#define no_idiom()	__asm__ volatile("")

static __always_inline bool word_aligned(const void *p)
{
	return !((ulong)p & (WORD - 1));
}

/* Bytes until `to` is aligned, then words, then what is left; ascending. */
void *memcpy(void *to, const void *from, size_t n)
{
	u8 *d = to;
	const u8 *s = from;

	if (n >= 2 * WORD) {
		for (; !word_aligned(d); n--) {
			no_idiom();
			*d++ = *s++;
		}
		if (word_aligned(s)) {
			for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
				word a = ((const word *)s)[0], b = ((const word *)s)[1];
				word c = ((const word *)s)[2], e = ((const word *)s)[3];

				no_idiom();
				((word *)d)[0] = a;
				((word *)d)[1] = b;
				((word *)d)[2] = c;
				((word *)d)[3] = e;
			}
		}
		for (; n >= WORD; n -= WORD, d += WORD, s += WORD) {
			no_idiom();
			*(word *)d = ((const loose_word *)s)->v;
		}
	}
	while (n--) {
		no_idiom();
		*d++ = *s++;
	}
	return to;
}

/* Descending, for a destination that begins inside the source. */
static void copy_down(u8 *d, const u8 *s, size_t n)
{
	d += n;
	s += n;
	for (; n && !word_aligned(d); n--) {
		no_idiom();
		*--d = *--s;
	}
	for (; n >= WORD; n -= WORD) {
		no_idiom();
		d -= WORD;
		s -= WORD;
		*(word *)d = ((const loose_word *)s)->v;
	}
	while (n--) {
		no_idiom();
		*--d = *--s;
	}
}

void *memmove(void *to, const void *from, size_t n)
{
	/* memcpy() ascends and reads no further than it has written plus four words: with the
	 * destination at or below the source it reads every word before it overwrites it. */
	if ((ulong)to - (ulong)from >= n)
		memcpy(to, from, n);
	else
		copy_down(to, from, n);
	return to;
}

void *memset(void *p, int c, size_t n)
{
	u8 *d = p;
	word w = (u8)c * (~0UL / 255);

	if (n >= 2 * WORD) {
		for (; !word_aligned(d); n--) {
			no_idiom();
			*d++ = (u8)c;
		}
		for (; n >= 8 * WORD; n -= 8 * WORD, d += 8 * WORD) {
			word *q = (word *)d;

			no_idiom();
			q[0] = w;
			q[1] = w;
			q[2] = w;
			q[3] = w;
			q[4] = w;
			q[5] = w;
			q[6] = w;
			q[7] = w;
		}
		for (; n >= WORD; n -= WORD, d += WORD) {
			no_idiom();
			*(word *)d = w;
		}
	}
	while (n--) {
		no_idiom();
		*d++ = (u8)c;
	}
	return p;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n >= WORD; n -= WORD, p += WORD, q += WORD) {
		no_idiom();
		if (((const loose_word *)p)->v != ((const loose_word *)q)->v)
			break;
	}
	for (; n; n--, p++, q++) {
		no_idiom();
		if (*p != *q)
			return *p - *q;
	}
	return 0;
}

void *memchr(const void *p, int c, size_t n)
{
	for (const u8 *s = p; n--; s++) {
		no_idiom();
		if (*s == (u8)c)
			return (void *)(ulong)s;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	for (; *p; p++)
		no_idiom();
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	for (; n < max && s[n]; n++)
		no_idiom();
	return n;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n--; a++, b++) {
		no_idiom();
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		no_idiom();
		if (*s == (char)c)
			return (char *)(ulong)s;
		if (!*s)
			return NULL;
	}
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (;; s++) {
		if (!strncmp(s, what, n))
			return (char *)(ulong)s;
		if (!*s)
			return NULL;
	}
}

size_t strlcpy(char *to, const char *from, size_t size)
{
	size_t len = strlen(from);

	if (size) {
		size_t n = min(len, size - 1);

		memcpy(to, from, n);
		to[n] = '\0';
	}
	return len;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

int kstrtoul(const char *s, ulong *out)
{
	u32 base = 10;
	ulong v = 0;

	if (s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	}
	do {
		u32 d = (u32)digit(*s);

		if (d >= base || v > (~0UL - d) / base)
			return -EINVAL;
		v = v * base + d;
	} while (*++s);
	*out = v;
	return 0;
}
