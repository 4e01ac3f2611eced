/* SPDX-License-Identifier: MIT */
/*
 *	0x00000000  user: TTBR0, an 8 KiB table per address space
 *	0x7f000000  TASK_SIZE; from here to 2 GiB nothing is ever mapped
 *	0x80000000  PAGE_OFFSET: linear map of RAM, image at +0x10000; TTBR1 from here up (TTBCR.N = 1)
 *	0xe0000000  end of the linear map
 *	0xe1000000  VMALLOC: kernel stacks, each with a hole below
 *	0xf0000000  IOREMAP: device registers
 *	0xff000000  the device tree until the linear map is there
 */
#ifndef ASM_MEMORY_H
#define ASM_MEMORY_H

#define PAGE_OFFSET		0x80000000
#define TEXT_OFFSET		0x00010000	/* of the image, in RAM and in the linear map */
#define SECTION_SHIFT		20

#ifndef __ASSEMBLER__
#include <lintel/types.h>

#define TASK_SIZE		0x7f000000UL
#define LINEAR_MAP_SIZE		0x60000000UL
#define VMALLOC_START		0xe1000000UL
#define VMALLOC_END		0xf0000000UL
#define IOREMAP_START		0xf0000000UL
#define IOREMAP_END		0xff000000UL
#define EARLY_DTB_VIRT		0xff000000UL

/* Physical address of PAGE_OFFSET: where the loader put the image less TEXT_OFFSET. Written once,
 * before start_kernel(). */
extern ulong phys_offset;

static __always_inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)((ulong)pa - phys_offset + PAGE_OFFSET);
}
static __always_inline phys_addr_t virt_to_phys(const void *va)
{
	return (ulong)va - PAGE_OFFSET + phys_offset;
}
#endif
#endif
