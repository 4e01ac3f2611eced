/* SPDX-License-Identifier: MIT */
/*
 * Memory. The kernel sees RAM through one linear map, the image inside it (asm/memory.h:
 * PAGE_OFFSET, phys_to_virt(), virt_to_phys(), TASK_SIZE, VMALLOC_START/END, IOREMAP_START/END);
 * kernel stacks are in the vmalloc range with an unmapped guard page below each.
 */
#ifndef LINTEL_MM_H
#define LINTEL_MM_H

#include <lintel/list.h>
#include <lintel/ptrace.h>
#include <lintel/spinlock.h>
#include <lintel/string.h>
#include <asm/memory.h>
#include <asm/page.h>		/* clear_page(), copy_page(), if the architecture has its own */
#include <asm/pgtable.h>	/* struct arch_mm */

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	ALIGN_UP((ulong)(x), PAGE_SIZE)

/* A whole page, aligned. */
#ifndef clear_page
static inline void clear_page(void *page) { memset(page, 0, PAGE_SIZE); }
#endif
#ifndef copy_page
static inline void copy_page(void *to, const void *from) { memcpy(to, from, PAGE_SIZE); }
#endif

/* ---- pages (mm/page.c): a buddy allocator over struct page ---- */
#define MAX_ORDER	10
struct page {
	u32	refcount;		/* slab: objects in use */
	u8	order;			/* slab: log2 of the object size */
	u8	flags;			/* PG_SLAB */
	u16	free;			/* slab: first free object's offset / 8 */
	struct list_head list;		/* while free, or a slab with room */
};
#define PG_SLAB		1U
struct page *phys_to_page(phys_addr_t pa);
phys_addr_t page_to_phys(struct page *p);
#define page_address(p)		phys_to_virt(page_to_phys(p))
#define virt_to_page(v)		phys_to_page(virt_to_phys(v))
struct page *alloc_pages(u32 order);		/* NULL when out; contents undefined; any context but NMI */
void free_pages(struct page *p, u32 order);
void *get_zeroed_page(void);
void get_page(struct page *p);
void put_page(struct page *p);			/* frees at 0 */
void *kmalloc(size_t n);			/* up to a page; NULL when out */
void *kzalloc(size_t n);
void kfree(void *p);
ulong nr_free_pages(void);

/* ---- boot ---- */
struct mem_region { phys_addr_t base, size; };
/*
 * From the device tree: RAM minus what is reserved (image, DTB, initramfs, /memreserve/).
 * 1. arch_paging_init() with the RAM that fits the linear map (asm/memory.h: LINEAR_MAP_SIZE,
 * the bytes from PAGE_OFFSET up that it can hold) 2. the buddy allocator 3. fdt_use() at the
 * tree's linear address: pointers into the tree taken earlier are stale from here.
 * Needs fdt_init(). Panics when memory is missing or too small.
 */
void mm_init(void);
/* Does all of it lie in RAM that the linear map covers? From mm_init() on. */
bool mm_is_ram(phys_addr_t base, phys_addr_t size);
/* Pages before there is a page allocator, for arch_paging_init()'s tables: `size` bytes (whole
 * pages) aligned to `align`, not zeroed, from the first free RAM above the image (so close to
 * it, inside the early map, while few are taken). Panics when out. */
phys_addr_t boot_alloc(size_t size, phys_addr_t align);
void *ioremap(phys_addr_t pa, size_t size);	/* device memory; panics when the range is used up */
/* Where the kernel's text, which is read-only, can be written: that instruction, until the next call. Who has written
 * says so to arch_sync_icache(). Task context. */
u32 *text_window(ulong at);
void *stack_alloc(void);			/* THREAD_SIZE, aligned to 2 * THREAD_SIZE, guard page below; NULL */
void stack_free(void *stack);

/* ---- address spaces ---- */
#define VM_READ		1U
#define VM_WRITE	2U
#define VM_EXEC		4U
#define VM_SHARED	8U
#define VM_STACK	16U			/* grows down to its start by faulting, like any other */

struct vma {
	struct list_head list;
	ulong start, end;
	ulong lo, hi;				/* no page outside [lo, hi) was ever mapped */
	u32 flags;				/* VM_*; what may be written or run may be read */
	u32 prot;				/* PROT_USER_* of its own pages */
};
struct mm {
	struct arch_mm	arch;			/* page table and ASID */
	spinlock_t	lock;			/* areas and page tables; never held across uaccess */
	struct list_head vmas;			/* sorted, not overlapping */
	struct vma	*recent;		/* where the last fault was, or NULL */
	u32		users;
	ulong		brk_start, brk, mmap_base;
};
void mm_fault_init(void);		/* the shared zero page; before any user task */
struct mm *mm_create(void);
struct mm *mm_fork(struct mm *old);		/* copy on write */
void mm_put(struct mm *mm);
/* A new anonymous area, page-aligned; -EEXIST, -ENOMEM. A shared one gets its pages at once. */
int mm_map(struct mm *mm, ulong start, ulong len, u32 vm_flags);
int mm_unmap(struct mm *mm, ulong start, ulong len);
/* The kernel writes a program's page: its address in the linear map, or NULL when out. */
void *mm_populate(struct mm *mm, ulong addr);
struct vma *mm_find(struct mm *mm, ulong addr);	/* NULL if addr is in none; mm->lock held */
ulong mm_find_gap(struct mm *mm, ulong hint, ulong len);		/* 0 when none */

#define FAULT_WRITE	1U
#define FAULT_EXEC	2U
/* Serves a fault of current->mm: 0, or the signal it deserves (SIGSEGV 11, SIGBUS 7 when out of
 * memory). May sleep; interrupts on. Used by the doors and, for kernel faults, before fix-ups. */
int handle_mm_fault(struct mm *mm, ulong addr, u32 fault_flags);

/* ---- arch/<arch>/mm (asm/pgtable.h declares struct arch_mm) ---- */
/*
 * Makes the device tree readable before the linear map exists: returns where `pa` is mapped
 * (read-only, cached; the early map's own address if that covers it) and in *mapped how many
 * bytes from there may be read: at least 8 bytes, up to 2 MiB where RAM may go on (the tree's
 * header is not read: it is not trusted yet). NULL if pa is 0, unaligned to 8 bytes or outside
 * what can be mapped. Called once, MMU on, before arch_paging_init(), which may drop the map. A
 * pa where there is no RAM may abort when it is read: fdt_init() reads it through
 * arch_probe_word().
 */
const void *arch_map_dtb(phys_addr_t pa, size_t *mapped);
/* Reads one word at a kernel address; false if that faults (exception table). */
bool arch_probe_word(const void *va, u32 *out);
#define PROT_USER_R	1U	/* user may read */
#define PROT_USER_W	2U
#define PROT_USER_X	4U
#define PROT_KERNEL_RW	8U
#define PROT_KERNEL_RO	16U
#define PROT_KERNEL_RX	32U
#define PROT_DEVICE	64U
#define PROT_IF_NEW	128U	/* arch_mm_set(): -EEXIST if a page is there already */
int arch_mm_init(struct arch_mm *am);		/* an empty user table; -ENOMEM */
void arch_mm_destroy(struct arch_mm *am);	/* tables only; pages were put before */
int arch_mm_set(struct arch_mm *am, ulong va, phys_addr_t pa, u32 prot); /* one page, replaces; flushes */
bool arch_mm_get(struct arch_mm *am, ulong va, phys_addr_t *pa, u32 *prot);
void arch_mm_clear(struct arch_mm *am, ulong va);	/* and flushes that page */
ulong arch_mm_next(struct arch_mm *am, ulong va);	/* va, or the next that has a table */
void arch_mm_switch(struct mm *prev, struct mm *next);	/* next NULL: no user table at all */
int arch_kernel_map(ulong va, phys_addr_t pa, u32 prot); /* one page of vmalloc or ioremap range */
void arch_kernel_unmap(ulong va);
void arch_sync_icache(void *va, size_t n);	/* code was written through the linear map */
/* The final kernel map: whole linear map RW and never executable, text RX, rodata RO (W^X). */
void arch_paging_init(const struct mem_region *ram, u32 nr);

#endif
