// SPDX-License-Identifier: MIT
/*
 * Kernel mappings outside the linear map: device registers, which stay for good, and kernel
 * stacks. A stack takes the lower half of a slot of 2 * THREAD_SIZE, aligned to that: the upper
 * half stays unmapped and is the guard of the stack above it (and the first slot is left out, so
 * that the lowest stack has one too). One bit of the stack pointer then tells an overflow.
 */
#include <lintel/bug.h>
#include <lintel/mm.h>
#include <lintel/spinlock.h>
#include <lintel/thread_info.h>

#define SLOT_SIZE	(2UL * THREAD_SIZE)
#define MAX_SLOTS	1024U
#define FIRST_SLOT	(ALIGN_UP((ulong)VMALLOC_START, SLOT_SIZE) + SLOT_SIZE)

#define STACK_ORDER	(THREAD_SHIFT - PAGE_SHIFT)

static struct page *slot_page[MAX_SLOTS];	/* the pages mapped there; NULL: free */
static u32 slot_hint;				/* no free slot below */
static spinlock_t slot_lock = SPINLOCK_INIT(slot_lock);

static ulong io_next;
static spinlock_t map_lock = SPINLOCK_INIT(map_lock);	/* the kernel's page tables, io_next */

static int map(ulong va, phys_addr_t pa, u32 prot)
{
	ulong flags = spin_lock_irqsave(&map_lock);
	int err = arch_kernel_map(va, pa, prot);

	spin_unlock_irqrestore(&map_lock, flags);
	return err;
}

static void unmap(ulong va)
{
	ulong flags = spin_lock_irqsave(&map_lock);

	arch_kernel_unmap(va);
	spin_unlock_irqrestore(&map_lock, flags);
}

/* Address space for good. */
static ulong io_take(phys_addr_t pa, size_t size)
{
	ulong flags = spin_lock_irqsave(&map_lock), va = io_next ? io_next : IOREMAP_START;

	if (size > IOREMAP_END - va)
		panic("ioremap: no room to map 0x%zx bytes at 0x%llx", size, (unsigned long long)pa);
	io_next = va + size;
	spin_unlock_irqrestore(&map_lock, flags);
	return va;
}

void *ioremap(phys_addr_t pa, size_t size)
{
	phys_addr_t first = pa & ~(phys_addr_t)(PAGE_SIZE - 1);
	ulong offset = (ulong)(pa - first), va;

	size = PAGE_ALIGN(offset + size);
	va = io_take(pa, size);
	for (ulong i = 0; i < size; i += PAGE_SIZE)
		if (map(va + i, first + i, PROT_DEVICE))
			panic("ioremap: out of memory mapping 0x%llx", (unsigned long long)pa);
	return (void *)(va + offset);
}

u32 *text_window(ulong at)
{
	phys_addr_t page = virt_to_phys((void *)(at & PAGE_MASK));
	static char *window;

	if (!window)
		window = ioremap(page, PAGE_SIZE);
	unmap((ulong)window);
	map((ulong)window, page, PROT_KERNEL_RW);
	return (u32 *)(window + (at & ~PAGE_MASK));
}

static u32 nr_slots(void)
{
	return (u32)min((ulong)MAX_SLOTS, ((ulong)VMALLOC_END - FIRST_SLOT) / SLOT_SIZE);
}

/* A free slot, taken for p; or nr_slots(). */
static u32 slot_take(struct page *p)
{
	ulong flags = spin_lock_irqsave(&slot_lock);
	u32 n = nr_slots(), i = slot_hint;

	while (i < n && slot_page[i])
		i++;
	slot_hint = i;
	if (i < n)
		slot_page[i] = p;
	spin_unlock_irqrestore(&slot_lock, flags);
	return i;
}

static void slot_release(u32 i)
{
	ulong flags = spin_lock_irqsave(&slot_lock);

	slot_page[i] = NULL;
	slot_hint = min(slot_hint, i);
	spin_unlock_irqrestore(&slot_lock, flags);
}

void *stack_alloc(void)
{
	struct page *p = alloc_pages(STACK_ORDER);
	ulong va, off = 0;
	u32 slot;

	if (!p)
		return NULL;
	slot = slot_take(p);
	if (slot == nr_slots())
		goto free;
	va = FIRST_SLOT + slot * SLOT_SIZE;
	for (; off < THREAD_SIZE; off += PAGE_SIZE)
		if (map(va + off, page_to_phys(p) + off, PROT_KERNEL_RW))
			goto unmap;
	return (void *)va;
unmap:
	while (off) {
		off -= PAGE_SIZE;
		unmap(va + off);
	}
	slot_release(slot);
free:
	free_pages(p, STACK_ORDER);
	return NULL;
}

void stack_free(void *stack)
{
	u32 slot = (u32)(((ulong)stack - FIRST_SLOT) / SLOT_SIZE);
	struct page *p;

	BUG_ON((ulong)stack < FIRST_SLOT || slot >= nr_slots() || !slot_page[slot]);
	p = slot_page[slot];
	for (ulong off = 0; off < THREAD_SIZE; off += PAGE_SIZE)
		unmap((ulong)stack + off);
	slot_release(slot);
	free_pages(p, STACK_ORDER);
}
