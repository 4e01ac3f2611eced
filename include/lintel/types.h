/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_TYPES_H
#define LINTEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <lintel/compiler.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned long ulong;
typedef uint64_t phys_addr_t;		/* on both architectures: device trees say 64 bits */
typedef int lintel_pid_t;

#define min(a, b)	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b)	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define ALIGN_UP(x, a)	(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define BIT(n)		(1UL << (n))

struct list_head { struct list_head *next, *prev; };

#endif
