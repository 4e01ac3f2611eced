// SPDX-License-Identifier: MIT
#include <lintel/nmi.h>
#include <asm/barrier.h>
#include <asm/irqflags.h>
#include <asm/sysreg.h>

#define ID_AA64PFR1_NMI		36
#define SCTLR_EL1_NMI		BIT(61)
#define SCTLR_EL1_SPINTMASK	BIT(62)

const char *arch_nmi_lacks(enum nmi_design d)
{
	if (d == NMI_NMI && !(read_sysreg(id_aa64pfr1_el1) >> ID_AA64PFR1_NMI & 0xf))
		return "the CPU has no FEAT_NMI";
	return NULL;
}

/* PMR takes over from DAIF.I, interrupts staying off; or superpriority from FIQ: what is masked by
 * ALLINT only, not by SP. */
void arch_nmi_start(enum nmi_design d)
{
	if (IS_ENABLED(CONFIG_NMI_PMR) && d == NMI_PMR) {
		pmr_write(PMR_IRQS_OFF);
		__asm__ volatile("msr	daifclr, %0" : : "i" (DAIF_I) : "memory");
	} else if (IS_ENABLED(CONFIG_NMI_NMI) && d == NMI_NMI) {
		u64 sctlr = read_sysreg(sctlr_el1);

		write_sysreg((sctlr | SCTLR_EL1_NMI) & ~SCTLR_EL1_SPINTMASK, sctlr_el1);
		isb();
		__asm__ volatile("msr	" __stringify(ALLINT) ", xzr" ::: "memory");
	}
}
