// SPDX-License-Identifier: MIT
/*
 * The doors: each vector slot's C function. All of them are entered with I masked and the frame
 * complete; D, A and F are as entry.S says. Between entry/'s enter and exit they call the one
 * service they are for.
 */
#include <entry/irq.h>
#include <entry/nmi.h>
#include <entry/syscall.h>
#include <lintel/bug.h>
#include <lintel/crash.h>
#include <lintel/doors.h>
#include <lintel/firmware.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/irq.h>
#include <lintel/mm.h>
#include <lintel/sched.h>
#include <lintel/syscalls.h>
#include <lintel/uaccess.h>
#include <asm/esr.h>
#include <asm/stack.h>

#define SIGILL	4
#define SIGTRAP	5
#define SIGBUS	7
#define SIGFPE	8
#define SIGSEGV	11

/* Slots in the order of the vector table, then ways into C without a vector. */
enum {
	SLOT_EL1T_SYNC, SLOT_EL1T_IRQ, SLOT_EL1T_FIQ, SLOT_EL1T_ERROR,
	SLOT_EL1H_SYNC, SLOT_EL1H_IRQ, SLOT_EL1H_FIQ, SLOT_EL1H_ERROR,
	SLOT_EL0_SYNC, SLOT_EL0_IRQ, SLOT_EL0_FIQ, SLOT_EL0_ERROR,
	SLOT_EL0_32_SYNC, SLOT_EL0_32_IRQ, SLOT_EL0_32_FIQ, SLOT_EL0_32_ERROR,
	SLOT_FORK, SLOT_BAD_STACK, SLOT_FIRMWARE,
};

/*
 * One slot, two contracts, where an NMI comes as an IRQ. What was acknowledged says which it is,
 * and if interrupts were off it can be nothing else, even if it has gone away since.
 */
#ifdef NMI_IN_IRQ_DOOR
#define OR_NMI(contract)	contract##_OR_NMI
#else
#define OR_NMI(contract)	contract
#endif
static __always_inline bool is_nmi(const struct pt_regs *regs, ulong irq)
{
	return nmi_by_irq() && (regs_irqs_disabled(regs) || (irq < NR_IRQS && irq_is_nmi((u32)irq)));
}

/* (not asked without a ring) */
static __always_inline __unused enum door which_door(const struct pt_regs *regs, enum door door,
						     ulong syndrome)
{
	if (door == DOOR_IRQ)
		return is_nmi(regs, syndrome) ? DOOR_FIQ : DOOR_IRQ;
	return esr_door(door, syndrome);
}

/* ---- services, instrumentable ---- */

static bool is_mm_fault(ulong esr)
{
	ulong type = esr & ESR_FSC_TYPE_MASK;

	return type == ESR_FSC_TRANSLATION || type == ESR_FSC_ACCESS || type == ESR_FSC_PERMISSION;
}

static u32 mm_fault_flags(ulong esr)
{
	u32 ec = esr_class(esr);

	if (ec == ESR_EC_IABT_LOW || ec == ESR_EC_IABT_CUR)
		return FAULT_EXEC;
	/* Cache maintenance by address reports a write, but needs only to read. */
	return (esr & (ESR_WNR | ESR_CM)) == ESR_WNR ? FAULT_WRITE : 0;
}

/* An abort of user mode; interrupts on. */
static void do_user_abort(struct pt_regs *regs, ulong esr, ulong far)
{
	int sig = SIGBUS;

	if (is_mm_fault(esr))
		sig = handle_mm_fault(current->mm, far, mm_fault_flags(esr));
	if (sig)
		force_sig_fault(sig, esr_fault_name(esr), far, regs);
}

/* Everything of user mode that ends in a signal; interrupts on. */
static void do_user_signal(struct pt_regs *regs, ulong esr, ulong far)
{
	const char *why = esr_class_name(esr);

	switch (esr_class(esr)) {
	case ESR_EC_PC_ALIGN:
		return force_sig_fault(SIGBUS, why, far, regs);
	case ESR_EC_SP_ALIGN:
		return force_sig_fault(SIGBUS, why, regs->sp, regs);
	case ESR_EC_WATCHPT_LOW:
		return force_sig_fault(SIGTRAP, why, far, regs);
	case ESR_EC_BREAKPT_LOW:
	case ESR_EC_SOFTSTP_LOW:
	case ESR_EC_BRK64:
		return force_sig_fault(SIGTRAP, why, regs->pc, regs);
	case ESR_EC_FP_EXC64:
		return force_sig_fault(SIGFPE, why, regs->pc, regs);
	default:
		return force_sig_fault(SIGILL, why, regs->pc, regs);
	}
}

extern char __uaccess_start[], __uaccess_end[];

/* May this fault of the kernel be served like one of user mode's? Only if it is an access to user
 * memory by the functions that are for it, where sleeping is allowed. */
static bool is_uaccess_fault(struct pt_regs *regs, ulong esr, ulong far)
{
	return is_mm_fault(esr) && esr_class(esr) == ESR_EC_DABT_CUR && far < TASK_SIZE &&
	       regs->pc >= (ulong)__uaccess_start && regs->pc < (ulong)__uaccess_end &&
	       current->mm && !preempt_count() && !regs_irqs_disabled(regs);
}

/* Interrupts as the interrupted code had them. */
static void do_kernel_abort(struct pt_regs *regs, ulong esr, ulong far)
{
	if (is_uaccess_fault(regs, esr, far) &&
	    !handle_mm_fault(current->mm, far, mm_fault_flags(esr)))
		return;
	if (!fixup_exception(regs))
		die(esr_fault_name(esr), regs);
}

static void do_kernel_undef(struct pt_regs *regs, ulong esr)
{
	if (!fixup_exception(regs))
		die(esr_class_name(esr), regs);
}

static bool debug_exception(struct pt_regs *regs, ulong esr, ulong far)
{
	bool (*service)(struct pt_regs *, enum debug_event, ulong) = user_mode(regs) ? debug_user : debug_kernel;

	switch (esr_class(esr)) {
	case ESR_EC_BREAKPT_LOW: case ESR_EC_BREAKPT_CUR:
		return service(regs, DEBUG_EXECUTE, regs->pc);
	case ESR_EC_WATCHPT_LOW: case ESR_EC_WATCHPT_CUR:
		return service(regs, esr & ESR_WNR ? DEBUG_WRITE : DEBUG_READ, far);
	case ESR_EC_SOFTSTP_LOW: case ESR_EC_SOFTSTP_CUR:
		return service(regs, DEBUG_STEP, regs->pc);
	case ESR_EC_BRK64:
		return service(regs, DEBUG_BREAK, esr & ESR_BRK_MASK);
	}
	return false;
}

/* In an NMI. */
static void do_kernel_debug(struct pt_regs *regs, ulong esr, ulong far)
{
	if (!debug_exception(regs, esr, far) && !fixup_exception(regs))
		die_break(esr_class_name(esr), regs);
}

/* ---- from user mode ---- */

static __always_inline void el0_svc(struct pt_regs *regs)
{
	long nr = syscall_enter_from_user_mode(regs);

	instrumentation_begin();
	invoke_syscall(regs, nr);
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

/* All that is not a system call: interrupts open for the service, which may sleep. */
static void noinstr el0_exception(struct pt_regs *regs, ulong esr, ulong far)
{
	u32 ec = esr_class(esr);

	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	local_irq_enable();
	if (ec == ESR_EC_DABT_LOW || ec == ESR_EC_IABT_LOW)
		do_user_abort(regs, esr, far);
	else if (!debug_exception(regs, esr, far))
		do_user_signal(regs, esr, far);
	local_irq_disable();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

DEFINE_DOOR(el0t_64_sync, DOOR_SYSCALL, SLOT_EL0_SYNC, CONTRACT_USER)
{
	if (likely(esr_class(syndrome) == ESR_EC_SVC64))
		el0_svc(regs);
	else
		el0_exception(regs, syndrome, far);
}

static __always_inline void do_fiq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	handle_arch_fiq(regs);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* Masked up to the reload, like a FIQ: the next one must not come as soon as the GIC is told that
 * this one is done. */
static __always_inline void irq_as_nmi(struct pt_regs *regs)
{
	nmi_mask();
	do_fiq(regs);
}

/* The thread stack is empty but for the frame: no need for another. */
static __always_inline void el0_irq(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	irq_enter_rcu();
	handle_arch_irq(regs);
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

DEFINE_DOOR(el0t_64_irq, DOOR_IRQ, SLOT_EL0_IRQ, OR_NMI(CONTRACT_USER))
{
	if (is_nmi(regs, syndrome))
		irq_as_nmi(regs);
	else
		el0_irq(regs);
}

static void noinstr no_fiq(struct pt_regs *regs);

DEFINE_DOOR(el0t_64_fiq, DOOR_FIQ, SLOT_EL0_FIQ, CONTRACT_NMI)
{
	if (unlikely(nmi_by_irq()))
		no_fiq(regs);
	do_fiq(regs);
}

/* The user's part is like an interrupt's, so that its death gets delivered; the report is an
 * NMI's, because SErrors come anywhere (row 13). */
DEFINE_DOOR(el0t_64_error, DOOR_SERROR, SLOT_EL0_ERROR, CONTRACT_USER)
{
	irqentry_state_t state;

	irqentry_enter_from_user_mode(regs);
	state = irqentry_nmi_enter(regs);
	instrumentation_begin();
	if (!serror_expected())
		force_sig_fault(SIGBUS, "SError", regs->pc, regs);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
	irqentry_exit_to_user_mode(regs);
}

/* No 32-bit program is ever started, so nothing runs that could get here. Should it all the same,
 * it is the program that dies, not the kernel. */
static __always_inline void el0_32(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	local_irq_enable();
	force_sig_fault(SIGILL, "AArch32 state", regs->pc, regs);
	local_irq_disable();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}
DEFINE_DOOR(el0t_32_sync, DOOR_BAD, SLOT_EL0_32_SYNC, CONTRACT_USER) { el0_32(regs); }
DEFINE_DOOR(el0t_32_irq, DOOR_BAD, SLOT_EL0_32_IRQ, CONTRACT_USER) { el0_32(regs); }
DEFINE_DOOR(el0t_32_fiq, DOOR_BAD, SLOT_EL0_32_FIQ, CONTRACT_USER) { el0_32(regs); }
DEFINE_DOOR(el0t_32_error, DOOR_BAD, SLOT_EL0_32_ERROR, CONTRACT_USER) { el0_32(regs); }

/* ---- from the kernel ---- */

static void noinstr el1_abort(struct pt_regs *regs, ulong esr, ulong far)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	if (!regs_irqs_disabled(regs))
		local_irq_enable();
	do_kernel_abort(regs, esr, far);
	local_irq_disable();
	instrumentation_end();
	irqentry_exit(regs, state);
}

static void noinstr el1_undef(struct pt_regs *regs, ulong esr)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	do_kernel_undef(regs, esr);
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* A debug exception may come inside an NMI, or where RCU does not watch: row 12. */
static void noinstr el1_debug(struct pt_regs *regs, ulong esr, ulong far)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	do_kernel_debug(regs, esr, far);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/*
 * Before V, D masked. A warning is no crossing (row 35). A debug exception keeps D masked from end to end, for its own
 * path may have breakpoints in it (row 12); everything else goes on with D as it was.
 */
static __always_inline bool el1_sync_before(struct pt_regs *regs, ulong esr)
{
	u32 ec = esr_class(esr);

	if (ec == ESR_EC_BRK64 || !esr_is_debug(ec))
		debug_step_cancel(regs);
	if (ec == ESR_EC_BRK64 && warn_trap(regs, esr & ESR_BRK_MASK))
		return true;
	if (!esr_is_debug(ec) && !(regs->pstate & PSR_D_BIT))
		__asm__ volatile("msr daifclr, %0" : : "i" (DAIF_D) : "memory");
	return false;
}

DEFINE_DOOR_AROUND(el1h_64_sync, DOOR_FAULT, SLOT_EL1H_SYNC, CONTRACT_KERNEL,
		   el1_sync_before(regs, syndrome), (void)0)
{
	switch (esr_class(syndrome)) {
	case ESR_EC_DABT_CUR:
	case ESR_EC_IABT_CUR:
		el1_abort(regs, syndrome, far);
		break;
	case ESR_EC_BREAKPT_CUR:
	case ESR_EC_SOFTSTP_CUR:
	case ESR_EC_WATCHPT_CUR:
	case ESR_EC_BRK64:
		el1_debug(regs, syndrome, far);
		break;
	default:
		el1_undef(regs, syndrome);
	}
}

/* On the IRQ stack, unless the interrupted code is there already (a softirq, say): row 27. */
static __always_inline void el1_irq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	irq_enter_rcu();
	if (on_thread_stack())
		call_on_irq_stack(handle_arch_irq, regs);
	else
		handle_arch_irq(regs);
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit(regs, state);
}

DEFINE_DOOR(el1h_64_irq, DOOR_IRQ, SLOT_EL1H_IRQ, OR_NMI(CONTRACT_KERNEL))
{
	if (is_nmi(regs, syndrome))
		irq_as_nmi(regs);
	else
		el1_irq(regs);
}

DEFINE_DOOR(el1h_64_fiq, DOOR_FIQ, SLOT_EL1H_FIQ, CONTRACT_NMI)
{
	if (unlikely(nmi_by_irq()))
		no_fiq(regs);
	do_fiq(regs);
}

static __always_inline void die_as_nmi(struct pt_regs *regs, const char *what)
{
	irqentry_nmi_enter(regs);
	instrumentation_begin();
	die(what, regs);
}

DEFINE_DOOR(el1h_64_error, DOOR_SERROR, SLOT_EL1H_ERROR, CONTRACT_NMI)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	if (!serror_expected())
		die("SError in the kernel", regs);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* ---- an event of the firmware: an NMI that comes through no vector (row 41) ---- */

DEFINE_DOOR(firmware_event, DOOR_FIQ, SLOT_FIRMWARE, CONTRACT_NMI)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	handle_firmware_event(regs, syndrome);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* ---- never ---- */

static void noinstr no_fiq(struct pt_regs *regs)
{
	die_as_nmi(regs, "FIQ, but NMIs are IRQs here");
}

/* The kernel runs with SP_EL1 from its first instruction: somebody wrote SPSel, or returned with
 * a damaged SPSR. */
DEFINE_DOOR(el1t_64_sync, DOOR_BAD, SLOT_EL1T_SYNC, CONTRACT_NEVER)
{
	die_as_nmi(regs, "sync exception from EL1 on SP_EL0: the kernel left its stack pointer");
}
DEFINE_DOOR(el1t_64_irq, DOOR_BAD, SLOT_EL1T_IRQ, CONTRACT_NEVER)
{
	die_as_nmi(regs, "IRQ from EL1 on SP_EL0: the kernel left its stack pointer");
}
DEFINE_DOOR(el1t_64_fiq, DOOR_BAD, SLOT_EL1T_FIQ, CONTRACT_NEVER)
{
	die_as_nmi(regs, "FIQ from EL1 on SP_EL0: the kernel left its stack pointer");
}
DEFINE_DOOR(el1t_64_error, DOOR_BAD, SLOT_EL1T_ERROR, CONTRACT_NEVER)
{
	die_as_nmi(regs, "SError from EL1 on SP_EL0: the kernel left its stack pointer");
}

/* Not a slot: any slot from EL1 found no room for its frame. regs->sp is SP as it was. */
DEFINE_DOOR_AROUND(handle_bad_stack, DOOR_BAD, SLOT_BAD_STACK, CONTRACT_NEVER,
		   (overflow_begins(regs), false), (void)0)
{
	irqentry_nmi_enter(regs);
	instrumentation_begin();
	die_overflow(regs);
}

/* ---- a new task ---- */

/* A user task's frame is a copy of its parent's. A kernel thread gets here with an empty one, and
 * comes back from its function only as a user task, with a frame that exec made. */
DEFINE_DOOR(ret_from_fork, DOOR_FORK, SLOT_FORK, CONTRACT_FORK)
{
	struct thread_struct *t = &current->thread;

	instrumentation_begin();
	schedule_tail((struct task_struct *)syndrome);
	if (t->fn)
		t->fn(t->arg);
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}
