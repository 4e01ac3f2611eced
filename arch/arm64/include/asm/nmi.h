/* SPDX-License-Identifier: MIT */
/*
 * NMIs other than FIQs: what the masks are, and who looks at the design in use. docs/nmi.md.
 *
 *	pmr	ICC_PMR masks interrupts, by priority; DAIF.I is closed only where F would be
 *	nmi	DAIF.I masks interrupts, PSTATE.ALLINT is closed only where F would be
 */
#ifndef ASM_NMI_H
#define ASM_NMI_H

/* Bit 7 tells one from the other. GIC_PRIO_NMI (0x20) passes both, GIC_PRIO_IRQ (0xa0) the first. */
#define PMR_IRQS_ON	0xf0
#define PMR_IRQS_OFF	0x60
#define PMR_ON_BIT	0x80

#define ICC_PMR		s3_0_c4_c6_0
#define ICC_IAR1	s3_0_c12_c12_0
#define ICC_NMIAR1	s3_0_c12_c9_5
#define ISR_IS		10		/* ISR_EL1: the IRQ that waits is an NMI */
#define PSR_ALLINT_BIT	13		/* in ALLINT and in SPSR */
#define ALLINT		s3_0_c4_c3_0

/* An IRQ may turn out to be an NMI. */
#if defined(CONFIG_NMI_PMR) || defined(CONFIG_NMI_NMI)
#define NMI_IN_IRQ_DOOR
#endif

#ifndef __ASSEMBLER__
/* (C includes lintel/nmi.h.) May be asked anywhere; not configured, it costs nothing. */
static __always_inline bool nmi_by_pmr(void)
{
#ifdef CONFIG_NMI_PMR
	return nmi_design == NMI_PMR;
#else
	return false;
#endif
}
/* The doors of the IRQ acknowledge: the number is their syndrome. */
static __always_inline bool nmi_by_irq(void)
{
#ifdef NMI_IN_IRQ_DOOR
	return nmi_design;
#else
	return false;
#endif
}

static __always_inline void pmr_write(ulong priority)
{
	__asm__ volatile("msr	" __stringify(ICC_PMR) ", %0" : : "r" (priority) : "memory");
}
static __always_inline ulong pmr_read(void)
{
	ulong v;

	__asm__ volatile("mrs	%0, " __stringify(ICC_PMR) : "=r" (v) :: "memory");
	return v;
}

/* NMIs off, in a door that opened them. */
static __always_inline void nmi_mask(void)
{
	if (nmi_by_pmr())
		__asm__ volatile("msr	daifset, #2" ::: "memory");
	else
		__asm__ volatile("msr	" __stringify(ALLINT) ", %0" : : "r" (1UL << PSR_ALLINT_BIT) : "memory");
}

const char *arch_nmi_lacks(enum nmi_design d);
void arch_nmi_start(enum nmi_design d);
#define arch_nmi_lacks arch_nmi_lacks
#define arch_nmi_start arch_nmi_start
#endif
#endif
