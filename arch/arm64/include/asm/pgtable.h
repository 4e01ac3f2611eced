/* SPDX-License-Identifier: MIT */
/*
 * Three levels of 512 entries, 4 KiB granule: level 1 maps 1 GiB an entry, level 2 2 MiB, level 3
 * 4 KiB; levels 1 and 2 also hold blocks. Linux's names for them are pgd, pmd and pte.
 */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

#define PTRS_PER_TABLE		512
#define LEVEL_SHIFT(l)		(12 + 9 * (3 - (l)))

#define PTE_VALID		0x001
#define PTE_TABLE		0x003		/* levels 1 and 2: another table */
#define PTE_BLOCK		0x001		/* levels 1 and 2: memory */
#define PTE_PAGE		0x003		/* level 3 */
#define PTE_ATTR(i)		((i) << 2)
#define PTE_USER		(1 << 6)
#define PTE_RDONLY		(1 << 7)
#define PTE_SHARED		(3 << 8)	/* inner shareable */
#define PTE_AF			(1 << 10)
#define PTE_NG			(1 << 11)	/* not global: has an ASID */
#define PTE_ADDR_MASK		0x0000fffffffff000

/* Indices into MAIR. */
#define MT_NORMAL		0
#define MT_DEVICE		1
#define MAIR_VALUE		0x04ff		/* 0: write-back; 1: device nGnRE */

/* TCR: 39 bits each, 4 KiB granules, walks cached and inner shareable. */
#define TCR_T0SZ		(64 - 39)
#define TCR_T1SZ		((64 - 39) << 16)
#define TCR_WALK0		(0x35 << 8)
#define TCR_WALK1		(0x35 << 24)
#define TCR_TG1_4K		(2 << 30)
#define TCR_IPS_SHIFT		32
#define TCR_AS_SHIFT		36		/* 16-bit ASIDs */

/* The early map, which head.S turns on: the image and this much behind it. */
#define EARLY_MAP_SIZE		0x01000000
#define BOOT_TABLES		10		/* pages that boot.c may use for tables */

#ifndef __ASSEMBLER__
#include <lintel/types.h>

#define PTE_PXN			(1UL << 53)
#define PTE_UXN			(1UL << 54)

#define PTE_NORMAL		(PTE_ATTR(MT_NORMAL) | PTE_SHARED | PTE_AF)
#define PTE_KERNEL_RW		(PTE_NORMAL | PTE_PXN | PTE_UXN)
#define PTE_KERNEL_RO		(PTE_NORMAL | PTE_RDONLY | PTE_PXN | PTE_UXN)
#define PTE_KERNEL_RX		(PTE_NORMAL | PTE_RDONLY | PTE_UXN)
#define PTE_DEVICE		(PTE_ATTR(MT_DEVICE) | PTE_AF | PTE_PXN | PTE_UXN)

/* generation << 16 | ASID; 0: none yet */
struct arch_mm { u64 *pgd; u64 context_id; };

extern u64 swapper_pg_dir[PTRS_PER_TABLE];	/* TTBR1's level 1 */
extern u64 reserved_pg_dir[PTRS_PER_TABLE];	/* TTBR0's while there is no user memory: empty */
extern u64 idmap_pg_dir[PTRS_PER_TABLE];	/* TTBR0's until the MMU is on */
#endif
#endif
