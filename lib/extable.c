// SPDX-License-Identifier: MIT
#include <lintel/ptrace.h>
#include <lintel/uaccess.h>

extern const struct extable_entry __start___ex_table[], __stop___ex_table[];

/* A handful of entries, so a plain search: nothing to sort, nothing to go stale. */
bool fixup_exception(struct pt_regs *regs)
{
	ulong pc = instruction_pointer(regs);

	for (const struct extable_entry *e = __start___ex_table; e < __stop___ex_table; e++) {
		if ((ulong)&e->insn + (ulong)(long)e->insn == pc) {
			instruction_pointer_set(regs, (ulong)&e->fixup + (ulong)(long)e->fixup);
			return true;
		}
	}
	return false;
}
