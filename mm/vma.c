// SPDX-License-Identifier: MIT
/*
 * Address spaces: a sorted list of areas, and the architecture's page table. Every area is
 * anonymous. A page belongs to as many tables as its reference count says; the zero page (fault.c)
 * is counted by nobody.
 */
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/mm.h>
#include <lintel/sched.h>
#include "fault.h"

struct mm *mm_create(void)
{
	struct mm *mm = kzalloc(sizeof(*mm));

	if (!mm)
		return NULL;
	if (arch_mm_init(&mm->arch)) {
		kfree(mm);
		return NULL;
	}
	INIT_LIST_HEAD(&mm->vmas);
	spin_lock_init(&mm->lock);
	mm->users = 1;
	return mm;
}

/* Drops the pages of [start, end), which lies in v; the table's entries too if the table stays. */
static void zap_range(struct mm *mm, struct vma *v, ulong start, ulong end, bool clear)
{
	phys_addr_t pa;
	u32 prot;

	start = max(start, v->lo);
	end = min(end, v->hi);
	for (ulong va = start; (va = arch_mm_next(&mm->arch, va)) < end; va += PAGE_SIZE) {
		if (!arch_mm_get(&mm->arch, va, &pa, &prot))
			continue;
		if (clear)
			arch_mm_clear(&mm->arch, va);
		if (!is_zero_page(pa))
			put_page(phys_to_page(pa));
	}
}

static void mm_destroy(struct mm *mm)
{
	struct vma *v, *n;

	list_for_each_entry_safe(v, n, &mm->vmas, list) {
		zap_range(mm, v, v->start, v->end, false);
		kfree(v);
	}
	arch_mm_destroy(&mm->arch);
	kfree(mm);
}

void mm_put(struct mm *mm)
{
	if (!__atomic_sub_fetch(&mm->users, 1, __ATOMIC_ACQ_REL))
		mm_destroy(mm);
}

struct vma *mm_find(struct mm *mm, ulong addr)
{
	struct vma *v = mm->recent;

	if (v && addr - v->start < v->end - v->start)
		return v;
	list_for_each_entry(v, &mm->vmas, list) {
		if (addr < v->end) {
			if (addr < v->start)
				return NULL;
			mm->recent = v;
			return v;
		}
	}
	return NULL;
}

/* The first area that ends above addr, or NULL. */
static struct vma *first_above(struct mm *mm, ulong addr)
{
	struct vma *v;

	list_for_each_entry(v, &mm->vmas, list)
		if (v->end > addr)
			return v;
	return NULL;
}

/* 0: none. Top down, as on Linux. */
ulong mm_find_gap(struct mm *mm, ulong hint, ulong len)
{
	ulong top = mm->mmap_base;
	struct vma *v;

	len = PAGE_ALIGN(len);
	hint = PAGE_ALIGN(hint);
	if (!len || len > TASK_SIZE)
		return 0;
	if (hint && hint <= TASK_SIZE - len) {
		v = first_above(mm, hint);
		if (!v || v->start >= hint + len)
			return hint;
	}
	for (struct list_head *p = mm->vmas.prev; p != &mm->vmas; p = p->prev) {
		v = list_entry(p, struct vma, list);
		if (v->end <= top && top - v->end >= len)
			return top - len;
		top = min(top, v->start);
	}
	return top >= len + PAGE_SIZE ? top - len : 0;
}

static u32 page_prot(u32 flags)
{
	return (flags & VM_READ ? PROT_USER_R : 0) | (flags & VM_WRITE ? PROT_USER_W : 0) |
	       (flags & VM_EXEC ? PROT_USER_X : 0);
}

static struct vma *vma_new(ulong start, ulong end, u32 flags)
{
	struct vma *v = kmalloc(sizeof(*v));

	if (v)
		*v = (struct vma){ .start = start, .end = end, .lo = end, .hi = start,
				   .flags = flags, .prot = page_prot(flags) };
	return v;
}

/* Before `next`; at the end if that is NULL. */
static void vma_insert(struct mm *mm, struct vma *v, struct vma *next)
{
	list_add_tail(&v->list, next ? &next->list : &mm->vmas);
}

/* A heap that grows by a page at a time is one area. */
static bool grow_previous(struct mm *mm, struct vma *next, ulong start, ulong end, u32 flags)
{
	struct list_head *p = next ? next->list.prev : mm->vmas.prev;
	struct vma *v = list_entry(p, struct vma, list);

	if (p == &mm->vmas || v->end != start || v->flags != flags || (flags & VM_SHARED))
		return false;
	v->end = end;
	return true;
}

/* A shared area has no object behind it that later faults of a child could look into: so it gets
 * its pages now, and fork shares them. */
static int populate_shared(struct mm *mm, ulong start, ulong end)
{
	for (ulong va = start; va < end; va += PAGE_SIZE)
		if (!mm_populate(mm, va))
			return -ENOMEM;
	return 0;
}

int mm_map(struct mm *mm, ulong start, ulong len, u32 flags)
{
	ulong end = start + len;
	struct vma *next, *v;
	int err = 0;

	if (!len || ((start | len) & ~PAGE_MASK) || len > TASK_SIZE || start > TASK_SIZE - len)
		return -EINVAL;
	/* The architectures cannot deny reading where they allow anything else; nor does Linux. */
	if (flags & (VM_WRITE | VM_EXEC))
		flags |= VM_READ;
	if ((flags & VM_SHARED) && len / PAGE_SIZE > nr_free_pages())
		return -ENOMEM;
	spin_lock(&mm->lock);
	next = first_above(mm, start);
	if (next && next->start < end) {
		err = -EEXIST;
	} else if (!grow_previous(mm, next, start, end, flags)) {
		v = vma_new(start, end, flags);
		if (v)
			vma_insert(mm, v, next);
		else
			err = -ENOMEM;
	}
	spin_unlock(&mm->lock);
	if (!err && (flags & VM_SHARED)) {
		err = populate_shared(mm, start, end);
		if (err)
			mm_unmap(mm, start, len);
	}
	return err;
}

/* Cuts v in two at `at`; the second half is new. */
static int vma_split(struct vma *v, ulong at)
{
	struct vma *upper = vma_new(at, v->end, v->flags);

	if (!upper)
		return -ENOMEM;
	upper->lo = max(v->lo, at);
	upper->hi = max(v->hi, at);
	v->end = at;
	v->hi = min(v->hi, at);
	list_add(&upper->list, &v->list);
	return 0;
}

/* mm->lock held. */
static int unmap_locked(struct mm *mm, ulong start, ulong end)
{
	struct vma *v, *n;

	mm->recent = NULL;
	v = first_above(mm, start);
	if (v && v->start < start && v->start < end && vma_split(v, start))
		return -ENOMEM;
	v = first_above(mm, end - 1);
	if (v && v->start < end && v->end > end && vma_split(v, end))
		return -ENOMEM;
	list_for_each_entry_safe(v, n, &mm->vmas, list) {
		if (v->start < start || v->end > end)
			continue;
		zap_range(mm, v, v->start, v->end, true);
		list_del_init(&v->list);
		kfree(v);
	}
	return 0;
}

int mm_unmap(struct mm *mm, ulong start, ulong len)
{
	int err;

	spin_lock(&mm->lock);
	err = unmap_locked(mm, start, start + len);
	spin_unlock(&mm->lock);
	return err;
}

/* One area's pages into the new table. A private page becomes read-only on both sides: the next
 * write of either copies it. */
static int fork_pages(struct mm *old, struct mm *mm, struct vma *v)
{
	phys_addr_t pa;
	u32 prot, copy_prot;

	for (ulong va = v->lo; (va = arch_mm_next(&old->arch, va)) < v->hi; va += PAGE_SIZE) {
		if (!arch_mm_get(&old->arch, va, &pa, &prot))
			continue;
		copy_prot = v->flags & VM_SHARED ? prot : prot & ~PROT_USER_W;
		if (arch_mm_set(&mm->arch, va, pa, copy_prot))
			return -ENOMEM;
		if (!is_zero_page(pa))
			get_page(phys_to_page(pa));
		if (prot != copy_prot)
			arch_mm_set(&old->arch, va, pa, copy_prot);
	}
	return 0;
}

static int fork_areas(struct mm *old, struct mm *mm)
{
	struct vma *v, *copy;

	list_for_each_entry(v, &old->vmas, list) {
		copy = vma_new(v->start, v->end, v->flags);
		if (!copy)
			return -ENOMEM;
		copy->lo = v->lo;
		copy->hi = v->hi;
		vma_insert(mm, copy, NULL);
		if (fork_pages(old, mm, v))
			return -ENOMEM;
	}
	return 0;
}

struct mm *mm_fork(struct mm *old)
{
	struct mm *mm = mm_create();
	int err;

	if (!mm)
		return NULL;
	mm->brk_start = old->brk_start;
	mm->brk = old->brk;
	mm->mmap_base = old->mmap_base;
	spin_lock(&old->lock);
	err = fork_areas(old, mm);
	spin_unlock(&old->lock);
	if (err) {
		mm_put(mm);
		return NULL;
	}
	return mm;
}
