// SPDX-License-Identifier: MIT
/*
 * GICv2. AckCtl is what lets one read of IAR acknowledge either group: QEMU has no aliased
 * registers for group 1. The price: an IRQ that reads IAR while an NMI waits (it became pending
 * just now, or F is masked) acknowledges the NMI, and the FIQ that was to come finds 1023. So
 * the IRQ path serves NMIs that it meets, and the FIQ path tolerates finding nothing.
 */
#include <lintel/fdt.h>
#include <lintel/io.h>
#include <lintel/nmi.h>
#include <lintel/printk.h>
#include <lintel/smp.h>
#include <asm/barrier.h>

#include "gic.h"

#define GICD_SGIR	0xf00
#define SGIR_SELF	(2U << 24)
#define SGIR_TARGETS	16
#define SGIR_GROUP1	(1U << 15)	/* else it is sent only if it is in group 0 */

#define GICC_CTLR	0x00
#define GICC_PMR	0x04
#define GICC_BPR	0x08
#define GICC_IAR	0x0c
#define GICC_EOIR	0x10

#define GICD_PIDR2	0xfe8		/* bits 7-4: architecture revision, 1 or 2 */
#define GICD_ENABLE_BOTH	0x3U
#define GICC_ENABLE		0xfU	/* EnableGrp0, EnableGrp1, AckCtl, FIQEn */
#define IAR_IRQ			0x3ffU	/* less the SGI's source CPU */

static char *dist, *cpu;
static u8 interface[CONFIG_NR_CPUS];	/* a bit: the CPU as the distributor knows it */

static void gicv2_enable(u32 irq, bool nmi)
{
	gic_enable_one(dist, irq, nmi);
}

static void gicv2_disable(u32 irq)
{
	gic_disable_one(dist, irq);
}

static bool gicv2_pending(u32 irq)
{
	return gic_pending_one(dist, irq);
}

static void write_sgir(u32 targets, u32 sgi)
{
	wmb();
	writel(targets | (irq_is_nmi(sgi) ? 0 : SGIR_GROUP1) | sgi, dist + GICD_SGIR);
}

static void gicv2_send_self(u32 sgi)
{
	write_sgir(SGIR_SELF, sgi);
}

static void gicv2_send(cpumask_t cpus, u32 sgi)
{
	u32 targets = 0, c;

	for_each_cpu(c, cpus)
		targets |= (u32)interface[c] << SGIR_TARGETS;
	write_sgir(targets, sgi);
}

static void gicv2_handle_irq(struct pt_regs *regs)
{
	struct pt_regs *old = set_irq_regs(regs);

	for (;;) {
		u32 iar = readl(cpu + GICC_IAR), irq = iar & IAR_IRQ;

		if (unlikely(irq >= NR_IRQS))	/* spurious; others are never enabled */
			break;
		if (unlikely(irq_is_nmi(irq)))
			handle_nmi_from_irq(irq, regs);
		else
			generic_handle_irq(irq);
		writel(iar, cpu + GICC_EOIR);
	}
	set_irq_regs(old);
}

static void gicv2_handle_fiq(struct pt_regs *regs)
{
	u32 iar = readl(cpu + GICC_IAR), irq = iar & IAR_IRQ;
	struct pt_regs *old;

	if (irq >= NR_IRQS)
		return;
	old = set_irq_regs(regs);
	generic_handle_nmi(irq);
	set_irq_regs(old);
	writel(iar, cpu + GICC_EOIR);
}

static void gicv2_cpu_init(void)
{
	gic_reset_range(dist, 0, GIC_FIRST_SPI);
	interface[smp_processor_id()] = (u8)readl(dist + GICD_ITARGETSR);
	writel(0xff, cpu + GICC_PMR);
	writel(0, cpu + GICC_BPR);
	writel(GICC_ENABLE, cpu + GICC_CTLR);
}

static void gicv2_cpu_exit(void)
{
	gic_reset_range(dist, 0, GIC_FIRST_SPI);
	writel(0, cpu + GICC_CTLR);
}

/* (its priority mask would do, but an access to a device is no way to mask interrupts) */
static const char *gicv2_nmi_lacks(u32 design)
{
	static const char *const lacks[] = {
		[NMI_PMR] = "GICv2 has its priority mask in memory", [NMI_NMI] = "GICv2 has no NMIs",
	};

	return lacks[design];
}

static struct irq_chip gicv2 = {
	.name		= "GICv2",
	.enable		= gicv2_enable,
	.disable	= gicv2_disable,
	.pending	= gicv2_pending,
	.send_self	= gicv2_send_self,
	.send		= gicv2_send,
	.handle_irq	= gicv2_handle_irq,
	.handle_fiq	= gicv2_handle_fiq,
	.cpu_init	= gicv2_cpu_init,
	.cpu_exit	= gicv2_cpu_exit,
	.nmi_lacks	= gicv2_nmi_lacks,
};

void gicv2_init(int node)
{
	u32 end;

	dist = gic_map(node, 0, "distributor");
	gic_check_revision(node, dist, GICD_PIDR2, 1, 2);
	cpu = gic_map(node, 1, "CPU interface");
	end = gic_nr_irqs(dist);

	writel(0, dist + GICD_CTLR);
	gic_reset_range(dist, GIC_FIRST_SPI, end);
	/* All to the first CPU. A GIC with one CPU reads and ignores these. */
	for (u32 i = GIC_FIRST_SPI; i < end; i += 4)
		writel(0x01010101, dist + GICD_ITARGETSR + i);
	writel(GICD_ENABLE_BOTH, dist + GICD_CTLR);
	irq_chip = &gicv2;
}
