/* SPDX-License-Identifier: MIT */
/*
 *	0x0000000000000000  user: TTBR0, 39 bits, three levels of 4 KiB tables
 *	0x0000008000000000  TASK_SIZE; from here to 2^64 - 2^39 nothing can be mapped
 *	0xffffff8000000000  linear map of RAM; TTBR1 from here up
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

#define KIMAGE_VADDR		0xffffff9000200000
#define VA_BITS			39
#define BLOCK_SHIFT		21

#ifndef __ASSEMBLER__
#include <lintel/types.h>

#define BLOCK_SIZE		(1UL << BLOCK_SHIFT)
#define TASK_SIZE		(1UL << VA_BITS)
#define LINEAR_START		0xffffff8000000000UL
#define VMALLOC_START		0xffffffc000000000UL
#define VMALLOC_END		0xffffffd000000000UL
#define IOREMAP_START		0xffffffd000000000UL
#define IOREMAP_END		0xffffffe000000000UL
#define EARLY_DTB_VIRT		0xffffffe000000000UL

/* Virtual less physical address in the linear map. Written once, before start_kernel(). */
extern u64 linear_offset;

/* The lowest address of the linear map that is a physical address: of 0, unless the image was
 * loaded so high that 0 is out of reach. */
static __always_inline ulong linear_map_start(void)
{
	return linear_offset > LINEAR_START ? linear_offset : LINEAR_START;
}
#define PAGE_OFFSET		linear_map_start()
#define LINEAR_MAP_SIZE		(VMALLOC_START - PAGE_OFFSET)

static __always_inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)(pa + linear_offset);
}
static __always_inline phys_addr_t virt_to_phys(const void *va)
{
	return (ulong)va - linear_offset;
}
#endif
#endif
