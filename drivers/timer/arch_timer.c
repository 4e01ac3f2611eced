// SPDX-License-Identifier: MIT
/*
 * The generic timer. The physical timer is the tick's, an IRQ; the virtual one is the NMI's, a
 * FIQ. Both compare with the same count: CNTVOFF is 0.
 */
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/irq.h>
#include <lintel/printk.h>
#include <lintel/time.h>
#include <asm/arch_timer.h>
#include <asm/timex.h>

#define CTL_ENABLE	1U
/* Order of the node's interrupts. */
enum { IRQ_PHYS_SECURE, IRQ_PHYS, IRQ_VIRT };

u32 counter_freq;
u32 timer_irq_phys, timer_irq_virt;

void clockevent_program(u64 when)
{
	arch_timer_set_phys(when);
	arch_timer_ctl_phys(CTL_ENABLE);
}

void clockevent_stop(void)
{
	arch_timer_ctl_phys(0);
}

void nmi_timer_program(u64 when)
{
	arch_timer_set_virt(when);
	arch_timer_ctl_virt(CTL_ENABLE);
}

void nmi_timer_stop(void)
{
	arch_timer_ctl_virt(0);
}

static u32 timer_irq(int node, int idx, const char *what)
{
	u32 irq;

	if (fdt_irq(node, idx, &irq, NULL))
		panic("device tree: timer \"%s\": no usable interrupt %d (%s)", fdt_node_name(node), idx,
		      what);
	return irq;
}

/*
 * The physical timer has one interrupt in secure and another in non-secure state, and nothing
 * says which state we are in (vexpress starts secure): let it expire and see which is pending.
 */
static u32 phys_irq(int node)
{
	u32 secure = timer_irq(node, IRQ_PHYS_SECURE, "secure physical");
	u32 normal = timer_irq(node, IRQ_PHYS, "physical");
	bool is_secure;

	clockevent_program(0);
	is_secure = irq_chip->pending(secure) && !irq_chip->pending(normal);
	clockevent_stop();
	return is_secure ? secure : normal;
}

void timer_init(void)
{
	int node = fdt_next_compatible(-1, "arm,armv8-timer");

	if (node < 0)
		node = fdt_next_compatible(-1, "arm,armv7-timer");
	if (node < 0)
		panic("device tree: no timer (no node compatible with arm,armv7-timer or arm,armv8-timer)");
	counter_freq = arch_counter_freq();
	if (fdt_prop_u32(node, "clock-frequency", &counter_freq) && !counter_freq)
		panic("timer: CNTFRQ is 0 and the device tree has no clock-frequency");
	if (counter_freq < 1000 * HZ)
		panic("timer: %u Hz is too slow for a tick of %u Hz", counter_freq, HZ);
	nmi_timer_stop();
	timer_irq_phys = phys_irq(node);
	timer_irq_virt = timer_irq(node, IRQ_VIRT, "virtual");
	arch_timer_user_access();
	pr_info("timer: %u Hz, tick on interrupt %u, NMI on %u\n", counter_freq, timer_irq_phys,
		timer_irq_virt);
}
