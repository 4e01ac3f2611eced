// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/fdt.h>
#include <lintel/mm.h>

void fdt_init(void)
{
	unsigned long long pa = boot_info.dtb;
	const char *msg;
	const void *blob;
	size_t mapped;
	u32 word;

	if (!pa)
		panic("no device tree: the loader passed address 0 (QEMU passes a tree to -kernel Image, none to an ELF)");
	blob = arch_map_dtb(boot_info.dtb, &mapped);
	if (!blob)
		panic("device tree at 0x%llx: not an address it can be at", pa);
	if (!arch_probe_word(blob, &word))
		panic("device tree at 0x%llx: no memory there", pa);
	msg = fdt_check(blob, mapped);
	if (msg)
		panic("device tree at 0x%llx: %s", pa, msg);
	fdt_use(blob);
}
