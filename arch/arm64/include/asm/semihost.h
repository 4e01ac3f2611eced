/* SPDX-License-Identifier: MIT */
#ifndef ASM_SEMIHOST_H
#define ASM_SEMIHOST_H

#include <lintel/types.h>

/* One semihosting request. -1 where nobody serves it: the instruction is undefined there, and an
 * exception-table entry covers it. semihost.S. */
long semihosting(ulong op, const void *arg);

#endif
