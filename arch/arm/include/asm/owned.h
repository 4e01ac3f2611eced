/* SPDX-License-Identifier: MIT */
/* The system registers that are the kernel's: no crossing may leave one of them changed (the sweeps look). */
#ifndef ASM_OWNED_H
#define ASM_OWNED_H

#include <lintel/printk.h>
#include <lintel/types.h>

#define CP15(reg)	"mrc	p15, 0, %0, " reg
#define OWNED(O)								\
	O(SCTLR, CP15("c1, c0, 0")) O(CPACR, CP15("c1, c0, 2"))			\
	O(TTBR0, CP15("c2, c0, 0")) O(TTBR1, CP15("c2, c0, 1")) O(TTBCR, CP15("c2, c0, 2")) \
	O(DACR, CP15("c3, c0, 0")) O(VBAR, CP15("c12, c0, 0"))			\
	O(TPIDRPRW, CP15("c13, c0, 4")) O(CNTKCTL, CP15("c14, c1, 0"))		\
	O(CPSR, "mrs	%0, cpsr\n\tubfx	%0, %0, #0, #10")
enum {
#define O(name, how) OWNED_##name,
	OWNED(O)
#undef O
	NR_OWNED
};

static inline u64 arch_owned(u32 i)
{
	u32 v = 0;

	switch (i) {
#define O(name, how) case OWNED_##name: __asm__ volatile(how : "=r" (v)); break;
	OWNED(O)
#undef O
	}
	return v;
}
static inline const char *arch_owned_name(u32 i)
{
#define O(name, how) #name,
	static const char *const names[] = { OWNED(O) };
#undef O

	return names[i];
}
/* Register n of sweep_spin(). */
static inline const char *arch_spin_register(u32 n)
{
	static char name[16];

	snprintf(name, sizeof(name), n < 15 ? "r%u" : "flags", n);
	return name;
}

#endif
