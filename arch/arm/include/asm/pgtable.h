/* SPDX-License-Identifier: MIT */
/*
 * Short descriptors. First level: 1 MiB sections and pointers to second-level tables of 256
 * entries. A page holds four such tables, so four neighbouring first-level entries are always
 * set together. Domains: 0 the kernel, always client; 1 user memory, closed while the kernel
 * runs, but for uaccess.
 */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

#define DOMAIN_KERNEL		0
#define DOMAIN_USER		1
#define DACR_KERNEL		0x1	/* user memory closed */
#define DACR_UACCESS		0x5	/* ... open: user mode, and inside uaccess */

/* First level. */
#define L1_TABLE		0x001
#define L1_TABLE_PXN		0x004	/* never executed by the kernel; where the CPU has it */
#define L1_SECTION		0x002
#define L1_DOMAIN(d)		((d) << 5)
#define SECT_B			(1 << 2)
#define SECT_C			(1 << 3)
#define SECT_XN			(1 << 4)
#define SECT_AP_RW		(1 << 10)	/* kernel only */
#define SECT_AP_RO		(1 << 15)
#define SECT_TEX_WA		(1 << 12)
#define SECT_S			(1 << 16)
#define SECT_NORMAL		(L1_SECTION | SECT_TEX_WA | SECT_C | SECT_B | SECT_S | SECT_AP_RW)

/* Second level. The kernel may read what the user may only read, and write what the user may
 * write: a copy to a page that is still shared must fault. */
#define L2_PAGE			0x002
#define L2_XN			0x001
#define L2_B			(1 << 2)
#define L2_C			(1 << 3)
#define L2_AP_KERNEL		(1 << 4)
#define L2_AP_USER		(3 << 4)
#define L2_TEX_WA		(1 << 6)
#define L2_RO			(1 << 9)
#define L2_S			(1 << 10)
#define L2_NG			(1 << 11)
#define L2_NORMAL		(L2_PAGE | L2_TEX_WA | L2_C | L2_B | L2_S)
#define L2_DEVICE		(L2_PAGE | L2_B | L2_XN)

/* TTBR: walks inner and outer write-back write-allocate, shareable. */
#define TTBR_FLAGS		0x6a
#define TTBCR_N1		0x01
#define TTBCR_PD0		0x10	/* no walks for user addresses */

/* The early map, which head.S turns on: the image and this much behind it. */
#define EARLY_MAP_SIZE		0x01000000

#ifndef __ASSEMBLER__
#include <lintel/types.h>

/* generation << 8 | ASID; 0: none yet */
struct arch_mm { u32 *pgd; u64 context_id; };

extern u32 swapper_pg_dir[4096];	/* TTBR1's */
#endif
#endif
