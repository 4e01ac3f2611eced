// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lintel/boot.h>
#include <lintel/errno.h>
#include "../../fs/cpio.h"

static char archive[4096];
static size_t size;

static void member(const char *name, const char *data)
{
	size_t n = strlen(data);

	size += sprintf(archive + size, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1,
			0100755, 0, 0, 1, 0, n, 0, 0, 0, 0, strlen(name) + 1, 0);
	memcpy(archive + size, name, strlen(name) + 1);
	size = (size + strlen(name) + 1 + 3) & ~3UL;
	memcpy(archive + size, data, n);
	size = (size + n + 3) & ~3UL;
}

static int build(void **state)
{
	(void)state;
	memset(archive, 0, sizeof(archive));
	size = 0;
	member("init", "an init");
	member("./bin/sh", "a shell!!");
	member("empty", "");
	member("TRAILER!!!", "");
	return 0;
}

static void says(const char *msg, const char *what)
{
	assert_non_null(msg);
	if (!strstr(msg, what))
		fail_msg("\"%s\" does not say \"%s\"", msg, what);
}

static void reads(void **state)
{
	struct initramfs_file f;

	(void)state;
	assert_null(cpio_check(archive, size));
	assert_int_equal(initramfs_lookup("/init", &f), 0);
	assert_int_equal(f.size, 7);
	assert_memory_equal(f.data, "an init", 7);
	assert_int_equal(f.mode, 0100755);
	assert_int_equal(initramfs_lookup("/bin/sh", &f), 0);
	assert_int_equal(f.size, 9);
	assert_int_equal(initramfs_lookup("bin/sh", &f), 0);
	assert_int_equal(initramfs_lookup("/empty", &f), 0);
	assert_int_equal(f.size, 0);
	assert_int_equal(initramfs_lookup("/bin", &f), -ENOENT);
	assert_int_equal(initramfs_lookup("/TRAILER!!!", &f), -ENOENT);
	/* padding behind the trailer is nobody's business */
	assert_null(cpio_check(archive, sizeof(archive)));
}

static void broken(void **state)
{
	(void)state;
	says(cpio_check("#!/bin/sh\n", 10), "truncated at offset 0x0");
	memcpy(archive, "070707", 6);
	says(cpio_check(archive, size), "found \"070707\", expected the newc magic \"070701\"");
	memcpy(archive, "\x1f\x8b\x08\0\0\0", 6);
	says(cpio_check(archive, size), "found 1f8b08000000");
	build(NULL);
	memcpy(archive + 54, "FFFFFFF0", 8);
	says(cpio_check(archive, size), "\"init\" has 4294967280 bytes and passes the end");
	build(NULL);
	memcpy(archive + 94, "FFFFFFFF", 8);
	says(cpio_check(archive, size), "a name of 4294967295 bytes");
	build(NULL);
	archive[60] = 'g';
	says(cpio_check(archive, size), "not hexadecimal");
	build(NULL);
	archive[114] = 'x';
	says(cpio_check(archive, size), "does not end with a NUL");
	/* no trailer */
	build(NULL);
	says(cpio_check(archive, size - 124), "truncated at offset");
}

/* Every length, and every byte wrong: no answer is wrong but a read outside. */
static void truncated(void **state)
{
	(void)state;
	for (size_t n = 0; n < size; n++) {
		char *p = malloc(n + 1);

		memcpy(p, archive, n);
		if (cpio_check(p, n) == NULL)
			assert_true(n > size - 4);	/* the trailer's own padding */
		free(p);
	}
}

static void scrambled(void **state)
{
	char *p = malloc(size);
	struct initramfs_file f;

	(void)state;
	for (size_t at = 0; at < size; at++) {
		for (int v = 0; v < 256; v++) {
			memcpy(p, archive, size);
			p[at] = (char)v;
			if (!cpio_check(p, size) && !initramfs_lookup("/init", &f))
				assert_true((char *)f.data + f.size <= p + size);
		}
	}
	free(p);
	cpio_check(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads, build),
		cmocka_unit_test_setup(broken, build),
		cmocka_unit_test_setup(truncated, build),
		cmocka_unit_test_setup(scrambled, build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
