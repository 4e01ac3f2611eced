/* SPDX-License-Identifier: MIT */
/*
 * What the two GICs share. Group 0 is the NMI, delivered as FIQ with the highest priority;
 * group 1 everything else, delivered as IRQ. A FIQ nests in an active IRQ because its priority is
 * strictly higher. With nmi=pmr and nmi=nmi it is in group 1 too, with that priority, or marked
 * in INMIR: it comes as an IRQ that less can mask.
 */
#ifndef DRIVERS_GIC_H
#define DRIVERS_GIC_H

#include <lintel/irq.h>

#define GIC_PRIO_NMI	0x20U
#define GIC_PRIO_IRQ	0xa0U
#define GIC_FIRST_SPI	32U

/* Distributor; the registers of interrupts below 32 are the CPU's own (GICv3: in the
 * redistributor's SGI frame, at the same offsets). */
#define GICD_CTLR	0x000
#define GICD_TYPER	0x004
#define GICD_IGROUPR	0x080
#define GICD_ISENABLER	0x100
#define GICD_ICENABLER	0x180
#define GICD_ISPENDR	0x200
#define GICD_ICPENDR	0x280
#define GICD_ICACTIVER	0x380
#define GICD_IPRIORITYR	0x400
#define GICD_ITARGETSR	0x800
#define GICD_ICFGR	0xc00
#define GICD_INMIR	0xf80		/* GICv3.3: a bit for each interrupt that is an NMI */

/* All interrupts from `first` up to `end` (multiples of 32) off, idle, group 1, IRQ priority. */
void gic_reset_range(void *dist, u32 first, u32 end);
/* One interrupt into its group and priority, or among the NMIs, then on. */
void gic_enable_one(void *dist, u32 irq, bool nmi);
void gic_disable_one(void *dist, u32 irq);
bool gic_pending_one(void *dist, u32 irq);
/* How many interrupt ids the distributor has, at most NR_IRQS. */
u32 gic_nr_irqs(void *dist);
/* reg entry idx of the GIC's node, mapped; panics with what is missing. */
void *gic_map(int node, int idx, const char *what);

/* Panics unless the distributor says that its architecture revision is min to max. */
void gic_check_revision(int node, void *dist, u32 pidr2, u32 min, u32 max);

void gicv2_init(int node);
void gicv3_init(int node);

#endif
