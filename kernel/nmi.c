// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/nmi.h>
#include <lintel/printk.h>
#include <lintel/string.h>

#define USUAL	(IS_ENABLED(CONFIG_NMI_USUAL_PMR) ? NMI_PMR :	\
		 IS_ENABLED(CONFIG_NMI_USUAL_NMI) ? NMI_NMI : NMI_FIQ)

static const char *const names[NR_NMI_DESIGNS] = { "fiq", "pmr", "nmi" };
static enum nmi_design asked = USUAL;
u32 nmi_design;

static int set_nmi(const char *value)
{
	for (u32 i = 0; i < NR_NMI_DESIGNS; i++)
		if (!strcmp(value, names[i])) {
			asked = i;
			return 0;
		}
	return -EINVAL;
}
BOOT_PARAM("nmi", set_nmi);

static const char *not_built(enum nmi_design d)
{
	if (d == NMI_PMR && !IS_ENABLED(CONFIG_NMI_PMR))
		return "CONFIG_NMI_PMR is not set";
	return d == NMI_NMI && !IS_ENABLED(CONFIG_NMI_NMI) ? "CONFIG_NMI_NMI is not set" : NULL;
}

/* What no build could change is said first. */
static const char *lacks(enum nmi_design d)
{
	const char *what = arch_nmi_lacks(d);

	what = what ? what : irq_chip->nmi_lacks(d);
	return what ? what : not_built(d);
}

enum nmi_design nmi_choose(void)
{
	const char *what = lacks(asked);

	if (asked == NMI_FIQ || !what)
		return asked;
	pr_notice("nmi: %s is not available (%s), using fiq\n", names[asked], what);
	return NMI_FIQ;
}

void nmi_start(enum nmi_design design)
{
	arch_nmi_start(design);
	nmi_design = design;
	pr_info("nmi: %s\n", names[design]);
}
