// SPDX-License-Identifier: MIT
#include <lintel/bug.h>
#include <lintel/fdt.h>
#include <lintel/io.h>
#include <lintel/mm.h>
#include <lintel/nmi.h>
#include <lintel/printk.h>

#include "gic.h"

struct irq_chip *irq_chip;
void (*handle_arch_irq)(struct pt_regs *regs), (*handle_arch_fiq)(struct pt_regs *regs);

void gic_reset_range(void *dist, u32 first, u32 end)
{
	char *d = dist;

	for (u32 i = first; i < end; i += 32) {
		writel(~0U, d + GICD_ICENABLER + i / 8);
		writel(~0U, d + GICD_ICPENDR + i / 8);
		writel(~0U, d + GICD_ICACTIVER + i / 8);
		writel(~0U, d + GICD_IGROUPR + i / 8);
	}
	for (u32 i = first; i < end; i += 4)
		writel(GIC_PRIO_IRQ * 0x01010101U, d + GICD_IPRIORITYR + i);
}

void gic_enable_one(void *dist, u32 irq, bool nmi)
{
	char *d = dist;
	char *group = d + GICD_IGROUPR + irq / 32 * 4;
	char *inmir = d + GICD_INMIR + irq / 32 * 4;
	u32 bit = 1U << irq % 32;
	bool fiq = nmi && nmi_design == NMI_FIQ;

	writeb(nmi ? GIC_PRIO_NMI : GIC_PRIO_IRQ, d + GICD_IPRIORITYR + irq);
	writel(fiq ? readl(group) & ~bit : readl(group) | bit, group);
	if (nmi_design == NMI_NMI)
		writel(nmi ? readl(inmir) | bit : readl(inmir) & ~bit, inmir);
	writel(bit, d + GICD_ISENABLER + irq / 32 * 4);
}

void gic_disable_one(void *dist, u32 irq)
{
	writel(1U << irq % 32, (char *)dist + GICD_ICENABLER + irq / 32 * 4);
}

bool gic_pending_one(void *dist, u32 irq)
{
	return readl((char *)dist + GICD_ISPENDR + irq / 32 * 4) & 1U << irq % 32;
}

u32 gic_nr_irqs(void *dist)
{
	u32 n = ((readl((char *)dist + GICD_TYPER) & 0x1f) + 1) * 32;

	return min(n, (u32)NR_IRQS);
}

void *gic_map(int node, int idx, const char *what)
{
	phys_addr_t base, size;

	if (fdt_reg(node, idx, &base, &size))
		panic("device tree: interrupt controller \"%s\": no usable reg for its %s",
		      fdt_node_name(node), what);
	return ioremap(base, (size_t)size);
}

void gic_check_revision(int node, void *dist, u32 pidr2, u32 min, u32 max)
{
	u32 revision = readl((char *)dist + pidr2) >> 4 & 0xf;

	if (revision < min || revision > max)
		panic("interrupt controller \"%s\": the distributor's architecture revision is %u, expected %u or %u",
		      fdt_node_name(node), revision, min, max);
}

static const struct {
	const char *compatible;
	void (*init)(int node);
} known[] = {
	{ "arm,gic-v3",		gicv3_init },
	{ "arm,cortex-a15-gic",	gicv2_init },
	{ "arm,gic-400",	gicv2_init },
	{ "arm,cortex-a9-gic",	gicv2_init },
	{ "arm,cortex-a7-gic",	gicv2_init },
};

/* The interrupt controller that the root's interrupts go to, if it is none that we know. */
static void __noreturn unknown_gic(void)
{
	const char *known_list = "arm,gic-v3, arm,cortex-a15-gic, arm,gic-400, arm,cortex-a9-gic or arm,cortex-a7-gic";
	const char *compatible = NULL;
	u32 phandle;
	int node = -1;

	if (!fdt_prop_u32(0, "interrupt-parent", &phandle))
		node = fdt_by_phandle(phandle);
	if (node >= 0)
		compatible = fdt_prop_string(node, "compatible");
	if (compatible)
		panic("device tree: unknown interrupt controller \"%s\" (\"%s\"), expected %s",
		      fdt_node_name(node), compatible, known_list);
	panic("device tree: no interrupt controller (no node compatible with %s)", known_list);
}

void irq_init(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(known); i++) {
		int node = fdt_next_compatible(-1, known[i].compatible);

		if (node >= 0) {
			known[i].init(node);
			irq_chip->cpu_init();
			handle_arch_irq = irq_chip->handle_irq;
			handle_arch_fiq = irq_chip->handle_fiq;
			pr_info("irq: %s, \"%s\"\n", irq_chip->name, fdt_node_name(node));
			nmi_start(nmi_choose());
			return;
		}
	}
	unknown_gic();
}
