/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_KALLSYMS_H
#define LINTEL_KALLSYMS_H

#include <lintel/types.h>

/* The function that addr is in, its start and size; NULL if it is in none (or there is no
 * table). Any context. */
const char *kallsyms_lookup(ulong addr, ulong *offset, ulong *size);

#endif
