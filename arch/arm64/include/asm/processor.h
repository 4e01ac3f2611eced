/* SPDX-License-Identifier: MIT */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#include <lintel/nmi.h>
#include <lintel/types.h>
#include <asm/ptrace.h>

/* In every wait loop: QEMU gives the other CPUs a turn. */
static __always_inline void cpu_relax(void) { __asm__ volatile("yield" ::: "memory"); }
/*
 * Interrupts off in and out. Wakes for an interrupt even while it is masked by DAIF; but what PMR
 * masks never gets to the CPU. So with nmi=pmr they change places around WFI, and NMIs wait too.
 */
static __always_inline void cpu_wfi(void)
{
	if (!nmi_by_pmr()) {
		__asm__ volatile("dsb sy\n\twfi" ::: "memory");
		return;
	}
	__asm__ volatile(
		"msr	daifset, %2\n\t"
		"1: msr	" __stringify(ICC_PMR) ", %0\n\t"
		"dsb	sy\n\t"
		"wfi\n\t"
		"msr	" __stringify(ICC_PMR) ", %1\n\t"
		"msr	daifclr, %2\n\t"
		"2:\n\t"
		".pushsection .f_masked, \"\", %%progbits\n\t"
		".quad	1b, 2b\n\t"
		".popsection"
		:: "r" ((ulong)PMR_IRQS_ON), "r" ((ulong)PMR_IRQS_OFF), "i" (DAIF_I) : "memory");
}

/* What cpu_switch_to() keeps of a task that is not running; offsets in asm-offsets. */
struct cpu_context {
	u64	x19, x20, x21, x22, x23, x24, x25, x26, x27, x28;
	u64	fp;
	u64	sp;
	u64	pc;
};
struct fpsimd_state {
	u64	v[64];			/* v0 .. v31, two words each */
	u32	fpsr, fpcr;
} __aligned(16);
struct thread_struct {
	struct cpu_context	context;
	u64			tp_value;	/* TPIDR_EL0: user TLS */
	struct fpsimd_state	fpsimd;		/* of tasks with an mm; eager */
	/* A new kernel thread's body; NULL for a user task. ret_from_fork() reads it. */
	int			(*fn)(void *);
	void			*arg;
};

/* fpsimd.c: the live registers to a task's state, and back. */
void fpsimd_save(struct fpsimd_state *s);
void fpsimd_load(const struct fpsimd_state *s);

#endif
