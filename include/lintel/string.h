/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_STRING_H
#define LINTEL_STRING_H

#include <lintel/types.h>

/* lib/string.c: the standard functions, which compilers also call by themselves. */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *p, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *what);
/* Copies as much as fits and always terminates; returns strlen(from). */
size_t strlcpy(char *to, const char *from, size_t size);
/* Decimal, or hexadecimal with 0x: 0, or -EINVAL unless all of s is a number that fits. */
int kstrtoul(const char *s, ulong *out);

#endif
