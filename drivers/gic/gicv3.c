// SPDX-License-Identifier: MIT
/*
 * GICv3: distributor, a redistributor for each CPU, and the CPU interface in system registers,
 * where each group has an acknowledge register of its own. Security disabled (DS = 1), so both
 * groups are ours. What the door of an IRQ has acknowledged already is in the frame (asm/gicv3.h).
 */
#include <lintel/bug.h>
#include <lintel/fdt.h>
#include <lintel/io.h>
#include <lintel/mm.h>
#include <lintel/nmi.h>
#include <lintel/printk.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include <asm/gicv3.h>

#include "gic.h"

#define GICD_IROUTER		0x6000		/* + 8 * irq: affinity to route an SPI to */
#define GICD_PIDR2		0xffe8		/* bits 7-4: architecture revision, 3 or 4 */
#define GICD_TYPER_NMI		(1U << 9)
#define GICD_CTLR_DS		(1U << 6)
#define GICD_CTLR_RWP		(1U << 31)
#define GICD_CTLR_ENABLE	0x13U		/* group 0, group 1, affinity routing */

#define GICR_TYPER		0x08
#define GICR_TYPER_LAST		(1U << 4)
#define GICR_TYPER_VLPIS	(1U << 1)
#define GICR_WAKER		0x14
#define GICR_WAKER_SLEEP	(1U << 1)
#define GICR_WAKER_ASLEEP	(1U << 2)
#define GICR_SGI_FRAME		0x10000
#define GICR_STRIDE		0x20000UL
#define GICR_IGRPMODR0		0xd00

#define ICC_SRE_ENABLE		0x7U
#define WAIT_LIMIT		1000000U

static char *dist;
static phys_addr_t redist_pa, redist_size;
static char *redist[CONFIG_NR_CPUS];		/* in their order, which is not that of the CPUs; as far as seen */
static u32 affinity[CONFIG_NR_CPUS];		/* by CPU */
static DEFINE_PER_CPU(char *, sgi_frame);	/* the second frame of this CPU's redistributor */

static void wait_clear(const char *reg, u32 bits, const char *what)
{
	for (u32 i = 0; readl(reg) & bits; i++) {
		if (i == WAIT_LIMIT)
			panic("GICv3: %s does not finish (reads 0x%08x)", what, readl(reg));
		cpu_relax();
	}
}

static void *bank(u32 irq)
{
	return irq < GIC_FIRST_SPI ? this_cpu_read(sgi_frame) : dist;
}

static void gicv3_enable(u32 irq, bool nmi)
{
	gic_enable_one(bank(irq), irq, nmi);
}

static void gicv3_disable(u32 irq)
{
	gic_disable_one(bank(irq), irq);
}

static bool gicv3_pending(u32 irq)
{
	return gic_pending_one(bank(irq), irq);
}

/* Aff3.Aff2.Aff1, and which 16 of that cluster, in the places of ICC_SGI1R. */
static u64 sgi_cluster(u32 aff)
{
	return (u64)(aff >> 24) << 48 | (u64)(aff >> 16 & 0xff) << 32 | (aff & 0xff00) << 8 | (u64)(aff >> 4 & 0xf) << 44;
}

static void write_sgi(u64 cluster, u32 targets, u32 sgi)
{
	u64 v = cluster | targets | sgi << 24;

	if (irq_is_nmi(sgi) && nmi_design == NMI_FIQ)
		gicv3_write_sgi0r(v);
	else
		gicv3_write_sgi1r(v);
}

static void gicv3_send_self(u32 sgi)
{
	u32 aff = gicv3_affinity();

	write_sgi(sgi_cluster(aff), 1U << (aff & 0xf), sgi);
}

/* All of a cluster at once. */
static void gicv3_send(cpumask_t cpus, u32 sgi)
{
	while (cpus) {
		u64 cluster = sgi_cluster(affinity[cpu_first(cpus)]);
		u32 targets = 0, c;

		for_each_cpu(c, cpus)
			if (sgi_cluster(affinity[c]) == cluster) {
				targets |= 1U << (affinity[c] & 0xf);
				cpus &= ~CPU_MASK(c);
			}
		write_sgi(cluster, targets, sgi);
	}
}

static void gicv3_handle_irq(struct pt_regs *regs)
{
	struct pt_regs *old = set_irq_regs(regs);

	for (ulong irq = gicv3_first_irq(regs);; irq = gicv3_read_iar1()) {
		if (unlikely(irq >= NR_IRQS))	/* spurious; others are never enabled */
			break;
		if (gicv3_iar1_has_nmis() && irq_is_nmi(irq))
			handle_nmi_from_irq(irq, regs);
		else
			generic_handle_irq(irq);
		gicv3_write_eoir1(irq);
	}
	set_irq_regs(old);
}

static void gicv3_handle_fiq(struct pt_regs *regs)
{
	ulong irq = gicv3_first_nmi(regs);
	struct pt_regs *old;

	if (irq >= NR_IRQS)
		return;
	old = set_irq_regs(regs);
	generic_handle_nmi(irq);
	set_irq_regs(old);
	gicv3_write_eoi_nmi(irq);
}

/* The redistributor of this CPU: frames follow each other, and each says whose it is. They are mapped as far as
 * somebody looks; CPUs start one after the other. */
static char *find_redist(u32 aff)
{
	phys_addr_t off = 0;

	for (u32 i = 0; i < CONFIG_NR_CPUS && off + GICR_STRIDE <= redist_size; i++) {
		u32 typer;

		if (!redist[i])
			redist[i] = ioremap(redist_pa + off, GICR_STRIDE);
		typer = readl(redist[i] + GICR_TYPER);
		if (readl(redist[i] + GICR_TYPER + 4) == aff)
			return redist[i];
		if (typer & GICR_TYPER_LAST)
			break;
		off += typer & GICR_TYPER_VLPIS ? 2 * GICR_STRIDE : GICR_STRIDE;
	}
	panic("GICv3: no redistributor for CPU affinity 0x%08x", aff);
}

static void gicv3_cpu_init(void)
{
	u32 aff = affinity[smp_processor_id()] = gicv3_affinity();
	char *r = find_redist(aff), *sgi = r + GICR_SGI_FRAME;

	writel(readl(r + GICR_WAKER) & ~GICR_WAKER_SLEEP, r + GICR_WAKER);
	wait_clear(r + GICR_WAKER, GICR_WAKER_ASLEEP, "waking the redistributor");
	this_cpu_write(sgi_frame, sgi);
	gic_reset_range(sgi, 0, GIC_FIRST_SPI);
	writel(0, sgi + GICR_IGRPMODR0);
	gicv3_cpu_enable(ICC_SRE_ENABLE);
}

static void gicv3_cpu_exit(void)
{
	gic_reset_range(this_cpu_read(sgi_frame), 0, GIC_FIRST_SPI);
}

static const char *gicv3_nmi_lacks(u32 design)
{
	if (design == NMI_PMR && !(readl(dist + GICD_CTLR) & GICD_CTLR_DS))
		return "security is on: priorities and their mask may be shifted";
	if (design == NMI_NMI && !(readl(dist + GICD_TYPER) & GICD_TYPER_NMI))
		return "the GIC has no NMIs";
	return NULL;
}

static struct irq_chip gicv3 = {
	.name		= "GICv3",
	.enable		= gicv3_enable,
	.disable	= gicv3_disable,
	.pending	= gicv3_pending,
	.send_self	= gicv3_send_self,
	.send		= gicv3_send,
	.handle_irq	= gicv3_handle_irq,
	.handle_fiq	= gicv3_handle_fiq,
	.cpu_init	= gicv3_cpu_init,
	.cpu_exit	= gicv3_cpu_exit,
	.nmi_lacks	= gicv3_nmi_lacks,
};

void gicv3_init(int node)
{
	u32 end;

	dist = gic_map(node, 0, "distributor");
	gic_check_revision(node, dist, GICD_PIDR2, 3, 4);
	if (fdt_reg(node, 1, &redist_pa, &redist_size))
		panic("device tree: interrupt controller \"%s\": no usable reg for its redistributors",
		      fdt_node_name(node));
	end = gic_nr_irqs(dist);

	writel(GICD_CTLR_DS, dist + GICD_CTLR);
	wait_clear(dist + GICD_CTLR, GICD_CTLR_RWP, "disabling the distributor");
	if (!(readl(dist + GICD_CTLR) & GICD_CTLR_DS))
		pr_warn("GICv3: security is on (GICD_CTLR 0x%08x): group 0 is out of reach, no NMI\n",
			readl(dist + GICD_CTLR));
	gic_reset_range(dist, GIC_FIRST_SPI, end);
	writel(GICD_CTLR_DS | GICD_CTLR_ENABLE, dist + GICD_CTLR);
	/* IROUTER is there only with affinity routing on. */
	for (u32 i = GIC_FIRST_SPI; i < end; i++) {
		writel(gicv3_affinity() & 0xffffff, dist + GICD_IROUTER + 8 * i);
		writel(gicv3_affinity() >> 24, dist + GICD_IROUTER + 8 * i + 4);
	}
	irq_chip = &gicv3;
}
