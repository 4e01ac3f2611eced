// SPDX-License-Identifier: MIT
/* Page tables, short descriptors: asm/pgtable.h has the bits and asm/memory.h the map. */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/asid.h>
#include <lintel/mm.h>
#include <lintel/string.h>
#include <asm/barrier.h>

#define L1_INDEX(va)	((va) >> SECTION_SHIFT)
#define L2_INDEX(va)	((va) >> PAGE_SHIFT & 0xff)
#define SECTION_SIZE	(1UL << SECTION_SHIFT)
#define BLOCK_SIZE	(4 * SECTION_SIZE)	/* what one page of second-level tables maps */
#define L2_BYTES	1024UL
#define L1_KERNEL	(L1_TABLE | L1_DOMAIN(DOMAIN_KERNEL))
#define PGD_ORDER	1			/* 2 GiB: 2048 first-level entries */
#define NR_ASIDS	256U

/* ---- TLB: of all CPUs ---- */

static void flush_tlb_all(void)
{
	dsb(ishst);
	__asm__ volatile("mcr	p15, 0, %0, c8, c3, 0" : : "r" (0));	/* TLBIALLIS */
	dsb(ish);
	isb();
}
/* One page in every address space that has it: also the kernel's. */
static void flush_tlb_page(ulong va)
{
	dsb(ishst);
	__asm__ volatile("mcr	p15, 0, %0, c8, c3, 3" : : "r" (va & PAGE_MASK));	/* TLBIMVAAIS */
	dsb(ish);
	isb();
}

static void write_ttbcr(u32 v)
{
	__asm__ volatile("mcr	p15, 0, %0, c2, c0, 2\n\tisb" : : "r" (v) : "memory");
}

/* ---- tables ---- */

static u32 *l2_table(u32 l1)
{
	return phys_to_virt(l1 & ~(L2_BYTES - 1));
}

static u32 *l2_lookup(u32 *l1, ulong va)
{
	u32 d = l1[L1_INDEX(va)];

	return (d & 3) == L1_TABLE ? &l2_table(d)[L2_INDEX(va)] : NULL;
}

/* A zeroed page holds the tables of the 4 MiB around va. */
static void l1_set_tables(u32 *l1, ulong va, phys_addr_t page, u32 flags)
{
	ulong first = L1_INDEX(va) & ~3UL;

	for (ulong i = 0; i < 4; i++)
		l1[first + i] = (u32)(page + i * L2_BYTES) | flags;
}

static u32 *l2_alloc(u32 *l1, ulong va, u32 flags)
{
	u32 *pte = l2_lookup(l1, va);
	void *page;

	if (pte)
		return pte;
	page = get_zeroed_page();
	if (!page)
		return NULL;
	l1_set_tables(l1, va, virt_to_phys(page), flags);
	dsb(ishst);
	return l2_lookup(l1, va);
}

static u32 kernel_pte(u32 prot)
{
	if (prot & PROT_DEVICE)
		return L2_DEVICE | L2_AP_KERNEL;
	if (prot & PROT_KERNEL_RX)
		return L2_NORMAL | L2_AP_KERNEL | L2_RO;
	if (prot & PROT_KERNEL_RO)
		return L2_NORMAL | L2_AP_KERNEL | L2_RO | L2_XN;
	return L2_NORMAL | L2_AP_KERNEL | L2_XN;
}

static u32 user_pte(u32 prot)
{
	return L2_NORMAL | L2_NG | L2_AP_USER | (prot & PROT_USER_W ? 0 : L2_RO) |
	       (prot & PROT_USER_X ? 0 : L2_XN);
}

static void pte_set(u32 *pte, ulong va, u32 value)
{
	WRITE_ONCE(*pte, value);
	flush_tlb_page(va);
}

/* ---- kernel ---- */

int arch_kernel_map(ulong va, phys_addr_t pa, u32 prot)
{
	u32 *pte;

	if (pa >> 32)
		return -EINVAL;
	pte = l2_alloc(swapper_pg_dir, va, L1_KERNEL);
	if (!pte)
		return -ENOMEM;
	pte_set(pte, va, (u32)pa | kernel_pte(prot));
	return 0;
}

void arch_kernel_unmap(ulong va)
{
	u32 *pte = l2_lookup(swapper_pg_dir, va);

	if (pte)
		pte_set(pte, va, 0);
}

const void *arch_map_dtb(phys_addr_t pa, size_t *mapped)
{
	ulong first = (ulong)pa & ~(SECTION_SIZE - 1);
	u32 attr = SECT_NORMAL | SECT_XN | SECT_AP_RO;

	if (!pa || pa & 7 || pa >> 32)
		return NULL;
	swapper_pg_dir[L1_INDEX(EARLY_DTB_VIRT)] = first | attr;
	*mapped = SECTION_SIZE - ((ulong)pa - first);
	if (first + SECTION_SIZE) {
		swapper_pg_dir[L1_INDEX(EARLY_DTB_VIRT) + 1] = (first + SECTION_SIZE) | attr;
		*mapped += SECTION_SIZE;
	}
	flush_tlb_all();
	return (void *)(EARLY_DTB_VIRT + ((ulong)pa - first));
}

/* What a page of the linear map may be used for. The holes below the boot CPU's stacks are not
 * mapped at all. */
static u32 linear_pte(ulong va)
{
	static const struct { char *stack; } stacks[] = {
		{ init_stack }, { init_irq_stack }, { init_overflow_stack }, { firmware_stack }
	};

	for (u32 i = 0; i < ARRAY_SIZE(stacks); i++)
		if ((ulong)stacks[i].stack - va - 1 < THREAD_SIZE)
			return 0;
	if (va >= (ulong)_text && va < (ulong)_etext)
		return kernel_pte(PROT_KERNEL_RX);
	if (va >= (ulong)__start_rodata && va < (ulong)__end_rodata)
		return kernel_pte(PROT_KERNEL_RO);
	return kernel_pte(PROT_KERNEL_RW);
}

/* The 4 MiB around va as pages, of which those in [start, end) are mapped. */
static void map_pages(ulong va, ulong start, ulong end)
{
	u32 *pte = l2_lookup(swapper_pg_dir, va & ~(BLOCK_SIZE - 1));
	phys_addr_t page = 0;

	va &= ~(BLOCK_SIZE - 1);
	if (!pte) {
		page = boot_alloc(PAGE_SIZE, PAGE_SIZE);
		pte = memset(phys_to_virt(page), 0, PAGE_SIZE);
	}
	for (ulong i = 0; i < BLOCK_SIZE / PAGE_SIZE; i++, va += PAGE_SIZE) {
		u32 attr = va >= start && va < end ? linear_pte(va) : 0;

		if (attr)
			pte[i] = (u32)virt_to_phys((void *)va) | attr;
	}
	dsb(ishst);
	if (page)
		l1_set_tables(swapper_pg_dir, va - BLOCK_SIZE, page, L1_KERNEL);
}

/* The blocks that hold the image, and the ends of a range that are no whole section. */
static bool needs_pages(ulong va, ulong start, ulong end)
{
	ulong block = va & ~(BLOCK_SIZE - 1);

	return (block < (ulong)_end && block + BLOCK_SIZE > (ulong)_text) ||
	       va < start || va + SECTION_SIZE > end;
}

/* One range of RAM. Each 4 MiB change at once from the early map to pages that map the same
 * addresses, the ones we run from too. */
static void map_linear(ulong start, ulong end)
{
	ulong va = start & ~(SECTION_SIZE - 1);

	while (va < end) {
		if (needs_pages(va, start, end)) {
			map_pages(va, start, end);
			va = (va & ~(BLOCK_SIZE - 1)) + BLOCK_SIZE;
		} else {
			swapper_pg_dir[L1_INDEX(va)] = (u32)virt_to_phys((void *)va) | SECT_NORMAL |
						       SECT_XN;
			va += SECTION_SIZE;
		}
	}
}

/* 1. the linear map of all RAM 2. nothing else: what is left of the early map, the section of
 * head.S's jump and the device tree's go. */
void arch_paging_init(const struct mem_region *ram, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		ulong start = (ulong)phys_to_virt(ram[i].base);

		map_linear(start, start + (ulong)ram[i].size);
	}
	for (u32 i = 0; i < ARRAY_SIZE(swapper_pg_dir); i++)
		if ((swapper_pg_dir[i] & 3) == L1_SECTION &&
		    (!(swapper_pg_dir[i] & SECT_XN) || i >= L1_INDEX(EARLY_DTB_VIRT)))
			swapper_pg_dir[i] = 0;
	flush_tlb_all();
}

/* ---- user address spaces ---- */

/* PXN in tables exists from VMSAv7 with that extension (ID_MMFR0) on. */
static u32 user_l1_flags(void)
{
	u32 mmfr0;

	__asm__("mrc	p15, 0, %0, c0, c1, 4" : "=r" (mmfr0));
	return L1_TABLE | L1_DOMAIN(DOMAIN_USER) | ((mmfr0 & 0xf) >= 4 ? L1_TABLE_PXN : 0);
}

int arch_mm_init(struct arch_mm *am)
{
	struct page *p = alloc_pages(PGD_ORDER);

	if (!p)
		return -ENOMEM;
	am->pgd = memset(page_address(p), 0, PAGE_SIZE << PGD_ORDER);
	am->context_id = 0;
	dsb(ishst);
	return 0;
}

void arch_mm_destroy(struct arch_mm *am)
{
	for (ulong i = 0; i < L1_INDEX(TASK_SIZE); i += 4)
		if (am->pgd[i])
			free_pages(virt_to_page(l2_table(am->pgd[i])), 0);
	free_pages(virt_to_page(am->pgd), PGD_ORDER);
}

int arch_mm_set(struct arch_mm *am, ulong va, phys_addr_t pa, u32 prot)
{
	u32 *pte = l2_alloc(am->pgd, va, user_l1_flags()), old;

	if (!pte)
		return -ENOMEM;
	old = *pte;
	if (old && (prot & PROT_IF_NEW))
		return -EEXIST;
	WRITE_ONCE(*pte, (u32)pa | user_pte(prot));
	if (old) {
		flush_tlb_page(va);
	} else {
		dsb(ishst);	/* for the walker; absence is never cached */
		isb();
	}
	return 0;
}

bool arch_mm_get(struct arch_mm *am, ulong va, phys_addr_t *pa, u32 *prot)
{
	u32 *pte = l2_lookup(am->pgd, va);

	if (!pte || !*pte)
		return false;
	*pa = *pte & PAGE_MASK;
	*prot = PROT_USER_R | (*pte & L2_RO ? 0 : PROT_USER_W) | (*pte & L2_XN ? 0 : PROT_USER_X);
	return true;
}

ulong arch_mm_next(struct arch_mm *am, ulong va)
{
	while (va < TASK_SIZE && !am->pgd[L1_INDEX(va)])
		va = ALIGN_UP(va + 1, SECTION_SIZE);
	return va;
}

void arch_mm_clear(struct arch_mm *am, ulong va)
{
	u32 *pte = l2_lookup(am->pgd, va);

	if (pte && *pte)
		pte_set(pte, va, 0);
}

void arch_tlb_flush_all(void) { flush_tlb_all(); }
u32 arch_nr_asids(void) { return NR_ASIDS; }

/* TTBR0 and ASID are two registers: between their writes no walk may go through either, so walks
 * of the user half are off meanwhile. */
void arch_mm_switch(struct mm *prev, struct mm *next)
{
	ulong flags, asid;

	(void)prev;
	raw_local_irq_save(flags);
	write_ttbcr(TTBCR_N1 | TTBCR_PD0);
	asid = asid_take(next ? &next->arch.context_id : NULL);
	if (next) {
		__asm__ volatile("mcr	p15, 0, %0, c2, c0, 0\n\t"	/* TTBR0 */
				 "mcr	p15, 0, %1, c13, c0, 1\n\t"	/* CONTEXTIDR */
				 "isb"
				 : : "r" ((u32)virt_to_phys(next->arch.pgd) | TTBR_FLAGS), "r" ((u32)asid)
				 : "memory");
		write_ttbcr(TTBCR_N1);
	} else {
		__asm__ volatile("mcr	p15, 0, %0, c13, c0, 1\n\tisb" : : "r" (0) : "memory");
	}
	asid_taken();
	raw_local_irq_restore(flags);
}

/* ---- code ---- */

/* Clean the lines to where instruction fetch sees them; then drop all of the I-cache, which may
 * hold them under another address. */
void arch_sync_icache(void *va, size_t n)
{
	ulong line, end = (ulong)va + n;
	u32 ctr;

	__asm__("mrc	p15, 0, %0, c0, c0, 1" : "=r" (ctr));
	line = 4UL << (ctr >> 16 & 0xf);
	for (ulong p = (ulong)va & ~(line - 1); p < end; p += line)
		__asm__ volatile("mcr	p15, 0, %0, c7, c11, 1" : : "r" (p) : "memory");	/* DCCMVAU */
	dsb(ish);
	__asm__ volatile("mcr	p15, 0, %0, c7, c1, 0\n\t"	/* ICIALLUIS */
			 "mcr	p15, 0, %0, c7, c1, 6"		/* BPIALLIS */
			 : : "r" (0) : "memory");
	dsb(ish);
	isb();
}
