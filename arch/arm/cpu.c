// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/percpu.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <asm/barrier.h>
#include <asm/cpu.h>
#include <asm/processor.h>
#include <asm/stack.h>

DEFINE_PER_CPU(ulong, overflow_stack_top) = (ulong)init_overflow_stack + OVERFLOW_STACK_SIZE;
DEFINE_PER_CPU(ulong, irq_stack_top) = (ulong)init_irq_stack + THREAD_SIZE;

#define MVFR0_SIMD_REGS(m)	((m) & 0xf)	/* 2: d0-d31 */
#define PFR1_TIMER(p)		((p) >> 16 & 0xf)
#define CNTKCTL_PL0VCTEN	2		/* user mode may read CNTVCT, and no more */

static u32 read_id_pfr1(void)
{
	u32 v;

	__asm__ volatile("mrc p15, 0, %0, c0, c1, 1" : "=r" (v));
	return v;
}

u64 arch_cpu_affinity(void)
{
	u32 v;

	__asm__("mrc	p15, 0, %0, c0, c0, 5" : "=r" (v));
	return v & MPIDR_AFFINITY;
}

void arch_early_init(void)
{
	u32 mvfr0;

	__asm__ volatile("cpsie	af" ::: "memory");
	mvfr0 = vfp_enable();
	if (MVFR0_SIMD_REGS(mvfr0) != 2)
		panic("this CPU lacks the registers d16-d31 (MVFR0 0x%08x)", mvfr0);
	if (!PFR1_TIMER(read_id_pfr1()))
		panic("this CPU lacks the generic timer (ID_PFR1 0x%08x)", read_id_pfr1());
	__asm__ volatile("mcr	p15, 0, %0, c14, c1, 0" : : "r" (CNTKCTL_PL0VCTEN));
	isb();
}

static const struct { u16 part; const char *name; } parts[] = {
	{ 0xc05, "Cortex-A5" }, { 0xc07, "Cortex-A7" }, { 0xc08, "Cortex-A8" }, { 0xc09, "Cortex-A9" },
	{ 0xc0d, "Cortex-A17" }, { 0xc0e, "Cortex-A17" }, { 0xc0f, "Cortex-A15" },
};

void arch_cpu_name(char *buf, size_t size)
{
	const char *name = NULL;
	u32 midr;

	__asm__("mrc	p15, 0, %0, c0, c0, 0" : "=r" (midr));
	for (u32 i = 0; i < ARRAY_SIZE(parts); i++)
		if (midr >> 24 == 0x41 && (midr >> 4 & 0xfff) == parts[i].part)
			name = parts[i].name;
	if (name)
		snprintf(buf, size, "%s r%up%u", name, midr >> 20 & 0xf, midr & 0xf);
	else
		snprintf(buf, size, "ARMv7 MIDR 0x%08x", midr);
}
