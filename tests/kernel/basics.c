// SPDX-License-Identifier: MIT
/* What needs no other task: layouts, lists, formatting, pages, user memory. */
#include <lintel/bug.h>
#include <lintel/irqflags.h>
#include <lintel/list.h>
#include <lintel/mm.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/string.h>
#include <lintel/uaccess.h>

SELFTEST(preempt_count_layout)
{
	u32 before = preempt_count();

	EXPECT(before == 0);
	EXPECT((PREEMPT_MASK | SOFTIRQ_MASK | HARDIRQ_MASK | NMI_MASK) == 0x00ffffff);
	EXPECT(PREEMPT_MASK + SOFTIRQ_MASK + HARDIRQ_MASK + NMI_MASK == 0x00ffffff);
	EXPECT(in_task() && !in_interrupt());
	preempt_disable();
	EXPECT(preempt_count() == PREEMPT_OFFSET && in_task());
	__preempt_count_add(SOFTIRQ_DISABLE_OFFSET);
	EXPECT(in_softirq() && !in_serving_softirq() && in_task());
	__preempt_count_add(SOFTIRQ_OFFSET);
	EXPECT(in_serving_softirq() && !in_task());
	__preempt_count_sub(SOFTIRQ_OFFSET + SOFTIRQ_DISABLE_OFFSET);
	preempt_enable();
	EXPECT(preempt_count() == before);
}

/* Fifteen levels of NMI, and no carry into the next field. Interrupts off: what is in between
 * must not be believed. */
SELFTEST(nmi_levels)
{
	ulong flags = local_irq_save();

	for (u32 i = 0; i < 15; i++)
		__preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET);
	EXPECT(preempt_count() == (NMI_MASK | HARDIRQ_MASK));
	for (u32 i = 0; i < 15; i++)
		__preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET);
	EXPECT(preempt_count() == 0);
	local_irq_restore(flags);
}

struct item { struct list_head list; u32 n; };

SELFTEST(list_order)
{
	struct item items[4];
	struct item *pos, *next;
	LIST_HEAD(head);
	u32 want = 0;

	EXPECT(list_empty(&head));
	for (u32 i = 0; i < 4; i++) {
		items[i].n = i;
		list_add_tail(&items[i].list, &head);
	}
	list_for_each_entry(pos, &head, list)
		EXPECT(pos->n == want++);
	EXPECT(want == 4);
	list_for_each_entry_safe(pos, next, &head, list)
		if (pos->n & 1)
			list_del_init(&pos->list);
	EXPECT(list_empty(&items[1].list) && list_empty(&items[3].list));
	list_add(&items[3].list, &head);
	EXPECT(list_first_entry(&head, struct item, list) == &items[3]);
	EXPECT(head.prev == &items[2].list);
}

SELFTEST(align)
{
	EXPECT(ALIGN_UP(0UL, 16) == 0 && ALIGN_UP(1UL, 16) == 16 && ALIGN_UP(16UL, 16) == 16);
	EXPECT(ALIGN_DOWN(31UL, 16) == 16);
	EXPECT(PAGE_ALIGN(1) == PAGE_SIZE && PAGE_ALIGN(PAGE_SIZE) == PAGE_SIZE);
	EXPECT(BIT(31) == 0x80000000UL);
}

static bool prints(const char *want, const char *fmt, ...) __printf(2, 3);
static bool prints(const char *want, const char *fmt, ...)
{
	char buf[64];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n == (int)strlen(want) && !strcmp(buf, want))
		return true;
	printk(LOG_EMERG, "# \"%s\" printed as \"%s\", expected \"%s\"\n", fmt, buf, want);
	return false;
}

SELFTEST(vsnprintf)
{
	char small[4];

	EXPECT(prints("-1 4294967295 ff FF", "%d %u %x %X", -1, ~0U, 255, 255));
	EXPECT(prints("[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42));
	EXPECT(prints("18446744073709551615", "%llu", ~0ULL));
	EXPECT(prints("-9223372036854775807", "%lld", -(long long)INT64_MAX));
	EXPECT(prints("0x10 c s% ab", "%#x %c %s%% %.2s", 16, 'c', "s", "abc"));
	EXPECT(snprintf(small, sizeof(small), "%s", "longer") == 6);
	EXPECT(!strcmp(small, "lon"));
	EXPECT(snprintf(NULL, 0, "%d", 12345) == 5);
}

SELFTEST(page_allocator)
{
	ulong before = nr_free_pages();
	struct page *one, *block;
	u8 *zero;

	one = alloc_pages(0);
	block = alloc_pages(3);
	EXPECT(one && block && one != block);
	EXPECT(nr_free_pages() == before - 9);
	EXPECT(page_to_phys(block) % (8 * PAGE_SIZE) == 0);
	EXPECT(virt_to_page(page_address(block)) == block);
	EXPECT(one->refcount == 1);
	get_page(one);
	put_page(one);
	EXPECT(nr_free_pages() == before - 9);
	put_page(one);
	free_pages(block, 3);
	EXPECT(nr_free_pages() == before);
	zero = get_zeroed_page();
	EXPECT(zero && !zero[0] && !zero[PAGE_SIZE - 1]);
	put_page(virt_to_page(zero));
	EXPECT(!alloc_pages(MAX_ORDER + 1));
	EXPECT(nr_free_pages() == before);
}

/* Every size gets its own memory, and all of it comes back. */
SELFTEST(kmalloc)
{
	ulong before = nr_free_pages();
	u8 *p[12];

	for (u32 i = 0; i < ARRAY_SIZE(p); i++) {
		p[i] = kmalloc(BIT(i) + 1);
		EXPECT(p[i]);
		if (p[i])
			memset(p[i], (int)i, BIT(i) + 1);
	}
	for (u32 i = 0; i < ARRAY_SIZE(p); i++)
		EXPECT(p[i] && p[i][0] == i && p[i][BIT(i)] == i);
	for (u32 i = 0; i < ARRAY_SIZE(p); i++)
		kfree(p[i]);
	EXPECT(!kmalloc(PAGE_SIZE + 1));
	/* Slabs may keep a page each. */
	EXPECT(nr_free_pages() + 16 >= before);
}

/* The stack is in the lower half of a slot of twice its size: the hole above it guards the next. */
SELFTEST(stack_guard)
{
	ulong stack = (ulong)current->stack, here = (ulong)__builtin_frame_address(0);
	u32 word;

	EXPECT(stack % (2 * THREAD_SIZE) == 0);
	EXPECT(here > stack && here < stack + THREAD_SIZE);
	EXPECT(!(here & THREAD_SIZE));
	EXPECT(arch_probe_word((void *)stack, &word));
	EXPECT(!arch_probe_word((void *)(stack - 4), &word));
	EXPECT(!arch_probe_word((void *)(stack + THREAD_SIZE), &word));
}

/* Two pages of user memory at `at`, in an address space of this thread's own. */
static struct mm *borrow_mm(ulong at, u32 flags)
{
	struct mm *mm = mm_create();

	if (!mm || mm_map(mm, at, 2 * PAGE_SIZE, flags))
		panic("self-test: no memory for an address space");
	preempt_disable();
	arch_mm_switch(current->active_mm, mm);
	current->mm = current->active_mm = mm;
	preempt_enable();
	return mm;
}

static void return_mm(struct mm *mm)
{
	preempt_disable();
	current->mm = current->active_mm = NULL;
	arch_mm_switch(mm, NULL);
	preempt_enable();
	mm_put(mm);
}

#define AT	0x40000000UL

/* The remainder is exactly what lies behind the first byte that cannot be reached. */
SELFTEST(uaccess_fixups)
{
	ulong before = nr_free_pages();
	struct mm *mm = borrow_mm(AT, VM_READ | VM_WRITE);
	ulong end = AT + 2 * PAGE_SIZE;
	static u8 buf[64], back[64];

	for (u32 i = 0; i < sizeof(buf); i++)
		buf[i] = (u8)(i + 1);
	EXPECT(copy_to_user((void *)(AT + PAGE_SIZE - 20), buf, 64) == 0);
	EXPECT(copy_from_user(back, (void *)(AT + PAGE_SIZE - 20), 64) == 0);
	EXPECT(!memcmp(buf, back, 64));
	for (u32 n = 0; n <= 64; n++) {
		EXPECT(copy_to_user((void *)(end - n), buf, 64) == 64 - n);
		EXPECT(copy_from_user(back, (void *)(end - n), 64) == 64 - n);
		EXPECT(!memcmp(back, buf, n));
	}
	EXPECT(clear_user((void *)(end - 10), 20) == 10);
	EXPECT(copy_from_user(back, (void *)(end - 10), 10) == 0 && !back[0] && !back[9]);
	EXPECT(copy_from_user(back, NULL, 8) == 8);
	EXPECT(copy_from_user(back, (void *)TASK_SIZE, 8) == 8);
	EXPECT(copy_from_user(back, (void *)-8L, 8) == 8);
	EXPECT(copy_to_user((void *)(TASK_SIZE - 4), buf, 8) == 8);
	EXPECT(copy_to_user((void *)&buf, back, 8) == 8);
	return_mm(mm);
	EXPECT(nr_free_pages() + 4 >= before);
}

/*
 * Uaccess that faults in each page on its way: handle_mm_fault() warns if it finds the window to user memory open,
 * and the copy does not go on if it was not opened again. Where uaccess needs no window, one is open around it.
 */
SELFTEST(window_fault)
{
	struct mm *mm = borrow_mm(AT, VM_READ | VM_WRITE);
	static u8 buf[64] = { 1 };
	bool window = arch_has_user_window();

	if (window)
		arch_set_user_window(true);
	EXPECT(!copy_to_user((void *)(AT + PAGE_SIZE - 1), buf, sizeof(buf)));
	if (window)
		arch_set_user_window(true);
	EXPECT(*(volatile u8 *)(AT + PAGE_SIZE - 1) == 1);
	if (window)
		arch_set_user_window(false);
	EXPECT(!arch_user_window_open());
	return_mm(mm);
}

SELFTEST(fault_flags)
{
	struct mm *mm = borrow_mm(AT, VM_READ);
	u8 byte = 1;

	EXPECT(copy_from_user(&byte, (void *)AT, 1) == 0 && !byte);
	EXPECT(copy_to_user((void *)AT, &byte, 1) == 1);
	EXPECT(handle_mm_fault(mm, AT, FAULT_WRITE) == 11);
	EXPECT(handle_mm_fault(mm, AT, FAULT_EXEC) == 11);
	EXPECT(handle_mm_fault(mm, AT - 1, 0) == 11);
	EXPECT(handle_mm_fault(mm, AT, 0) == 0);
	return_mm(mm);
}

/* A read maps the shared zero page; the first write after it, a page of its own. */
SELFTEST(demand_zero)
{
	struct mm *mm = borrow_mm(AT, VM_READ | VM_WRITE);
	phys_addr_t read_pa = 0, other_pa = 0, written_pa = 0;
	u8 byte = 1;
	u32 prot;

	EXPECT(copy_from_user(&byte, (void *)AT, 1) == 0 && !byte);
	EXPECT(arch_mm_get(&mm->arch, AT, &read_pa, &prot) && !(prot & PROT_USER_W));
	EXPECT(copy_from_user(&byte, (void *)(AT + PAGE_SIZE), 1) == 0 && !byte);
	EXPECT(arch_mm_get(&mm->arch, AT + PAGE_SIZE, &other_pa, &prot) && other_pa == read_pa);
	byte = 7;
	EXPECT(copy_to_user((void *)AT, &byte, 1) == 0);
	EXPECT(arch_mm_get(&mm->arch, AT, &written_pa, &prot) && (prot & PROT_USER_W));
	EXPECT(written_pa != read_pa);
	EXPECT(copy_from_user(&byte, (void *)(AT + PAGE_SIZE), 1) == 0 && !byte);
	return_mm(mm);
}

SELFTEST(copy_on_write)
{
	ulong before = nr_free_pages();
	struct mm *mm = borrow_mm(AT, VM_READ | VM_WRITE), *copy;
	phys_addr_t pa, pa_copy;
	u8 byte = 1;
	u32 prot;

	EXPECT(copy_to_user((void *)AT, &byte, 1) == 0);
	copy = mm_fork(mm);
	EXPECT(copy);
	if (!copy)
		return;
	EXPECT(arch_mm_get(&mm->arch, AT, &pa, &prot) && !(prot & PROT_USER_W));
	EXPECT(arch_mm_get(&copy->arch, AT, &pa_copy, &prot) && pa == pa_copy);
	EXPECT(phys_to_page(pa)->refcount == 2);
	byte = 2;
	EXPECT(copy_to_user((void *)AT, &byte, 1) == 0);
	EXPECT(arch_mm_get(&mm->arch, AT, &pa, &prot) && pa != pa_copy);
	EXPECT(*(u8 *)phys_to_virt(pa) == 2 && *(u8 *)phys_to_virt(pa_copy) == 1);
	EXPECT(phys_to_page(pa_copy)->refcount == 1);
	/* The last owner writes without a copy. */
	EXPECT(handle_mm_fault(copy, AT, FAULT_WRITE) == 0);
	EXPECT(arch_mm_get(&copy->arch, AT, &pa, &prot) && pa == pa_copy && (prot & PROT_USER_W));
	mm_put(copy);
	return_mm(mm);
	EXPECT(nr_free_pages() + 4 >= before);
}

SELFTEST(mm_areas)
{
	struct mm *mm = mm_create();

	EXPECT(mm);
	if (!mm)
		return;
	mm->mmap_base = AT + 16 * PAGE_SIZE;
	EXPECT(mm_map(mm, AT, 8 * PAGE_SIZE, VM_READ) == 0);
	EXPECT(mm_map(mm, AT + 7 * PAGE_SIZE, PAGE_SIZE, VM_READ) == -EEXIST);
	EXPECT(mm_unmap(mm, AT + 2 * PAGE_SIZE, 2 * PAGE_SIZE) == 0);
	EXPECT(mm_find(mm, AT + PAGE_SIZE) && mm_find(mm, AT + 4 * PAGE_SIZE));
	EXPECT(!mm_find(mm, AT + 2 * PAGE_SIZE) && !mm_find(mm, AT + 4 * PAGE_SIZE - 1));
	EXPECT(mm_find_gap(mm, AT + 2 * PAGE_SIZE, 2 * PAGE_SIZE) == AT + 2 * PAGE_SIZE);
	EXPECT(mm_find_gap(mm, 0, 8 * PAGE_SIZE) == AT + 8 * PAGE_SIZE);
	EXPECT(mm_find_gap(mm, AT + 3 * PAGE_SIZE, 2 * PAGE_SIZE) == AT + 14 * PAGE_SIZE);
	EXPECT(mm_map(mm, AT + 2 * PAGE_SIZE, 2 * PAGE_SIZE, VM_READ) == 0);
	EXPECT(mm_unmap(mm, AT, 8 * PAGE_SIZE) == 0 && list_empty(&mm->vmas));
	EXPECT(mm_map(mm, AT, TASK_SIZE, VM_READ) == -EINVAL);
	EXPECT(!mm_find_gap(mm, 0, TASK_SIZE));
	mm_put(mm);
}
