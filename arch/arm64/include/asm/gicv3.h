/* SPDX-License-Identifier: MIT */
/*
 * The GICv3 CPU interface. Group 0 registers serve FIQs, group 1 IRQs. Written by encoding: not
 * every assembler knows the names without an architecture extension.
 */
#ifndef ASM_GICV3_H
#define ASM_GICV3_H

#include <lintel/ptrace.h>

#define ICC_IAR0	"s3_0_c12_c8_0"
#define ICC_EOIR0	"s3_0_c12_c8_1"
#define ICC_BPR0	"s3_0_c12_c8_3"
#define ICC_SGI1R	"s3_0_c12_c11_5"
#define ICC_SGI0R	"s3_0_c12_c11_7"
#define ICC_EOIR1	"s3_0_c12_c12_1"
#define ICC_BPR1	"s3_0_c12_c12_3"
#define ICC_CTLR	"s3_0_c12_c12_4"
#define ICC_SRE		"s3_0_c12_c12_5"
#define ICC_IGRPEN0	"s3_0_c12_c12_6"
#define ICC_IGRPEN1	"s3_0_c12_c12_7"

static __always_inline ulong gicv3_read_iar0(void)
{
	u64 v;

	__asm__ volatile("mrs	%0, " ICC_IAR0 : "=r" (v) :: "memory");
	return v;
}
static __always_inline ulong gicv3_read_iar1(void)
{
	u64 v;

	__asm__ volatile("mrs	%0, " __stringify(ICC_IAR1) : "=r" (v) :: "memory");
	return v;
}
static __always_inline void gicv3_write_eoir0(ulong irq)
{
	__asm__ volatile("msr	" ICC_EOIR0 ", %0" :: "r" (irq) : "memory");
}
static __always_inline void gicv3_write_eoir1(ulong irq)
{
	__asm__ volatile("msr	" ICC_EOIR1 ", %0" :: "r" (irq) : "memory");
}
static __always_inline void gicv3_write_sgi0r(u64 v)
{
	__asm__ volatile("dsb	ishst\n\tmsr	" ICC_SGI0R ", %0\n\tisb" :: "r" (v) : "memory");
}
static __always_inline void gicv3_write_sgi1r(u64 v)
{
	__asm__ volatile("dsb	ishst\n\tmsr	" ICC_SGI1R ", %0\n\tisb" :: "r" (v) : "memory");
}

/* With NMIs that come as IRQs the door has acknowledged what it came for. */
static __always_inline ulong gicv3_first_irq(const struct pt_regs *regs)
{
	return nmi_by_irq() ? regs->irq : gicv3_read_iar1();
}
static __always_inline ulong gicv3_first_nmi(const struct pt_regs *regs)
{
	return nmi_by_irq() ? regs->irq : gicv3_read_iar0();
}
static __always_inline void gicv3_write_eoi_nmi(ulong irq)
{
	if (nmi_by_irq())
		gicv3_write_eoir1(irq);
	else
		gicv3_write_eoir0(irq);
}
/* One that comes between the door and a further acknowledgement. */
static __always_inline bool gicv3_iar1_has_nmis(void) { return nmi_by_pmr(); }

/* System registers on; all priorities pass; EOIR drops and deactivates; both groups on. */
static inline void gicv3_cpu_enable(u32 sre)
{
	__asm__ volatile(
		"msr	" ICC_SRE ", %0\n\t"
		"isb\n\t"
		"msr	" __stringify(ICC_PMR) ", %1\n\t"
		"msr	" ICC_BPR0 ", xzr\n\t"
		"msr	" ICC_BPR1 ", xzr\n\t"
		"msr	" ICC_CTLR ", xzr\n\t"
		"msr	" ICC_IGRPEN0 ", %2\n\t"
		"msr	" ICC_IGRPEN1 ", %2\n\t"
		"isb"
		:: "r" ((u64)sre), "r" (0xffUL), "r" (1UL) : "memory");
}

/* This CPU's affinity, packed as in GICR_TYPER: Aff3 Aff2 Aff1 Aff0. */
static inline u32 gicv3_affinity(void)
{
	u64 v;

	__asm__ volatile("mrs	%0, mpidr_el1" : "=r" (v));
	return (u32)((v >> 32 & 0xff) << 24 | (v & 0xffffff));
}

#endif
