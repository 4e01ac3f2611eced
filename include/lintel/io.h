/* SPDX-License-Identifier: MIT */
/* Device registers: mapped as device memory, so that accesses to one device stay in order. */
#ifndef LINTEL_IO_H
#define LINTEL_IO_H

#include <lintel/types.h>

static __always_inline u32 readl(const volatile void *p) { return *(const volatile u32 *)p; }
static __always_inline void writel(u32 v, volatile void *p) { *(volatile u32 *)p = v; }
static __always_inline void writeb(u8 v, volatile void *p) { *(volatile u8 *)p = v; }

#endif
