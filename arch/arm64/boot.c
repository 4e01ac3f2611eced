// SPDX-License-Identifier: MIT
/*
 * The first page tables. Runs with the MMU off at physical addresses: the address of a symbol
 * here is its physical address, because the compiler makes it from the pc. Touches no data but
 * the tables, and calls nothing outside this file.
 */
#include <lintel/boot.h>
#include <lintel/mm.h>

extern u64 boot_tables[BOOT_TABLES][PTRS_PER_TABLE];
extern char __early_end[];
void boot_map(ulong load);

/* Volatile, so that no loop becomes a call of memset(). */
typedef volatile u64 pte_t;

struct boot_map { pte_t *next_table; };

/* The table below entry `e`, a new one if there is none. The linker script asserts that there
 * are enough. */
static __always_inline pte_t *table_of(struct boot_map *m, pte_t *e)
{
	if (!*e) {
		*e = (ulong)m->next_table | PTE_TABLE;
		m->next_table += PTRS_PER_TABLE;
	}
	return (pte_t *)(*e & PTE_ADDR_MASK);
}

static __always_inline pte_t *entry(pte_t *table, ulong va, int level)
{
	return &table[(va >> LEVEL_SHIFT(level)) % PTRS_PER_TABLE];
}

static void map_pages(struct boot_map *m, pte_t *pgd, ulong va, ulong pa, ulong end, u64 prot)
{
	for (; pa < end; pa += PAGE_SIZE, va += PAGE_SIZE) {
		pte_t *pmd = table_of(m, entry(pgd, va, 1));

		*entry(table_of(m, entry(pmd, va, 2)), va, 3) = pa | prot | PTE_PAGE;
	}
}

static void map_blocks(struct boot_map *m, pte_t *pgd, ulong va, ulong pa, ulong end, u64 prot)
{
	for (; pa < end; pa += BLOCK_SIZE, va += BLOCK_SIZE)
		*entry(table_of(m, entry(pgd, va, 1)), va, 2) = pa | prot | PTE_BLOCK;
}

/*
 * Two maps: the image's first block where it is, for the moment the MMU goes on; and the image
 * where it is linked, W^X from the beginning: in pages as far as there are boundaries and guard
 * pages, in blocks from there, EARLY_MAP_SIZE beyond its end.
 */
void boot_map(ulong load)
{
	struct boot_map m = { (pte_t *)boot_tables };
	pte_t *pgd = (pte_t *)swapper_pg_dir;
	ulong va = KIMAGE_VADDR - load;
	ulong rodata = (ulong)__start_rodata, data = (ulong)_sdata;
	ulong blocks = ALIGN_UP((ulong)__early_end, BLOCK_SIZE);
	ulong end = ALIGN_UP((ulong)_end, BLOCK_SIZE) + EARLY_MAP_SIZE;

	map_blocks(&m, (pte_t *)idmap_pg_dir, load, load, load + BLOCK_SIZE, PTE_KERNEL_RX);
	map_pages(&m, pgd, load + va, load, rodata, PTE_KERNEL_RX);
	map_pages(&m, pgd, rodata + va, rodata, data, PTE_KERNEL_RO);
	map_pages(&m, pgd, data + va, data, blocks, PTE_KERNEL_RW);
	map_blocks(&m, pgd, blocks + va, blocks, end, PTE_KERNEL_RW);
}
