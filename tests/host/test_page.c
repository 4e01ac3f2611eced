// SPDX-License-Identifier: MIT
/* The page allocator on an array that plays RAM, with the device tree's answers made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <asm/irqflags.h>

/* ---- the machine ---- */

/* The image lies in it, from 0x10000 to 0x20000: the Makefile says so to the linker. */
char host_ram[HOST_RAM_SIZE] __aligned(PAGE_SIZE);
struct task_struct host_task;
struct thread_info *host_current = &host_task.thread_info;
bool host_irqs_off;
struct boot_info boot_info = { .dtb = HOST_RAM_BASE + 0x3000000 };

void host_irqs_opened(void) { }
void host_irqs_closing(void) { }
void preempt_schedule(void) { }
void printk(int level, const char *fmt, ...) { }
void fdt_use(const void *blob) { }
size_t fdt_size(void) { return 0x2345; }
int fdt_path(const char *path) { return -ENOENT; }
int fdt_first_child(int node) { return 100; }
int fdt_next_sibling(int node) { return -ENOENT; }
const char *fdt_prop_string(int node, const char *name) { return "memory"; }
static phys_addr_t ram_base = HOST_RAM_BASE + 0x3000, ram_size = HOST_RAM_SIZE - 0x5000;
int fdt_reg(int node, int idx, phys_addr_t *base, phys_addr_t *size)
{
	*base = ram_base;
	*size = ram_size;
	return idx ? -ENOENT : 0;
}
int fdt_memreserve(int idx, phys_addr_t *base, phys_addr_t *size)
{
	*base = HOST_RAM_BASE + 0x2000800;
	*size = 0x1000;
	return idx ? -ENOENT : 0;
}
bool initramfs_range(phys_addr_t *base, phys_addr_t *size)
{
	*base = HOST_RAM_BASE + 0x1801000;
	*size = 0x12345;
	return true;
}
static phys_addr_t table;
void arch_paging_init(const struct mem_region *ram, u32 nr)
{
	assert_int_equal(nr, 1);
	table = boot_alloc(0x4000, 0x4000);
	assert_int_equal(table & 0x3fff, 0);
}
void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	abort();
}

/* ---- tests ---- */

static ulong all;

static int boot(void **state)
{
	(void)state;
	mm_init();
	all = nr_free_pages();
	return 0;
}

static bool reserved(phys_addr_t pa)
{
	phys_addr_t off = pa - HOST_RAM_BASE;

	return off < 0x3000 || off >= HOST_RAM_SIZE - 0x2000 || (off >= 0x10000 && off < 0x20000) ||
	       (off >= 0x3000000 && off < 0x3003000) || (off >= 0x2000000 && off < 0x2002000) ||
	       (off >= 0x1801000 && off < 0x1814000) || (pa >= table && pa < table + 0x4000);
}

/* Every page once: none of them reserved, none twice; and all of them come back as blocks. */
static void all_pages(void **state)
{
	static u8 seen[HOST_RAM_SIZE / PAGE_SIZE];
	struct page **p = malloc(all * sizeof(*p));

	(void)state;
	for (ulong i = 0; i < all; i++) {
		phys_addr_t pa;

		p[i] = alloc_pages(0);
		assert_non_null(p[i]);
		pa = page_to_phys(p[i]);
		assert_false(reserved(pa));
		assert_false(seen[(pa - HOST_RAM_BASE) / PAGE_SIZE]);
		seen[(pa - HOST_RAM_BASE) / PAGE_SIZE] = 1;
		assert_ptr_equal(phys_to_page(pa), p[i]);
		memset(page_address(p[i]), 0xaa, PAGE_SIZE);
	}
	assert_null(alloc_pages(0));
	assert_int_equal(nr_free_pages(), 0);
	for (ulong i = 0; i < all; i++)
		put_page(p[(i * 7919) % all]);
	assert_int_equal(nr_free_pages(), all);
	assert_non_null(p[0] = alloc_pages(MAX_ORDER));
	assert_int_equal(page_to_phys(p[0]) & ((PAGE_SIZE << MAX_ORDER) - 1), 0);
	free_pages(p[0], MAX_ORDER);
	free(p);
}

/* Random orders, each block filled with its number, which must still be there in the end. */
static void random_blocks(void **state)
{
	static struct { struct page *p; u32 order; u64 mark; } b[300];
	u32 seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		u32 i, words;
		u64 *v;

		seed = seed * 1664525 + 1013904223;
		i = (seed >> 8) % ARRAY_SIZE(b);
		if (!b[i].p) {
			b[i].order = (seed >> 24) % 6;
			b[i].p = alloc_pages(b[i].order);
			if (!b[i].p)
				continue;
			assert_int_equal((page_to_phys(b[i].p) >> PAGE_SHIFT) & ((1 << b[i].order) - 1), 0);
			b[i].mark = seed;
		}
		v = page_address(b[i].p);
		words = (PAGE_SIZE << b[i].order) / 8;
		if (b[i].mark >> 32) {
			assert_true(v[0] == b[i].mark && v[words - 1] == b[i].mark);
			free_pages(b[i].p, b[i].order);
			b[i].p = NULL;
			b[i].mark = 0;
		} else {
			b[i].mark |= 1ULL << 32;
			v[0] = v[words - 1] = b[i].mark;
		}
	}
	for (u32 i = 0; i < ARRAY_SIZE(b); i++)
		if (b[i].p)
			free_pages(b[i].p, b[i].order);
	assert_int_equal(nr_free_pages(), all);
}

static void small_objects(void **state)
{
	static struct { u8 *p; size_t n; } o[2000];
	u32 seed = 3;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		u32 i;

		seed = seed * 1664525 + 1013904223;
		i = (seed >> 8) % ARRAY_SIZE(o);
		if (o[i].p) {
			for (size_t k = 0; k < o[i].n; k++)
				assert_int_equal(o[i].p[k], i & 0xff);
			kfree(o[i].p);
			o[i].p = NULL;
		} else {
			o[i].n = 1 + (seed >> 16) % (round % 5 ? 100 : 4096);
			o[i].p = kmalloc(o[i].n);
			assert_non_null(o[i].p);
			memset(o[i].p, i & 0xff, o[i].n);
		}
	}
	for (u32 i = 0; i < ARRAY_SIZE(o); i++)
		kfree(o[i].p);
	assert_int_equal(nr_free_pages(), all);
	assert_null(kmalloc(PAGE_SIZE + 1));
}

static void references(void **state)
{
	struct page *p = alloc_pages(0);
	u8 *z;

	(void)state;
	get_page(p);
	put_page(p);
	assert_int_equal(nr_free_pages(), all - 1);
	put_page(p);
	assert_int_equal(nr_free_pages(), all);
	z = get_zeroed_page();
	for (ulong i = 0; i < PAGE_SIZE; i++)
		assert_int_equal(z[i], 0);
	kfree(z);
	assert_int_equal(nr_free_pages(), all);
	assert_true(mm_is_ram(ram_base, ram_size));
	assert_false(mm_is_ram(ram_base, ram_size + 1));
	assert_false(mm_is_ram(ram_base - 1, 1));
	assert_false(mm_is_ram(ram_base + 1, ~0ULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_pages),
		cmocka_unit_test(random_blocks),
		cmocka_unit_test(small_objects),
		cmocka_unit_test(references),
	};

	memset(host_ram, 0x5a, HOST_RAM_SIZE);	/* RAM is not zero at boot */
	return cmocka_run_group_tests(tests, boot, NULL);
}
