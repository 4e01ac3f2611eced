// SPDX-License-Identifier: MIT
/*
 * Page faults of user memory: demand zero, and copy on write. A read of an untouched page maps the
 * zero page; a write allocates. The last pages are for init alone, so that a program which eats
 * all memory dies of it and the others go on.
 */
#include <lintel/bug.h>
#include <lintel/clone.h>
#include <lintel/errno.h>
#include <lintel/mm.h>
#include <lintel/sched.h>
#include <lintel/string.h>
#include <lintel/uaccess.h>
#include "fault.h"

#define OOM_RESERVE	64	/* pages */

phys_addr_t zero_page;

void mm_fault_init(void)
{
	void *p = get_zeroed_page();

	if (!p)
		panic("no memory for the zero page");
	zero_page = virt_to_phys(p);
}

static struct page *user_page(void)
{
	if (unlikely(nr_free_pages() < OOM_RESERVE) && current->tgid > 1)
		return NULL;
	return alloc_pages(0);
}

static __always_inline void note_mapped(struct vma *v, ulong va)
{
	if (va < v->lo)
		v->lo = va;
	if (va + PAGE_SIZE > v->hi)
		v->hi = va + PAGE_SIZE;
}

static int map_page(struct mm *mm, struct vma *v, ulong va, struct page *p)
{
	if (arch_mm_set(&mm->arch, va, page_to_phys(p), v->prot)) {
		put_page(p);
		return SIGBUS;
	}
	note_mapped(v, va);
	return 0;
}

static int map_new_page(struct mm *mm, struct vma *v, ulong va)
{
	struct page *p = user_page();

	if (!p)
		return SIGBUS;
	clear_page(page_address(p));
	return map_page(mm, v, va, p);
}

/* The last owner of a page takes it; any other, a copy. */
static int copy_on_write(struct mm *mm, struct vma *v, ulong va, phys_addr_t pa)
{
	struct page *old = phys_to_page(pa), *p;
	int err;

	if (READ_ONCE(old->refcount) == 1)
		return arch_mm_set(&mm->arch, va, pa, v->prot) ? SIGBUS : 0;
	p = user_page();
	if (!p)
		return SIGBUS;
	copy_page(page_address(p), phys_to_virt(pa));
	if (v->flags & VM_EXEC)
		arch_sync_icache(page_address(p), PAGE_SIZE);
	err = map_page(mm, v, va, p);
	if (!err)
		put_page(old);
	return err;
}

static_assert(FAULT_WRITE << 1 == VM_WRITE && FAULT_EXEC << 1 == VM_EXEC, "bits of allowed()");

static __always_inline bool allowed(const struct vma *v, u32 fault_flags)
{
	u32 need = fault_flags << 1 | VM_READ;

	return (v->flags & need) == need;
}

/* A page is there, and still the access faulted: it writes to what is shared; or another thread
 * was faster, or the TLB knew less than the table. */
static int refault(struct mm *mm, struct vma *v, ulong va, phys_addr_t pa, u32 prot, bool write)
{
	if (!write || (prot & PROT_USER_W))
		return arch_mm_set(&mm->arch, va, pa, prot) ? SIGBUS : 0;
	if (is_zero_page(pa))
		return map_new_page(mm, v, va);
	return copy_on_write(mm, v, va, pa);
}

/* One walk of the table, which is most of the work. */
static __always_inline int read_fault(struct mm *mm, struct vma *v, ulong va)
{
	int err = arch_mm_set(&mm->arch, va, zero_page, (v->prot & ~PROT_USER_W) | PROT_IF_NEW);

	if (likely(!err))
		note_mapped(v, va);
	return err;
}

/* mm->lock held; the access is one that the area allows. */
static int fault_in(struct mm *mm, struct vma *v, ulong va, bool write)
{
	phys_addr_t pa;
	u32 prot;
	int err;

	if (!write) {
		err = read_fault(mm, v, va);
		if (err != -EEXIST)
			return err ? SIGBUS : 0;
	}
	if (!arch_mm_get(&mm->arch, va, &pa, &prot))
		return map_new_page(mm, v, va);
	return refault(mm, v, va, pa, prot, write);
}

int handle_mm_fault(struct mm *mm, ulong addr, u32 fault_flags)
{
	struct vma *v;
	int sig = SIGSEGV;

	if (IS_ENABLED(CONFIG_DEBUG_ENTRY))
		WARN(arch_user_window_open(), "a page fault is served with user memory open\n");
	if (!mm)
		return SIGSEGV;
	spin_lock(&mm->lock);
	v = mm_find(mm, addr);
	if (v && allowed(v, fault_flags))
		sig = fault_in(mm, v, addr & PAGE_MASK, fault_flags & FAULT_WRITE);
	spin_unlock(&mm->lock);
	return sig;
}

void *mm_populate(struct mm *mm, ulong addr)
{
	ulong va = addr & PAGE_MASK;
	void *page = NULL;
	phys_addr_t pa;
	struct vma *v;
	u32 prot;

	spin_lock(&mm->lock);
	v = mm_find(mm, va);
	if (v && (arch_mm_get(&mm->arch, va, &pa, &prot) || !map_new_page(mm, v, va)) &&
	    arch_mm_get(&mm->arch, va, &pa, &prot) && !is_zero_page(pa))
		page = phys_to_virt(pa);
	spin_unlock(&mm->lock);
	return page;
}
