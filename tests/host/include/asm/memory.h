/* SPDX-License-Identifier: MIT */
/* The host's "RAM" is an array of the test's. */
#ifndef ASM_MEMORY_H
#define ASM_MEMORY_H
#include <lintel/types.h>
#define HOST_RAM_BASE	0x40000000ULL
#define HOST_RAM_SIZE	0x4000000ULL
extern char host_ram[HOST_RAM_SIZE];
#define PAGE_OFFSET	((ulong)host_ram)
#define LINEAR_MAP_SIZE	HOST_RAM_SIZE
#define TASK_SIZE	0x7f000000UL
static inline void *phys_to_virt(phys_addr_t pa) { return host_ram + (pa - HOST_RAM_BASE); }
static inline phys_addr_t virt_to_phys(const void *va)
{
	return (phys_addr_t)((const char *)va - host_ram) + HOST_RAM_BASE;
}
#endif
