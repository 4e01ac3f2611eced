/* SPDX-License-Identifier: MIT */
/* The system registers that are the kernel's: no crossing may leave one of them changed (the sweeps look). */
#ifndef ASM_OWNED_H
#define ASM_OWNED_H

#include <lintel/printk.h>
#include <asm/sysreg.h>

#define OWNED(O)	O(sctlr_el1) O(ttbr0_el1) O(ttbr1_el1) O(tcr_el1) O(mair_el1) O(vbar_el1) \
			O(cpacr_el1) O(cntkctl_el1) O(mdscr_el1) O(tpidr_el1) O(daif) O(spsel)
enum {
#define O(name) OWNED_##name,
	OWNED(O)
#undef O
	NR_OWNED
};

static inline u64 arch_owned(u32 i)
{
	if (i == OWNED_ttbr0_el1)		/* an ASID comes and goes */
		return read_sysreg(ttbr0_el1) & 0x0000ffffffffffffUL;
	switch (i) {
#define O(name) case OWNED_##name: return read_sysreg(name);
	OWNED(O)
#undef O
	}
	return 0;
}
static inline const char *arch_owned_name(u32 i)
{
#define O(name) #name,
	static const char *const names[] = { OWNED(O) };
#undef O

	return names[i];
}
/* Register n of sweep_spin(). */
static inline const char *arch_spin_register(u32 n)
{
	static char name[16];

	snprintf(name, sizeof(name), n < 31 ? "x%u" : "flags or sp", n);
	return name;
}

#endif
