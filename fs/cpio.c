// SPDX-License-Identifier: MIT
/*
 * The initramfs: a newc archive, read in place. initramfs_init() walks all of it once, so that
 * a lookup only follows members that are known to be whole.
 *
 *	member: 110 bytes of header (a magic and 13 fields of 8 hexadecimal digits), the name with
 *	its NUL, padding to 4; the data, padding to 4. The last is called TRAILER!!!.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/string.h>

#include "cpio.h"

#define HEADER		110U
#define FIELD(n)	(6U + 8 * (n))
enum { F_MODE = 1, F_FILESIZE = 6, F_NAMESIZE = 11 };

static const char *archive;
static size_t archive_size;

static char message[160];

#define bad(...) (snprintf(message, sizeof(message), __VA_ARGS__), message)

static bool field(const char *header, u32 n, u32 *out)
{
	const char *s = header + FIELD(n);

	*out = 0;
	for (int i = 0; i < 8; i++) {
		u32 c = (u8)s[i], d = c - '0';

		if (d > 9) {
			d = (c | 0x20) - 'a' + 10;
			if (d < 10 || d > 15)
				return false;
		}
		*out = *out << 4 | d;
	}
	return true;
}

/* The six bytes where a magic should be, as they are or in hexadecimal. */
static const char *found(const char *p)
{
	static char text[16];
	bool print = true;

	for (int i = 0; i < 6; i++)
		print = print && p[i] >= ' ' && p[i] <= '~';
	if (print)
		snprintf(text, sizeof(text), "\"%.6s\"", p);
	else
		snprintf(text, sizeof(text), "%02x%02x%02x%02x%02x%02x", (u8)p[0], (u8)p[1], (u8)p[2],
			 (u8)p[3], (u8)p[4], (u8)p[5]);
	return text;
}

/* The member at *off, and in *off where the next one begins. NULL, or what is wrong. */
static const char *member(const char *p, size_t size, size_t *off, struct initramfs_file *f)
{
	size_t at = *off, left = size - at, data;
	u32 mode, filesize, namesize;

	if (left < HEADER)
		return bad("truncated at offset 0x%zx: %zu bytes are left, a header has %u", at, left,
			   HEADER);
	p += at;
	if (memcmp(p, "070701", 6) && memcmp(p, "070702", 6))
		return bad("at offset 0x%zx: found %s, expected the newc magic \"070701\"", at, found(p));
	if (!field(p, F_MODE, &mode) || !field(p, F_FILESIZE, &filesize) ||
	    !field(p, F_NAMESIZE, &namesize))
		return bad("header at offset 0x%zx: a field is not hexadecimal", at);
	if (!namesize || namesize > left - HEADER)
		return bad("truncated at offset 0x%zx: a name of %u bytes passes the end at 0x%zx", at,
			   namesize, size);
	if (p[HEADER + namesize - 1])
		return bad("at offset 0x%zx: the name does not end with a NUL", at);
	data = ALIGN_UP(HEADER + (size_t)namesize, 4);
	if (data > left || filesize > left - data)
		return bad("truncated at offset 0x%zx: \"%.40s\" has %u bytes and passes the end at 0x%zx",
			   at, p + HEADER, filesize, size);
	*f = (struct initramfs_file){ p + HEADER, p + data, filesize, mode };
	*off = min(size, at + ALIGN_UP(data + filesize, 4));
	return NULL;
}

static bool is_trailer(const struct initramfs_file *f)
{
	return !strcmp(f->name, "TRAILER!!!");
}

const char *cpio_check(const void *p, size_t size)
{
	struct initramfs_file f;
	const char *msg;
	size_t off = 0;

	archive = p;
	archive_size = size;
	do {
		msg = member(p, size, &off, &f);
		if (msg)
			return msg;
	} while (!is_trailer(&f));
	return NULL;
}

/* "/init", "./init" and "init" are the same file. */
static const char *plain(const char *path)
{
	for (;;) {
		if (path[0] == '/')
			path++;
		else if (path[0] == '.' && path[1] == '/')
			path += 2;
		else
			return path;
	}
}

int initramfs_lookup(const char *path, struct initramfs_file *f)
{
	size_t off = 0;

	while (archive && !member(archive, archive_size, &off, f) && !is_trailer(f))
		if (!strcmp(plain(f->name), plain(path)))
			return 0;
	return -ENOENT;
}
