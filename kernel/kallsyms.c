// SPDX-License-Identifier: MIT
/* The table that tools/kallsyms makes of the kernel's own symbols: text only, by address. */
#include <lintel/boot.h>
#include <lintel/kallsyms.h>

extern const u32 kallsyms_num, kallsyms_offsets[], kallsyms_name_offsets[];
extern const char kallsyms_names[];

const char *kallsyms_lookup(ulong addr, ulong *offset, ulong *size)
{
	ulong at = addr - (ulong)_text;
	u32 lo = 0, hi = kallsyms_num;

	if (addr < (ulong)_text || addr >= (ulong)_etext)
		return NULL;
	while (lo < hi) {
		u32 mid = (lo + hi) / 2;

		if (kallsyms_offsets[mid] <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	*offset = at - kallsyms_offsets[lo - 1];
	*size = (lo < kallsyms_num ? kallsyms_offsets[lo] : (ulong)(_etext - _text)) -
		kallsyms_offsets[lo - 1];
	return kallsyms_names + kallsyms_name_offsets[lo - 1];
}
