/* SPDX-License-Identifier: MIT */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include <lintel/types.h>

/* The page that every untouched page of every program reads as. Mapped read-only, never counted,
 * never freed. */
extern phys_addr_t zero_page;

static inline bool is_zero_page(phys_addr_t pa) { return pa == zero_page; }

#endif
