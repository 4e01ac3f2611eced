// SPDX-License-Identifier: MIT
/* The device tree reader: a small tree, read; then the same tree broken in many ways, where every
 * answer is right but a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lintel/errno.h>
#include <lintel/fdt.h>

/* ---- a writer ---- */

static u8 structs[4096], strings[1024];
static u32 ns, nstr;
static u8 blob[8192] __attribute__((aligned(8)));
static size_t blob_size;

static void put32(u8 *p, u32 v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}
static void word(u32 v)
{
	put32(structs + ns, v);
	ns += 4;
}
static void bytes(const void *p, u32 n)
{
	memset(structs + ns, 0, n + 4);
	memcpy(structs + ns, p, n);
	ns += ALIGN_UP(n, 4);
}
static void begin(const char *name)
{
	word(1);
	bytes(name, strlen(name) + 1);
}
static void end(void) { word(2); }
static void prop(const char *name, const void *p, u32 n)
{
	word(3);
	word(n);
	word(nstr);
	strcpy((char *)strings + nstr, name);
	nstr += strlen(name) + 1;
	bytes(p, n);
}
static void prop_s(const char *name, const char *v) { prop(name, v, strlen(v) + 1); }
static void cells(const char *name, int n, ...)
{
	u8 v[64];
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < n; i++)
		put32(v + 4 * i, va_arg(ap, u32));
	va_end(ap);
	prop(name, v, 4 * n);
}

static void finish(void)
{
	u32 rsv = 40, so = rsv + 32, sto;

	word(9);
	sto = so + ns;
	blob_size = sto + nstr;
	memset(blob, 0, sizeof(blob));
	u32 head[10] = { 0xd00dfeed, 0x100000, so, sto, rsv, 17, 16, 0, nstr, ns };
	for (int i = 0; i < 10; i++)
		put32(blob + 4 * i, head[i]);
	put32(blob + rsv, 0);
	put32(blob + rsv + 4, 0x48000000);
	put32(blob + rsv + 12, 0x1000);
	memcpy(blob + so, structs, ns);
	memcpy(blob + sto, strings, nstr);
}

static int build(void **state)
{
	(void)state;
	ns = nstr = 0;
	begin("");
	cells("#address-cells", 1, 2);
	cells("#size-cells", 1, 2);
	cells("interrupt-parent", 1, 0x8001);
	begin("chosen");
	prop_s("bootargs", "quiet init=/x");
	end();
	begin("memory@40000000");
	prop_s("device_type", "memory");
	cells("reg", 8, 0, 0x40000000, 0, 0x8000000, 1, 0, 0, 0x1000);
	end();
	begin("bus@8000000");
	cells("#address-cells", 1, 2);
	cells("#size-cells", 1, 1);
	cells("ranges", 10, 0, 0, 0, 0x8000000, 0x4000000, 3, 0, 0, 0x1c000000, 0x3000000);
	begin("inner@3");
	cells("#address-cells", 1, 1);
	cells("#size-cells", 1, 1);
	cells("ranges", 4, 0, 3, 0, 0x200000);
	begin("uart@90000");
	prop("compatible", "arm,pl011\0arm,primecell", 24);
	cells("reg", 2, 0x90000, 0x1000);
	cells("interrupts", 6, 0, 5, 4, 1, 14, 4);
	end();
	end();
	end();
	begin("uart@9040000");
	prop("compatible", "arm,pl011\0arm,primecell", 24);
	prop_s("status", "disabled");
	end();
	begin("intc@8000000");
	prop_s("compatible", "arm,gic-v3");
	cells("phandle", 1, 0x8001);
	cells("#interrupt-cells", 1, 3);
	end();
	end();
	finish();
	return 0;
}

/* ---- reading ---- */

static void reads(void **state)
{
	phys_addr_t base, size;
	u32 irq, flags;
	int node, len;

	(void)state;
	assert_null(fdt_check(blob, sizeof(blob)));
	fdt_use(blob);
	assert_true(fdt_size() <= sizeof(blob) && fdt_size() >= blob_size);

	node = fdt_path("/chosen");
	assert_string_equal(fdt_prop_string(node, "bootargs"), "quiet init=/x");
	assert_null(fdt_prop(node, "nothing", &len));

	node = fdt_path("/memory");
	assert_true(node > 0);
	assert_int_equal(node, fdt_path("/memory@40000000"));
	assert_int_equal(fdt_path("/memory@4000000"), -ENOENT);
	assert_int_equal(fdt_path("/mem"), -ENOENT);
	assert_int_equal(fdt_reg(node, 0, &base, &size), 0);
	assert_true(base == 0x40000000 && size == 0x8000000);
	assert_int_equal(fdt_reg(node, 1, &base, &size), 0);
	assert_true(base == 0x100000000 && size == 0x1000);
	assert_int_equal(fdt_reg(node, 2, &base, &size), -ENOENT);

	node = fdt_next_compatible(-1, "arm,primecell");
	assert_string_equal(fdt_node_name(node), "uart@90000");
	assert_int_equal(fdt_next_compatible(node, "arm,pl011"), -ENOENT);	/* the other is disabled */
	assert_string_equal(fdt_node_name(fdt_parent(node)), "inner@3");
	assert_int_equal(fdt_parent(fdt_path("/chosen")), 0);
	assert_int_equal(fdt_parent(0), -ENOENT);
	assert_int_equal(fdt_reg(node, 0, &base, &size), 0);
	assert_true(base == 0x1c090000 && size == 0x1000);
	assert_int_equal(fdt_irq(node, 0, &irq, &flags), 0);
	assert_int_equal(irq, 37);
	assert_int_equal(flags, 4);
	assert_int_equal(fdt_irq(node, 1, &irq, NULL), 0);
	assert_int_equal(irq, 30);
	assert_int_equal(fdt_irq(node, 2, &irq, NULL), -ENOENT);

	assert_int_equal(fdt_memreserve(0, &base, &size), 0);
	assert_true(base == 0x48000000 && size == 0x1000);
	assert_int_equal(fdt_memreserve(1, &base, &size), -ENOENT);
}

/* ---- broken ---- */

static void says(const char *msg, const char *what)
{
	assert_non_null(msg);
	if (!strstr(msg, what))
		fail_msg("\"%s\" does not say \"%s\"", msg, what);
}

static void headers(void **state)
{
	(void)state;
	says(fdt_check(blob, 4), "4 bytes");
	says(fdt_check(blob, 20), "truncated");
	put32(blob, 0xdeadbeef);
	says(fdt_check(blob, sizeof(blob)), "bad magic 0xdeadbeef, expected 0xd00dfeed");
	build(NULL);
	put32(blob + 20, 3);
	says(fdt_check(blob, sizeof(blob)), "version 3");
	build(NULL);
	says(fdt_check(blob, blob_size / 2), "passes what can be read");
	put32(blob + 8, 0x7ffffff0);
	says(fdt_check(blob, sizeof(blob)), "structure block");
	build(NULL);
	put32(blob + 12, 0xfffffff0);
	says(fdt_check(blob, sizeof(blob)), "strings block");
	build(NULL);
	put32(blob + 4, 100);
	says(fdt_check(blob, sizeof(blob)), "passes the tree's end");
}

/* Uses whatever fdt_check() let pass. */
static void walk(int node, int depth)
{
	phys_addr_t base, size;
	u32 v;
	int len;

	assert_true(depth < 100);
	(void)strlen(fdt_node_name(node));
	fdt_prop(node, "compatible", &len);
	fdt_prop_string(node, "status");
	fdt_prop_u32(node, "phandle", &v);
	fdt_reg(node, 0, &base, &size);
	fdt_irq(node, 0, &v, NULL);
	fdt_parent(node);
	for (int n = fdt_first_child(node); n >= 0; n = fdt_next_sibling(n))
		walk(n, depth + 1);
}

static void use_if_good(u8 *p, size_t n)
{
	phys_addr_t base, size;

	if (fdt_check(p, n))
		return;
	fdt_use(p);
	walk(0, 0);
	fdt_path("/bus/inner/uart");
	fdt_next_compatible(-1, "arm,pl011");
	fdt_by_phandle(0x8001);
	fdt_memreserve(1, &base, &size);
}

/* Each copy ends where the address sanitizer watches. */
static void truncated(void **state)
{
	(void)state;
	for (size_t n = 0; n <= blob_size; n++) {
		u8 *p = aligned_alloc(8, ALIGN_UP(n + 8, 8));

		/* cut, and cut with zeros behind, as memory has them */
		memset(p, 0, ALIGN_UP(n + 8, 8));
		memcpy(p, blob, n);
		if (n < blob_size)
			assert_non_null(fdt_check(p, n));
		use_if_good(p, n);
		free(p);

		p = aligned_alloc(8, ALIGN_UP(blob_size, 8));
		memset(p, 0, ALIGN_UP(blob_size, 8));
		memcpy(p, blob, n);
		use_if_good(p, blob_size);
		free(p);
	}
}

static void scrambled(void **state)
{
	u32 seed = 1;
	u8 *p = aligned_alloc(8, ALIGN_UP(blob_size, 8));

	(void)state;
	for (int round = 0; round < 60000; round++) {
		memcpy(p, blob, blob_size);
		for (u32 k = 0; k <= (u32)round % 3; k++) {
			seed = seed * 1664525 + 1013904223;
			p[(seed >> 8) % blob_size] = (round & 64) ? seed >> 3 : (seed >> 28 & 3) ? 0 : 0xff;
		}
		use_if_good(p, blob_size);
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads, build),
		cmocka_unit_test_setup(headers, build),
		cmocka_unit_test_setup(truncated, build),
		cmocka_unit_test_setup(scrambled, build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
