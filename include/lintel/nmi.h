/* SPDX-License-Identifier: MIT */
/*
 * How an NMI is delivered. FIQ is there on every machine, and what the others fall back to.
 * docs/nmi.md compares them.
 */
#ifndef LINTEL_NMI_H
#define LINTEL_NMI_H

#include <lintel/types.h>

enum nmi_design {
	NMI_FIQ,		/* GIC group 0, a vector and a mask bit of its own */
	NMI_PMR,		/* an IRQ of a higher priority; PMR masks the others */
	NMI_NMI,		/* FEAT_NMI: an IRQ with superpriority, and PSTATE.ALLINT */
	NR_NMI_DESIGNS
};

extern u32 nmi_design;		/* the one in use; NMI_FIQ until nmi_start() */

/* What was asked for (nmi=), or NMI_FIQ with a message that says what is missing. */
enum nmi_design nmi_choose(void);
/* Changes over to it: this CPU's GIC is set up, interrupts are off and stay off. */
void nmi_start(enum nmi_design design);

#include <asm/nmi.h>

/*
 * An architecture that has more than FIQ defines both, and macros of the same names:
 *	arch_nmi_lacks()	what the CPU lacks for a design, NULL if nothing
 *	arch_nmi_start()	changes the masking; called with nmi_design still NMI_FIQ
 */
#ifndef arch_nmi_lacks
static inline const char *arch_nmi_lacks(enum nmi_design d)
{
	return d == NMI_FIQ ? NULL : "this architecture has FIQs only";
}
#endif
#ifndef arch_nmi_start
static inline void arch_nmi_start(enum nmi_design d) { (void)d; }
#endif

#endif
