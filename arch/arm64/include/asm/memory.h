/* SPDX-License-Identifier: MIT */
/*
 *	0x0000000000000000  user: TTBR0, 39 bits, three levels of 4 KiB tables
 *	0x0000008000000000  TASK_SIZE; from here to 2^64 - 2^39 nothing can be mapped
 *	0xffffff8000000000  PAGE_OFFSET: linear map of RAM; TTBR1 from here up
 *	0xffffff9000200000  KIMAGE_VADDR: the image, in the middle of the linear map, because it
 *			    may be loaded at any multiple of 2 MiB, with RAM below it
 *	0xffffffc000000000  VMALLOC: kernel stacks, each with a hole below
 *	0xffffffd000000000  IOREMAP: device registers
 *	0xffffffe000000000  the device tree until the linear map is there
 *
 * Code is linked at one address and never moved: which physical address that is, is all that
 * differs from load to load.
 */
#ifndef ASM_MEMORY_H
#define ASM_MEMORY_H

#define PAGE_OFFSET		0xffffff8000000000
#define KIMAGE_VADDR		0xffffff9000200000
#define VA_BITS			39
#define BLOCK_SHIFT		21

#ifndef __ASSEMBLER__
#include <lintel/types.h>

#define TASK_SIZE		(1UL << VA_BITS)
#define VMALLOC_START		0xffffffc000000000UL
#define VMALLOC_END		0xffffffd000000000UL
#define IOREMAP_START		0xffffffd000000000UL
#define IOREMAP_END		0xffffffe000000000UL
#define EARLY_DTB_VIRT		0xffffffe000000000UL
#define LINEAR_MAP_SIZE		(VMALLOC_START - PAGE_OFFSET)

/* Physical address of PAGE_OFFSET, modulo 2^64: there need not be RAM, nor even a physical
 * address. Written once, before start_kernel(). */
extern u64 phys_offset;

static __always_inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)(pa - phys_offset + PAGE_OFFSET);
}
static __always_inline phys_addr_t virt_to_phys(const void *va)
{
	return (ulong)va - PAGE_OFFSET + phys_offset;
}
#endif
#endif
