// SPDX-License-Identifier: MIT
/* Between head.S and start_kernel(): the first page table, and what the loader told us. */
#include <lintel/boot.h>
#include <lintel/mm.h>
#include <lintel/string.h>
#include <asm/barrier.h>
#include <asm/cpu.h>

void arm_boot_tables(u32 *l1, ulong phys);
void boot_main(ulong dtb, ulong image, u32 mode) __noreturn;

struct boot_info boot_info;
ulong phys_offset;
u32 swapper_pg_dir[4096] __aligned(16384);
u32 idmap_pg_dir[4096] __aligned(16384);	/* swapper_pg_dir, and head.S where it is */

/*
 * Runs at the load address with the MMU off: no globals, no literals of addresses.
 * 1. the linear map's first EARLY_MAP_SIZE bytes, writable and executable 2. the section that
 * head.S runs in at its own address, for the jump. l1 is zeroed.
 */
void __section(".head.text") arm_boot_tables(u32 *l1, ulong phys)
{
	ulong here = (phys + TEXT_OFFSET) >> SECTION_SHIFT;

	for (ulong off = 0; off < EARLY_MAP_SIZE; off += 1UL << SECTION_SHIFT)
		l1[(PAGE_OFFSET + off) >> SECTION_SHIFT] = (u32)(phys + off) | SECT_NORMAL;
	l1[here] = (u32)(here << SECTION_SHIFT) | SECT_NORMAL;
}

void arch_smp_prepare(void)
{
	ulong here = virt_to_phys(secondary_entry) >> SECTION_SHIFT;

	memcpy(idmap_pg_dir, swapper_pg_dir, sizeof(idmap_pg_dir));
	idmap_pg_dir[here] = (u32)(here << SECTION_SHIFT) | SECT_NORMAL;
	dsb(ish);
}

void arch_secondary_init(void) { }

void boot_main(ulong dtb, ulong image, u32 mode)
{
	phys_offset = image - TEXT_OFFSET;
	boot_info = (struct boot_info){ .dtb = dtb, .image = image, .entry_mode = mode };
	start_kernel();
}
