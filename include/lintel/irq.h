/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_IRQ_H
#define LINTEL_IRQ_H

#include <lintel/context_tracking.h>
#include <lintel/lockdep.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/ptrace.h>
#include <lintel/sched.h>

#define NR_IRQS		256	/* GIC interrupt ids: SGI 0-15, PPI 16-31, SPI 32- */
#define IRQ_FIRST_SHARED 32	/* of those below each CPU has its own */

typedef void (*irq_handler_t)(u32 irq, void *arg);

struct irq_desc { irq_handler_t handler; void *arg; const char *name; u32 count; bool nmi; };
extern struct irq_desc irq_desc[NR_IRQS];

/* Interrupts that CPUs send to themselves, or to each other. */
enum { SGI_NMI_LOG, SGI_BACKTRACE, SGI_UART, SGI_RESCHEDULE, SGI_CALL, SGI_STOP, SGI_TORTURE, SGI_TEST };

/* Install a handler and enable the interrupt. -EINVAL, -EBUSY. With nmi: highest priority, delivered
 * as nmi_design says (lintel/nmi.h); the handler runs in NMI context. */
int request_irq(u32 irq, irq_handler_t handler, void *arg, const char *name);
int request_nmi(u32 irq, irq_handler_t handler, void *arg, const char *name);

/*
 * Around every hardirq, inside irqentry_enter/exit (row 9), instrumentation allowed.
 * irq_enter_rcu: 1. H+ 2. h+ 3. irq time. irq_exit_rcu: 1. time 2. h- 3. H- 4. pending softirqs,
 * unless nested. Interrupts off in and out; softirqs run with them on.
 */
void irq_enter_account(void);	/* precise time accounting; a stopped tick catches up */
void irq_exit_account(void);	/* ... and a nohz_full CPU's stops, or goes on */
static __always_inline bool irq_wants_account(void)
{
	ulong flags = READ_ONCE(current_thread_info()->flags);

	return IS_ENABLED(CONFIG_CONTEXT_TRACKING_USER_FORCE) ||
	       unlikely(flags & (_TIF_CONTEXT_TRACKING | _TIF_IDLE));
}
DECLARE_PER_CPU(u32, softirq_bits);
static __always_inline bool softirq_pending(void) { return this_cpu_read(softirq_bits); }
void do_softirq(void);		/* interrupts off in and out */

static __always_inline void irq_enter_rcu(void)
{
	__irq_count_enter();
	lockdep_hardirq_enter();
	if (irq_wants_account())
		irq_enter_account();
}
static __always_inline void irq_exit_rcu(void)
{
	if (irq_wants_account())
		irq_exit_account();
	lockdep_hardirq_exit();
	__irq_count_exit();
	if (unlikely(softirq_pending()) && !in_interrupt())
		do_softirq();
}

/* The interrupted frame of the running handler, NULL outside (row 27). With the task, because no
 * handler survives a switch: two instructions, which no FIQ can make inconsistent. */
static __always_inline struct pt_regs *get_irq_regs(void)
{
	return current_thread_info()->irq_regs;
}
/* Returns the old one. */
static __always_inline struct pt_regs *set_irq_regs(struct pt_regs *regs)
{
	struct pt_regs *old = current_thread_info()->irq_regs;

	current_thread_info()->irq_regs = regs;
	return old;
}

/*
 * The doors' service, the interrupt controller's own function (a pointer, so that one jump leads
 * from the door to it): set_irq_regs, acknowledge and dispatch until the GIC is spurious, restore.
 * Warns if a handler opened interrupts, or if not in_hardirq(). An NMI that the IRQ path happens
 * to acknowledge goes to the NMI path. Runs on the IRQ stack.
 */
extern void (*handle_arch_irq)(struct pt_regs *regs);
/* The FIQ door's service, inside irqentry_nmi_enter/exit; tolerates a spurious number. */
extern void (*handle_arch_fiq)(struct pt_regs *regs);

static __always_inline bool irq_is_nmi(u32 irq) { return irq_desc[irq].nmi; }
void irq_check_handler(u32 irq, bool in_context);
/* One acknowledged interrupt below NR_IRQS; inline, because every instruction here is paid by
 * every interrupt. (ulong, because an index of 32 bits would be widened first.) */
static __always_inline void generic_handle_irq(ulong irq)
{
	struct irq_desc *desc = &irq_desc[irq];

	desc->handler((u32)irq, desc->arg);
	desc->count++;
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY))
		irq_check_handler((u32)irq, in_hardirq());
}
static __always_inline void generic_handle_nmi(ulong irq)
{
	struct irq_desc *desc = &irq_desc[irq];

	desc->handler((u32)irq, desc->arg);
	desc->count++;
	if (IS_ENABLED(CONFIG_DEBUG_ENTRY))
		irq_check_handler((u32)irq, in_nmi() && irq_is_nmi((u32)irq));
}
/* The IRQ path acknowledged an NMI (GICv2 with AckCtl, F masked; nmi=pmr): the NMI contract around
 * generic_handle_nmi(), inside the hardirq. kernel/irq.c. */
void handle_nmi_from_irq(u32 irq, struct pt_regs *regs);

/* What an interrupt controller driver provides (drivers/gic). */
struct irq_chip {
	const char *name;
	void (*enable)(u32 irq, bool nmi);
	void (*disable)(u32 irq);
	bool (*pending)(u32 irq);	/* also while disabled */
	void (*send_self)(u32 sgi);	/* any context; comes when it is let in, once for several */
	void (*send)(u64 cpus, u32 sgi);	/* the same to others; what was stored before is seen there */
	void (*handle_irq)(struct pt_regs *regs);	/* becomes handle_arch_irq: ack ->
							 * generic_handle_irq -> eoi, looped */
	void (*handle_fiq)(struct pt_regs *regs);	/* becomes handle_arch_fiq */
	void (*cpu_init)(void);		/* on each CPU */
	void (*cpu_exit)(void);		/* it takes no more interrupts */
	const char *(*nmi_lacks)(u32 design);	/* for this one of lintel/nmi.h; NULL: nothing */
};
extern struct irq_chip *irq_chip;

void irq_cpu_init(void);	/* on another CPU: its own of the interrupts that have a handler (SGIs, PPIs) */
void irq_init(void);		/* finds the GIC in the device tree; panics with what and where */

/* ---- softirqs ---- */
enum softirq { TIMER_SOFTIRQ, TASKLET_SOFTIRQ, RCU_SOFTIRQ, NR_SOFTIRQS };
void open_softirq(enum softirq nr, void (*fn)(void));
void raise_softirq(enum softirq nr);		/* any context but NMI */
void local_bh_disable(void);
void local_bh_enable(void);

#endif
