// SPDX-License-Identifier: MIT
/*
 * The doors of both architectures, as arch/arm/doors.c and arch/arm64/doors.c make them: the same
 * calls of entry/ in the same order. Where both have the same, there is one here. What a service
 * does is the model's choice. Slots that must not fire are left out.
 */
#include "model.h"
#include <entry/irq.h>
#include <entry/nmi.h>
#include <entry/syscall.h>
#include <lintel/bug.h>
#include <lintel/doors.h>
#include <lintel/irq.h>

static __always_inline void do_fiq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	model_nmi(regs);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

static __always_inline void do_user_fault(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	local_irq_enable();
	model_user_fault();
	local_irq_disable();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

static __always_inline void system_call(struct pt_regs *regs)
{
	syscall_enter_from_user_mode(regs);
	instrumentation_begin();
	model_syscall(regs);
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

static __always_inline void do_user_irq(struct pt_regs *regs)
{
	irqentry_enter_from_user_mode(regs);
	instrumentation_begin();
	irq_enter_rcu();
	handle_arch_irq(regs);
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit_to_user_mode(regs);
}

/* ---- the doors, and what they are called on ARMv7 and AArch64 ---- */

/* arm_usr_svc; el0t_64_sync */
DEFINE_DOOR(user_svc, DOOR_SYSCALL, 0, CONTRACT_USER) { system_call(regs); }
/* arm_usr_irq; el0t_64_irq */
DEFINE_DOOR(user_irq, DOOR_IRQ, 0, CONTRACT_USER) { do_user_irq(regs); }
/* arm_usr_fiq; el0t_64_fiq */
DEFINE_DOOR(user_fiq, DOOR_FIQ, 0, CONTRACT_NMI) { do_fiq(regs); }
/* arm_usr_dabt, arm_usr_pabt, arm_usr_und; el0t_64_sync */
DEFINE_DOOR(user_abort, DOOR_FAULT, 0, CONTRACT_USER) { do_user_fault(regs); }

/* el0t_64_error; on ARMv7 it is a user_abort */
DEFINE_DOOR(user_serror, DOOR_SERROR, 0, CONTRACT_USER)
{
	irqentry_state_t state;

	irqentry_enter_from_user_mode(regs);
	state = irqentry_nmi_enter(regs);
	instrumentation_begin();
	set_ti_thread_flag(current_thread_info(), TIF_SIGPENDING);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
	irqentry_exit_to_user_mode(regs);
}

/* arm_svc_irq; el1h_64_irq */
DEFINE_DOOR(kernel_irq, DOOR_IRQ, 0, CONTRACT_KERNEL)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	irq_enter_rcu();
	handle_arch_irq(regs);
	irq_exit_rcu();
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* arm_svc_fiq; el1h_64_fiq */
DEFINE_DOOR(kernel_fiq, DOOR_FIQ, 0, CONTRACT_NMI) { do_fiq(regs); }

/* No door of a vector, but a crossing: an NMI that the GIC's driver acknowledged as an interrupt. */
static void acknowledged_nmi(struct pt_regs *regs, ulong syndrome, ulong far)
{
	handle_nmi_from_irq(MODEL_NMI, regs);
}

/* arm_svc_dabt; el1h_64_sync */
DEFINE_DOOR(kernel_abort, DOOR_FAULT, 0, CONTRACT_KERNEL)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	if (!regs_irqs_disabled(regs))
		local_irq_enable();
	model_kernel_fault();
	local_irq_disable();
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* What may come anywhere and is survived if somebody wants it: arm_svc_dabt, arm_svc_pabt, el1h_64_sync
 * (debug exceptions); arm_svc_dabt, el1h_64_error (SErrors); arm_svc_und */
DEFINE_DOOR(kernel_fixup_nmi, DOOR_DEBUG, 0, CONTRACT_NMI)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	model_fixup();
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* el1h_64_sync (undefined instructions) */
DEFINE_DOOR(kernel_undef, DOOR_UNDEF, 0, CONTRACT_KERNEL)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	model_fixup();
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* ... or not: the same, and a stack that has run out */
DEFINE_DOOR(kernel_dies, DOOR_SERROR, 0, CONTRACT_NMI)
{
	irqentry_nmi_enter(regs);
	instrumentation_begin();
	die("an SError", regs);
}

/* arm_ret_from_fork; ret_from_fork */
DEFINE_DOOR(fork_return, DOOR_FORK, 0, CONTRACT_FORK)
{
	instrumentation_begin();
	schedule_tail(NULL);
	model_kthread_fn();
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

/* ---- all of them ---- */

#define USER	.user = true
#define SYNC	.sync = true
#define IRQ	.irq = true
#define NMI	.nmi = true
#define BOTH	(ON_ARM | ON_ARM64)
#define ROW(a, d, f, ...)	{ .name = #f, .arch = a, .door = DOOR_##d, .fn = f, ##__VA_ARGS__ }

const struct model_door model_doors[] = {
	ROW(BOTH,	SYSCALL,	user_svc, USER),
	ROW(BOTH,	IRQ,		user_irq, USER, IRQ),
	ROW(BOTH,	FIQ,		user_fiq, USER, NMI),
	ROW(BOTH,	FAULT,		user_abort, USER),
	ROW(BOTH,	UNDEF,		user_abort, USER),
	ROW(BOTH,	DEBUG,		user_abort, USER),
	ROW(ON_ARM,	SERROR,		user_abort, USER),
	ROW(ON_ARM64,	SERROR,		user_serror, USER),
	ROW(BOTH,	IRQ,		kernel_irq, IRQ),
	ROW(BOTH,	FIQ,		kernel_fiq, NMI),
	ROW(BOTH,	FIQ,		acknowledged_nmi, SYNC, NMI),
	ROW(BOTH,	DEBUG,		kernel_fixup_nmi, NMI),
	ROW(BOTH,	SERROR,		kernel_fixup_nmi, NMI),
	ROW(BOTH,	SERROR,		kernel_dies, NMI),
	ROW(BOTH,	FAULT,		kernel_abort, SYNC),
	ROW(ON_ARM,	UNDEF,		kernel_fixup_nmi, SYNC, NMI),
	ROW(ON_ARM64,	UNDEF,		kernel_undef, SYNC),
	ROW(BOTH,	FORK,		fork_return, SYNC),
};
const u32 nr_model_doors = ARRAY_SIZE(model_doors);
