// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/mm.h>

#include "cpio.h"

/* One or two cells, as the loader likes. */
static int chosen_address(const char *name, phys_addr_t *out)
{
	int node = fdt_path("/chosen"), len;
	const u8 *p = node < 0 ? NULL : fdt_prop(node, name, &len);

	if (!p)
		return -ENOENT;
	if (len != 4 && len != 8)
		return -EINVAL;
	for (*out = 0; len--; p++)
		*out = *out << 8 | *p;
	return 0;
}

bool initramfs_range(phys_addr_t *base, phys_addr_t *size)
{
	phys_addr_t end;

	if (chosen_address("linux,initrd-start", base) || chosen_address("linux,initrd-end", &end))
		return false;
	*size = end > *base ? end - *base : 0;
	return true;
}

void initramfs_init(void)
{
	phys_addr_t base, size;
	const char *msg;

	if (!initramfs_range(&base, &size))
		panic("no initramfs: the device tree's /chosen names none; give one with -initrd initramfs.cpio");
	if (!size)
		panic("initramfs at 0x%llx: empty, or ends before it begins", (unsigned long long)base);
	if (!mm_is_ram(base, size))
		panic("initramfs at 0x%llx: its 0x%llx bytes do not lie in usable memory",
		      (unsigned long long)base, (unsigned long long)size);
	msg = cpio_check(phys_to_virt(base), size);
	if (msg)
		panic("initramfs at 0x%llx: %s", (unsigned long long)base, msg);
}
