// SPDX-License-Identifier: MIT
/*
 * Pages. At boot: RAM from the device tree, less what is reserved, first handed out by
 * boot_alloc() and then, in blocks as big as they come, given to a buddy allocator.
 *
 * Nothing is written for a page until it is used: whether a page heads a free block is said by
 * a bitmap, and its struct page is valid only while it does, or while it is allocated. Boot time
 * therefore grows with the number of blocks and not of pages.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/spinlock.h>
#include <lintel/string.h>

#define BUDDY_BLOCK	((phys_addr_t)PAGE_SIZE << MAX_ORDER)
#define MIN_FREE_KIB	512UL		/* what init, its tables and stacks need at least */

typedef unsigned long long ull;

/* ---- boot: what there is, and what of it is taken ---- */

#define MAX_RAM		16
#define MAX_RESERVED	64

static struct mem_region ram[MAX_RAM], reserved[MAX_RESERVED];	/* reserved: sorted by base */
static u32 nr_ram, nr_reserved;
static bool boot_alloc_closed;

static phys_addr_t region_end(const struct mem_region *r)
{
	return r->base + r->size;
}

static void reserve(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t start = ALIGN_DOWN(base, PAGE_SIZE);
	phys_addr_t end = base + size < base ? ~(phys_addr_t)0 << PAGE_SHIFT
					     : ALIGN_UP(base + size, PAGE_SIZE);
	u32 i = nr_reserved;

	if (!size)
		return;
	for (u32 k = 0; k < nr_reserved; k++) {
		if (region_end(&reserved[k]) == start) {	/* boot_alloc(), mostly */
			reserved[k].size += end - start;
			return;
		}
	}
	if (nr_reserved == MAX_RESERVED)
		panic("more than %u reserved memory ranges", MAX_RESERVED);
	for (; i && reserved[i - 1].base > start; i--)
		reserved[i] = reserved[i - 1];
	reserved[i] = (struct mem_region){ start, end - start };
	nr_reserved++;
}

/* What of a memory range the linear map can hold is RAM; the rest is named and left alone. */
static void add_ram(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t lowest = virt_to_phys((void *)PAGE_OFFSET);
	phys_addr_t highest = lowest + LINEAR_MAP_SIZE;
	phys_addr_t start = max(ALIGN_UP(base, PAGE_SIZE), lowest);
	phys_addr_t end = min(ALIGN_DOWN(base + size, PAGE_SIZE), highest);

	if (base + size < base)
		panic("device tree: memory at 0x%llx, 0x%llx bytes, wraps around", (ull)base,
		      (ull)size);
	if (base < lowest || base + size > highest)
		pr_notice("memory: 0x%llx-0x%llx: only what lies in 0x%llx-0x%llx is used\n",
			  (ull)base, (ull)(base + size - 1), (ull)lowest, (ull)highest - 1);
	if (start >= end)
		return;
	if (nr_ram == MAX_RAM) {
		pr_warn("memory: more than %u ranges, the rest is not used\n", MAX_RAM);
		return;
	}
	ram[nr_ram++] = (struct mem_region){ start, end - start };
}

static void find_ram(void)
{
	phys_addr_t base, size;
	bool seen = false;

	for (int n = fdt_first_child(0); n >= 0; n = fdt_next_sibling(n)) {
		const char *type = fdt_prop_string(n, "device_type");

		if (!type || strcmp(type, "memory"))
			continue;
		for (int i = 0; !fdt_reg(n, i, &base, &size); i++) {
			add_ram(base, size);
			seen = true;
		}
	}
	if (!seen)
		panic("device tree: no memory (no node with device_type \"memory\" and a reg)");
	if (!mm_is_ram(virt_to_phys(_text), (phys_addr_t)(_end - _text)))
		panic("device tree: the kernel runs at 0x%llx-0x%llx, which is no memory or too little",
		      (ull)virt_to_phys(_text), (ull)virt_to_phys(_end) - 1);
}

static void find_reserved(void)
{
	phys_addr_t base, size;
	int node = fdt_path("/reserved-memory");

	reserve(virt_to_phys(_text), (phys_addr_t)(_end - _text));
	reserve(boot_info.dtb, fdt_size());
	if (initramfs_range(&base, &size))
		reserve(base, size);
	for (int i = 0; !fdt_memreserve(i, &base, &size); i++)
		reserve(base, size);
	for (int n = node < 0 ? node : fdt_first_child(node); n >= 0; n = fdt_next_sibling(n))
		for (int i = 0; !fdt_reg(n, i, &base, &size); i++)
			reserve(base, size);
}

bool mm_is_ram(phys_addr_t base, phys_addr_t size)
{
	for (u32 i = 0; i < nr_ram; i++)
		if (base >= ram[i].base && base - ram[i].base < ram[i].size &&
		    size <= region_end(&ram[i]) - base)
			return true;
	return false;
}

/* The lowest address from `from` on where size bytes are free, or 0. */
static phys_addr_t find_free(phys_addr_t from, phys_addr_t size, phys_addr_t align)
{
	for (u32 i = 0; i < nr_ram; i++) {
		phys_addr_t at = ALIGN_UP(max(from, ram[i].base), align);

		for (u32 k = 0; k < nr_reserved; k++)
			if (at + size > reserved[k].base && at < region_end(&reserved[k]))
				at = ALIGN_UP(region_end(&reserved[k]), align);
		if (mm_is_ram(at, size) && at >= ram[i].base)
			return at;
	}
	return 0;
}

phys_addr_t boot_alloc(size_t size, phys_addr_t align)
{
	phys_addr_t pa;

	BUG_ON(boot_alloc_closed);
	size = PAGE_ALIGN(size);
	align = max(align, (phys_addr_t)PAGE_SIZE);
	pa = find_free(virt_to_phys(_end), size, align);
	if (!pa)
		pa = find_free(0, size, align);
	if (!pa)
		panic("memory too small: no room for %zu KiB of page tables and page structures",
		      size >> 10);
	reserve(pa, size);
	return pa;
}

/* ---- the buddy allocator ---- */

static struct page *pages;
static ulong *free_head;		/* bit n: page n heads a free block of pages[n].order */
static ulong nr_pages, nr_free;
static phys_addr_t pages_base;		/* of page 0: aligned to the biggest block */
static struct list_head free_list[MAX_ORDER + 1];
static spinlock_t page_lock = SPINLOCK_INIT(page_lock);

#define WORD_BITS	(8 * sizeof(ulong))

struct page *phys_to_page(phys_addr_t pa)
{
	return &pages[(ulong)((pa - pages_base) >> PAGE_SHIFT)];
}

phys_addr_t page_to_phys(struct page *p)
{
	return pages_base + ((phys_addr_t)(ulong)(p - pages) << PAGE_SHIFT);
}

static bool heads_free(ulong n)
{
	return free_head[n / WORD_BITS] & BIT(n % WORD_BITS);
}

static void block_add(ulong n, u32 order)
{
	pages[n].order = (u8)order;
	free_head[n / WORD_BITS] |= BIT(n % WORD_BITS);
	list_add(&pages[n].list, &free_list[order]);
}

static void block_del(ulong n)
{
	free_head[n / WORD_BITS] &= ~BIT(n % WORD_BITS);
	list_del_init(&pages[n].list);
}

struct page *alloc_pages(u32 order)
{
	ulong flags = spin_lock_irqsave(&page_lock);
	struct page *p = NULL;
	u32 o = order;

	while (o <= MAX_ORDER && list_empty(&free_list[o]))
		o++;
	if (o <= MAX_ORDER) {
		ulong n;

		p = list_first_entry(&free_list[o], struct page, list);
		n = (ulong)(p - pages);
		block_del(n);
		while (o-- > order)
			block_add(n + (1UL << o), o);
		nr_free -= 1UL << order;
	}
	spin_unlock_irqrestore(&page_lock, flags);
	if (p) {
		p->order = (u8)order;
		p->flags = 0;
		p->refcount = 1;
	}
	return p;
}

void free_pages(struct page *p, u32 order)
{
	ulong n = (ulong)(p - pages), flags;

	BUG_ON(n >= nr_pages || heads_free(n));
	flags = spin_lock_irqsave(&page_lock);
	nr_free += 1UL << order;
	for (; order < MAX_ORDER; order++) {
		ulong buddy = n ^ (1UL << order);

		if (buddy >= nr_pages || !heads_free(buddy) || pages[buddy].order != order)
			break;
		block_del(buddy);
		n &= ~(1UL << order);
	}
	block_add(n, order);
	spin_unlock_irqrestore(&page_lock, flags);
}

void get_page(struct page *p)
{
	__atomic_fetch_add(&p->refcount, 1, __ATOMIC_RELAXED);
}

void put_page(struct page *p)
{
	if (__atomic_fetch_sub(&p->refcount, 1, __ATOMIC_ACQ_REL) == 1)
		free_pages(p, p->order);
}

void *get_zeroed_page(void)
{
	struct page *p = alloc_pages(0);

	if (!p)
		return NULL;
	clear_page(page_address(p));
	return page_address(p);
}

ulong nr_free_pages(void)
{
	return nr_free;
}

/* ---- small objects: powers of two from a page each; an empty page goes back ---- */

#define MIN_SHIFT	5		/* 32 bytes: room for the free list's link, and a cache line half */
#define NO_OBJECT	0xffffU

static struct list_head slab_list[PAGE_SHIFT];	/* by log2: pages with room */
static spinlock_t slab_lock = SPINLOCK_INIT(slab_lock);

static u16 *object(struct page *p, u32 free)
{
	return (u16 *)((char *)page_address(p) + 8 * free);
}

static struct page *slab_create(u32 shift)
{
	struct page *p = alloc_pages(0);

	if (!p)
		return NULL;
	p->flags = PG_SLAB;
	p->order = (u8)shift;
	p->refcount = 0;
	p->free = NO_OBJECT;
	for (ulong off = PAGE_SIZE; off; ) {
		off -= BIT(shift);
		*object(p, (u32)(off / 8)) = p->free;
		p->free = (u16)(off / 8);
	}
	list_add(&p->list, &slab_list[shift]);
	return p;
}

void *kmalloc(size_t n)
{
	u32 shift = MIN_SHIFT;
	void *obj = NULL;
	struct page *p;
	ulong flags;

	while (BIT(shift) < n)
		shift++;
	if (shift >= PAGE_SHIFT) {
		p = n <= PAGE_SIZE ? alloc_pages(0) : NULL;
		return p ? page_address(p) : NULL;
	}
	flags = spin_lock_irqsave(&slab_lock);
	p = list_empty(&slab_list[shift]) ? slab_create(shift) :
		list_first_entry(&slab_list[shift], struct page, list);
	if (p) {
		obj = object(p, p->free);
		p->free = *(u16 *)obj;
		p->refcount++;
		if (p->free == NO_OBJECT)
			list_del_init(&p->list);
	}
	spin_unlock_irqrestore(&slab_lock, flags);
	return obj;
}

void *kzalloc(size_t n)
{
	void *p = kmalloc(n);

	return p ? memset(p, 0, n) : NULL;
}

void kfree(void *obj)
{
	struct page *p;
	ulong flags;

	if (!obj)
		return;
	p = virt_to_page(obj);
	if (!(p->flags & PG_SLAB)) {
		put_page(p);
		return;
	}
	flags = spin_lock_irqsave(&slab_lock);
	if (p->free == NO_OBJECT)
		list_add(&p->list, &slab_list[p->order]);
	*(u16 *)obj = p->free;
	p->free = (u16)(((ulong)obj & ~PAGE_MASK) / 8);
	if (!--p->refcount) {
		list_del_init(&p->list);
		free_pages(p, 0);
	}
	spin_unlock_irqrestore(&slab_lock, flags);
}

/* ---- boot, second half ---- */

static void free_range(phys_addr_t start, phys_addr_t end)
{
	while (start < end) {
		ulong n = (ulong)((start - pages_base) >> PAGE_SHIFT);
		u32 order = n ? min((u32)__builtin_ctzl(n), (u32)MAX_ORDER) : MAX_ORDER;

		while (start + ((phys_addr_t)PAGE_SIZE << order) > end)
			order--;
		free_pages(&pages[n], order);
		start += (phys_addr_t)PAGE_SIZE << order;
	}
}

static void free_ram(const struct mem_region *r)
{
	phys_addr_t at = r->base, end = region_end(r);

	for (u32 k = 0; k < nr_reserved; k++) {
		phys_addr_t next = min(region_end(&reserved[k]), end);

		if (reserved[k].base > at)
			free_range(at, min(reserved[k].base, end));
		at = max(at, next);
	}
	free_range(at, end);
}

static void pages_init(void)
{
	phys_addr_t lo = ~(phys_addr_t)0, hi = 0;
	size_t map;

	for (u32 i = 0; i < nr_ram; i++) {
		lo = min(lo, ram[i].base);
		hi = max(hi, region_end(&ram[i]));
	}
	pages_base = ALIGN_DOWN(lo, BUDDY_BLOCK);
	nr_pages = (ulong)((hi - pages_base) >> PAGE_SHIFT);
	map = ALIGN_UP(nr_pages, WORD_BITS) / 8;
	pages = phys_to_virt(boot_alloc(nr_pages * sizeof(struct page), PAGE_SIZE));
	free_head = phys_to_virt(boot_alloc(map, PAGE_SIZE));
	memset(free_head, 0, map);

	for (u32 i = 0; i <= MAX_ORDER; i++)
		INIT_LIST_HEAD(&free_list[i]);
	for (u32 i = 0; i < ARRAY_SIZE(slab_list); i++)
		INIT_LIST_HEAD(&slab_list[i]);
	boot_alloc_closed = true;
	for (u32 i = 0; i < nr_ram; i++)
		free_ram(&ram[i]);
}

void mm_init(void)
{
	find_ram();
	find_reserved();
	if (!mm_is_ram(boot_info.dtb, fdt_size()))
		panic("device tree at 0x%llx: its 0x%zx bytes do not lie in the memory it describes",
		      (ull)boot_info.dtb, fdt_size());
	arch_paging_init(ram, nr_ram);
	fdt_use(phys_to_virt(boot_info.dtb));
	pages_init();
	if (nr_free << (PAGE_SHIFT - 10) < MIN_FREE_KIB)
		panic("memory too small: %lu KiB are free, at least %lu are needed",
		      nr_free << (PAGE_SHIFT - 10), MIN_FREE_KIB);
	pr_info("memory: %lu KiB in %u range(s), %lu KiB free\n", nr_pages << (PAGE_SHIFT - 10),
		nr_ram, nr_free << (PAGE_SHIFT - 10));
}
