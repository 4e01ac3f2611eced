/* SPDX-License-Identifier: MIT */
/* The GICv3 CPU interface, through cp15. Group 0 registers serve FIQs, group 1 IRQs. */
#ifndef ASM_GICV3_H
#define ASM_GICV3_H

#include <lintel/types.h>

static __always_inline ulong gicv3_read_iar0(void)
{
	u32 v;

	__asm__ volatile("mrc	p15, 0, %0, c12, c8, 0" : "=r" (v) :: "memory");
	return v;
}
static __always_inline ulong gicv3_read_iar1(void)
{
	u32 v;

	__asm__ volatile("mrc	p15, 0, %0, c12, c12, 0" : "=r" (v) :: "memory");
	return v;
}
static __always_inline void gicv3_write_eoir0(ulong irq)
{
	__asm__ volatile("mcr	p15, 0, %0, c12, c8, 1" :: "r" (irq) : "memory");
}
static __always_inline void gicv3_write_eoir1(ulong irq)
{
	__asm__ volatile("mcr	p15, 0, %0, c12, c12, 1" :: "r" (irq) : "memory");
}
static __always_inline void gicv3_write_sgi0r(u64 v)
{
	__asm__ volatile("dsb\n\tmcrr	p15, 2, %0, %1, c12\n\tisb" :: "r" ((u32)v), "r" ((u32)(v >> 32)) : "memory");
}
static __always_inline void gicv3_write_sgi1r(u64 v)
{
	__asm__ volatile("dsb\n\tmcrr	p15, 0, %0, %1, c12\n\tisb" :: "r" ((u32)v), "r" ((u32)(v >> 32)) : "memory");
}

/* No door has acknowledged anything yet, and NMIs are FIQs. */
#define gicv3_first_irq(regs)	gicv3_read_iar1()
#define gicv3_first_nmi(regs)	gicv3_read_iar0()
static __always_inline void gicv3_write_eoi_nmi(ulong irq) { gicv3_write_eoir0(irq); }
static __always_inline bool gicv3_iar1_has_nmis(void) { return false; }

/* System registers on; all priorities pass; EOIR drops and deactivates; both groups on. */
static inline void gicv3_cpu_enable(u32 sre)
{
	__asm__ volatile(
		"mcr	p15, 0, %0, c12, c12, 5\n\t"	/* ICC_SRE */
		"isb\n\t"
		"mcr	p15, 0, %1, c4, c6, 0\n\t"	/* ICC_PMR */
		"mcr	p15, 0, %2, c12, c8, 3\n\t"	/* ICC_BPR0 */
		"mcr	p15, 0, %2, c12, c12, 3\n\t"	/* ICC_BPR1 */
		"mcr	p15, 0, %2, c12, c12, 4\n\t"	/* ICC_CTLR */
		"mcr	p15, 0, %3, c12, c12, 6\n\t"	/* ICC_IGRPEN0 */
		"mcr	p15, 0, %3, c12, c12, 7\n\t"	/* ICC_IGRPEN1 */
		"isb"
		:: "r" (sre), "r" (0xff), "r" (0), "r" (1) : "memory");
}

/* This CPU's affinity, packed as in GICR_TYPER: Aff3 is always 0 here. */
static inline u32 gicv3_affinity(void)
{
	u32 v;

	__asm__ volatile("mrc	p15, 0, %0, c0, c0, 5" : "=r" (v));
	return v & 0xffffff;
}

#endif
