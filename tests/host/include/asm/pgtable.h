/* SPDX-License-Identifier: MIT */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H
struct arch_mm { int unused; };
#endif
