// SPDX-License-Identifier: MIT
/* Page tables after boot: the linear map, vmalloc and ioremap, address spaces, ASIDs. */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/asid.h>
#include <lintel/mm.h>
#include <lintel/sched.h>
#include <lintel/string.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>

extern char __early_end[];

static bool have_pages;			/* the page allocator works */

/* ---- walking ---- */

static u64 *entry(u64 *table, ulong va, int level)
{
	return &table[(va >> LEVEL_SHIFT(level)) % PTRS_PER_TABLE];
}

static bool is_table(u64 e) { return (e & 3) == PTE_TABLE; }

static u64 *table_at(u64 e) { return phys_to_virt(e & PTE_ADDR_MASK); }

static u64 *new_table(void)
{
	u64 *table;

	if (have_pages)
		return get_zeroed_page();
	table = phys_to_virt(boot_alloc(PAGE_SIZE, PAGE_SIZE));
	return memset(table, 0, PAGE_SIZE);
}

/* A walk by another CPU, or speculation, may see the entry as soon as it is written: what it leads
 * to must be there first. */
static void set_entry(u64 *e, u64 value)
{
	dsb(ishst);
	WRITE_ONCE(*e, value);
}

/* The entry for va at `level`, tables above it made as needed; NULL when out of memory. There is
 * no block above it. */
static u64 *make_entry(u64 *pgd, ulong va, int level)
{
	u64 *e = entry(pgd, va, 1);

	for (int l = 1; l < level; l++) {
		if (!*e) {
			u64 *table = new_table();

			if (!table)
				return NULL;
			set_entry(e, virt_to_phys(table) | PTE_TABLE);
		}
		e = entry(table_at(*e), va, l + 1);
	}
	return e;
}

/* The level 3 entry for va, or NULL where there is no table for it. */
static u64 *find_pte(u64 *pgd, ulong va)
{
	u64 *e = entry(pgd, va, 1);

	for (int l = 1; l < 3; l++) {
		if (!is_table(*e))
			return NULL;
		e = entry(table_at(*e), va, l + 1);
	}
	return e;
}

static void flush_kernel_page(ulong va)
{
	dsb(ishst);
	__asm__ volatile("tlbi vaale1is, %0" : : "r" (va >> PAGE_SHIFT & (BIT(44) - 1)) : "memory");
	dsb(ish);
	isb();
}

static void flush_user_page(const struct arch_mm *am, ulong va)
{
	ulong asid = am->context_id & 0xffff;

	dsb(ishst);
	__asm__ volatile("tlbi vale1is, %0" : : "r" (asid << 48 | va >> PAGE_SHIFT) : "memory");
	dsb(ish);
}

/* ---- the kernel's map ---- */

/* Maps RAM as far as boot.c has not done so already, in entries as large as fit. */
static void map_linear(phys_addr_t pa, phys_addr_t end)
{
	while (pa < end) {
		ulong va = (ulong)phys_to_virt(pa);
		int level = 1;
		ulong size;
		u64 *e;

		for (; level < 3; level++) {
			size = BIT(LEVEL_SHIFT(level));
			e = make_entry(swapper_pg_dir, va, level);
			if (!is_table(*e) && !((va | pa) % size) && end - pa >= size)
				break;
			if (!is_table(*e) && *e)
				break;		/* a block is there already */
		}
		size = BIT(LEVEL_SHIFT(level));
		e = make_entry(swapper_pg_dir, va, level);
		if (!*e)
			WRITE_ONCE(*e, pa | PTE_KERNEL_RW | (level == 3 ? PTE_PAGE : PTE_BLOCK));
		pa = ALIGN_DOWN(pa, (phys_addr_t)size) + size;
	}
}

/* The early map went on behind the image without knowing how far RAM does. */
static void trim_early_map(void)
{
	ulong va = ALIGN_UP((ulong)_end, BLOCK_SIZE), end = va + EARLY_MAP_SIZE;

	for (; va < end; va += BLOCK_SIZE) {
		if (mm_is_ram(virt_to_phys((void *)va), BLOCK_SIZE))
			continue;
		*make_entry(swapper_pg_dir, va, 2) = 0;
		flush_kernel_page(va);
	}
}

void arch_paging_init(const struct mem_region *ram, u32 nr)
{
	trim_early_map();
	for (u32 i = 0; i < nr; i++)
		map_linear(ram[i].base, ram[i].base + ram[i].size);
	dsb(ishst);
	isb();
	arch_kernel_unmap((ulong)init_stack - PAGE_SIZE);
	arch_kernel_unmap((ulong)init_irq_stack - PAGE_SIZE);
	arch_kernel_unmap((ulong)init_overflow_stack - PAGE_SIZE);
	arch_kernel_unmap((ulong)firmware_stack - PAGE_SIZE);
	/* The device tree's own window; its tables are boot memory and stay behind. */
	*entry(swapper_pg_dir, EARLY_DTB_VIRT, 1) = 0;
	dsb(ishst);
	__asm__ volatile("tlbi vmalle1is" ::: "memory");
	dsb(ish);
	isb();
	have_pages = true;
}

/* Up to two blocks, read-only, in a window of their own: nothing is known of that memory yet. */
const void *arch_map_dtb(phys_addr_t pa, size_t *mapped)
{
	static u64 table[PTRS_PER_TABLE] __aligned(4096);
	phys_addr_t block = ALIGN_DOWN(pa, (phys_addr_t)BLOCK_SIZE);

	if (!pa || pa % 8 || pa >> 40)
		return NULL;
	for (u32 i = 0; i < 2; i++)
		table[i] = (block + i * BLOCK_SIZE) | PTE_KERNEL_RO | PTE_BLOCK;
	set_entry(entry(swapper_pg_dir, EARLY_DTB_VIRT, 1), virt_to_phys(table) | PTE_TABLE);
	dsb(ishst);
	isb();
	*mapped = min(2 * BLOCK_SIZE - (pa - block), (phys_addr_t)BLOCK_SIZE);
	return (void *)(EARLY_DTB_VIRT + (pa - block));
}

static u64 kernel_prot(u32 prot)
{
	if (prot & PROT_DEVICE)
		return PTE_DEVICE;
	if (prot & PROT_KERNEL_RX)
		return PTE_KERNEL_RX;
	return prot & PROT_KERNEL_RO ? PTE_KERNEL_RO : PTE_KERNEL_RW;
}

int arch_kernel_map(ulong va, phys_addr_t pa, u32 prot)
{
	u64 *pte = make_entry(swapper_pg_dir, va, 3);

	if (!pte)
		return -ENOMEM;
	set_entry(pte, pa | kernel_prot(prot) | PTE_PAGE);
	dsb(ishst);
	isb();
	return 0;
}

void arch_kernel_unmap(ulong va)
{
	u64 *pte = find_pte(swapper_pg_dir, va);

	if (!pte)
		return;
	WRITE_ONCE(*pte, 0);
	flush_kernel_page(va);
}

/* ---- address spaces ---- */

int arch_mm_init(struct arch_mm *am)
{
	am->context_id = 0;
	am->pgd = get_zeroed_page();
	return am->pgd ? 0 : -ENOMEM;
}

static void free_table(u64 *table, int level)
{
	for (u32 i = 0; level < 3 && i < PTRS_PER_TABLE; i++)
		if (table[i])
			free_table(table_at(table[i]), level + 1);
	put_page(virt_to_page(table));
}

/* No CPU uses it, and its ASID is not given out again before a flush of everything. */
void arch_mm_destroy(struct arch_mm *am)
{
	__asm__ volatile("tlbi aside1is, %0" : : "r" (am->context_id << 48) : "memory");
	dsb(ish);
	free_table(am->pgd, 1);
	am->pgd = NULL;
}

static u64 user_prot(u32 prot)
{
	u64 e = PTE_NORMAL | PTE_USER | PTE_NG | PTE_PXN;

	if (!(prot & PROT_USER_W))
		e |= PTE_RDONLY;
	if (!(prot & PROT_USER_X))
		e |= PTE_UXN;
	return e;
}

int arch_mm_set(struct arch_mm *am, ulong va, phys_addr_t pa, u32 prot)
{
	u64 *pte = make_entry(am->pgd, va, 3), new = pa | user_prot(prot) | PTE_PAGE;

	if (!pte)
		return -ENOMEM;
	if (*pte && (prot & PROT_IF_NEW))
		return -EEXIST;
	/* Break before make: a TLB must never know two translations. */
	if (*pte && *pte != new)
		arch_mm_clear(am, va);
	set_entry(pte, new);
	dsb(ishst);
	isb();
	return 0;
}

bool arch_mm_get(struct arch_mm *am, ulong va, phys_addr_t *pa, u32 *prot)
{
	u64 *pte = find_pte(am->pgd, va);

	if (!pte || !*pte)
		return false;
	*pa = *pte & PTE_ADDR_MASK;
	*prot = PROT_USER_R;
	if (!(*pte & PTE_RDONLY))
		*prot |= PROT_USER_W;
	if (!(*pte & PTE_UXN))
		*prot |= PROT_USER_X;
	return true;
}

ulong arch_mm_next(struct arch_mm *am, ulong va)
{
	for (;;) {
		u64 *table = am->pgd;
		int l = 1;

		for (; l < 3 && *entry(table, va, l); l++)
			table = table_at(*entry(table, va, l));
		if (l == 3 || va >= TASK_SIZE)
			return va;
		va = ALIGN_UP(va + 1, BIT(LEVEL_SHIFT(l)));
	}
}

void arch_mm_clear(struct arch_mm *am, ulong va)
{
	u64 *pte = find_pte(am->pgd, va);

	if (!pte)
		return;
	WRITE_ONCE(*pte, 0);
	flush_user_page(am, va);
}

/* ---- ASIDs ---- */

u32 arch_nr_asids(void)
{
	return (read_sysreg(id_aa64mmfr0_el1) >> 4 & 0xf) == 2 ? 1U << 16 : 1U << 8;
}

void arch_tlb_flush_all(void)
{
	__asm__ volatile("dsb ishst\n\ttlbi vmalle1is" ::: "memory");
	dsb(ish);
}

void arch_mm_switch(struct mm *prev, struct mm *next)
{
	ulong flags;
	u64 ttbr;

	(void)prev;
	flags = arch_local_irq_save();
	ttbr = virt_to_phys(next ? (void *)next->arch.pgd : (void *)reserved_pg_dir);
	ttbr |= (u64)asid_take(next ? &next->arch.context_id : NULL) << 48;
	write_sysreg(ttbr, ttbr0_el1);
	isb();
	asid_taken();
	arch_local_irq_restore(flags);
}

/* ---- caches ---- */

void arch_sync_icache(void *va, size_t n)
{
	ulong start = (ulong)va, end = start + n;
	u64 ctr = read_sysreg(ctr_el0);
	ulong dline = 4UL << (ctr >> 16 & 0xf), iline = 4UL << (ctr & 0xf);

	for (ulong a = ALIGN_DOWN(start, dline); a < end; a += dline)
		__asm__ volatile("dc cvau, %0" : : "r" (a) : "memory");
	dsb(ish);
	for (ulong a = ALIGN_DOWN(start, iline); a < end; a += iline)
		__asm__ volatile("ic ivau, %0" : : "r" (a) : "memory");
	dsb(ish);
	isb();
}
