// SPDX-License-Identifier: MIT
/*
 * The doors, C half: one function for each vector and origin. Each is its contract, written out:
 * what brings the kernel's state in, the service between { and }, what takes it back. The frame
 * is saved; I is masked, F and (but in the FIQ door) A are open, DACR is closed.
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
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/syscalls.h>
#include <lintel/uaccess.h>
#include <asm/fsr.h>
#include <asm/hw_breakpoint.h>
#include <asm/semihost.h>
#include <asm/stack.h>
#include "arm.h"

enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGSEGV = 11 };
enum { SLOT_RESET, SLOT_UND, SLOT_SVC, SLOT_PABT, SLOT_DABT, SLOT_HYP, SLOT_IRQ, SLOT_FIQ, SLOT_KERNEL,
       SLOT_FORK = 16, SLOT_BAD_STACK, SLOT_FIRMWARE };

/* ---- system calls ---- */

/* syndrome: r7, the number. EABI: the immediate in the instruction is not looked at. */
DEFINE_DOOR(arm_usr_svc, DOOR_SYSCALL, SLOT_SVC, CONTRACT_USER)
{
	long nr = syscall_enter_from_user_mode(regs);

	instrumentation_begin();
	invoke_syscall(regs, nr);
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

/* ---- interrupts ---- */

DEFINE_DOOR(arm_usr_irq, DOOR_IRQ, SLOT_IRQ, CONTRACT_USER)
{
	irqentry_enter_from_user_mode(regs);

	instrumentation_begin();
	irq_enter_rcu();
	handle_arch_irq(regs);		/* the task's stack is empty: as good as the IRQ stack */
	irq_exit_rcu();
	instrumentation_end();

	irqentry_exit_to_user_mode(regs);
}

DEFINE_DOOR(arm_svc_irq, DOOR_IRQ, SLOT_KERNEL + SLOT_IRQ, CONTRACT_KERNEL)
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

/* ---- FIQ, the NMI: I, F and A masked from end to end ---- */

static __always_inline void do_fiq(struct pt_regs *regs)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	handle_arch_fiq(regs);
	instrumentation_end();

	irqentry_nmi_exit(regs, state);
}

DEFINE_DOOR(arm_usr_fiq, DOOR_FIQ, SLOT_FIQ, CONTRACT_NMI)
{
	do_fiq(regs);
}
DEFINE_DOOR(arm_svc_fiq, DOOR_FIQ, SLOT_KERNEL + SLOT_FIQ, CONTRACT_NMI)
{
	do_fiq(regs);
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

/* ---- aborts ---- */

static bool is_async(ulong fsr)
{
	return FSR_FS(fsr) == FS_ASYNC_EXTERNAL || FSR_FS(fsr) == FS_ASYNC_PARITY;
}

/* Something that more memory or another protection may cure? */
static bool is_page_fault(ulong fsr)
{
	switch (FSR_FS(fsr)) {
	case FS_TRANSLATION_SECTION: case FS_TRANSLATION_PAGE:
	case FS_PERMISSION_SECTION: case FS_PERMISSION_PAGE:
	case FS_ACCESS_SECTION: case FS_ACCESS_PAGE:
		return true;
	}
	return false;
}

static u32 data_fault_flags(ulong dfsr)
{
	return dfsr & FSR_WRITE && !(dfsr & FSR_CACHE_MAINT) ? FAULT_WRITE : 0;
}

/* Interrupts on: SIGTRAP, unless the kernel asked for it. */
static int user_debug(struct pt_regs *regs, ulong far, u32 flags)
{
	bool exec = flags == FAULT_EXEC;

	return debug_user(regs, exec ? DEBUG_EXECUTE : arm_watch_event(regs), exec ? regs->pc : far) ? 0 : SIGTRAP;
}

/* Interrupts on. Cures the fault or marks the task for death. */
static void user_abort(struct pt_regs *regs, ulong fsr, ulong far, u32 flags)
{
	int sig = SIGSEGV;

	if (is_page_fault(fsr) && far < TASK_SIZE)
		sig = handle_mm_fault(current->mm, far, flags);
	else if (FSR_FS(fsr) == FS_DEBUG)
		sig = user_debug(regs, far, flags);
	else if (is_async(fsr))
		sig = serror_expected() ? 0 : SIGBUS;
	else if (FSR_FS(fsr) == FS_ALIGNMENT || FSR_FS(fsr) == FS_EXTERNAL)
		sig = SIGBUS;
	if (sig)
		force_sig_fault(sig, arm_fault_name(fsr), sig == SIGTRAP ? regs->pc : far, regs);
}

/* The user's half of every abort and undefined instruction: the service with interrupts on. */
#define USER_FAULT(regs, service)			\
	do {						\
		irqentry_enter_from_user_mode(regs);	\
		instrumentation_begin();		\
		local_irq_enable();			\
		service;				\
		local_irq_disable();			\
		instrumentation_end();			\
		irqentry_exit_to_user_mode(regs);	\
	} while (0)

DEFINE_DOOR(arm_usr_dabt, DOOR_FAULT, SLOT_DABT, CONTRACT_USER)
{
	USER_FAULT(regs, user_abort(regs, syndrome, far, data_fault_flags(syndrome)));
}
DEFINE_DOOR(arm_usr_pabt, DOOR_FAULT, SLOT_PABT, CONTRACT_USER)
{
	USER_FAULT(regs, user_abort(regs, syndrome, far, FAULT_EXEC));
}

/* An access of the kernel: cured, if it is one of uaccess to user memory; fixed up, if the
 * exception table knows the instruction; else the end. */
static void kernel_abort(struct pt_regs *regs, ulong fsr, ulong far)
{
	bool in_uaccess = regs->dacr == DACR_UACCESS && far < TASK_SIZE;
	char what[80];

	if (in_uaccess && is_page_fault(fsr) && !in_interrupt() &&
	    !handle_mm_fault(current->mm, far, data_fault_flags(fsr)))
		return;
	if (fixup_exception(regs))
		return;
	snprintf(what, sizeof(what), "%s: kernel %s at %08lx (DFSR %03lx)", arm_fault_name(fsr),
		 fsr & FSR_WRITE ? "write" : "read", far, fsr);
	die(what, regs);
}

static void __noreturn kernel_dies(struct pt_regs *regs, const char *what, ulong syndrome, ulong far)
{
	char text[128];

	snprintf(text, sizeof(text), "%s (syndrome %03lx, address %08lx)", what, syndrome, far);
	die(text, regs);
}

/* What may have come from anywhere, and is not survived: the NMI contract's first half. */
static __always_inline void die_as_nmi(struct pt_regs *regs, const char *what, ulong syndrome, ulong far)
{
	irqentry_nmi_enter(regs);
	instrumentation_begin();
	kernel_dies(regs, what, syndrome, far);
}

/* It may come from anywhere (row 13). */
static void noinstr kernel_async_abort(struct pt_regs *regs, ulong fsr, ulong far)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	if (!serror_expected())
		kernel_dies(regs, "asynchronous abort in the kernel", fsr, far);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

static void noinstr kernel_fault(struct pt_regs *regs, ulong fsr, ulong far)
{
	irqentry_state_t state = irqentry_enter(regs);

	instrumentation_begin();
	if (!regs_irqs_disabled(regs))
		local_irq_enable();
	kernel_abort(regs, fsr, far);
	local_irq_disable();
	instrumentation_end();
	irqentry_exit(regs, state);
}

/* ---- debug exceptions: in the kernel they may come inside an NMI, or where RCU does not watch (row 12) ---- */

/* Of the instruction that a debug event was taken from; all ones if it is no BKPT. */
static __always_inline u32 bkpt_immediate(struct pt_regs *regs)
{
	u32 insn = *(u32 *)regs->pc;

	return (insn & 0xfff000f0) == 0xe1200070 ? (insn >> 4 & 0xfff0) | (insn & 0xf) : ~0U;
}

/* A breakpoint in a BKPT is taken first. */
static void do_kernel_debug(struct pt_regs *regs, enum debug_event event, ulong far)
{
	if (event != DEBUG_EXECUTE)
		event = arm_watch_event(regs);
	if (debug_kernel(regs, event, event == DEBUG_EXECUTE ? regs->pc : far) ||
	    (event == DEBUG_EXECUTE && debug_kernel(regs, DEBUG_BREAK, bkpt_immediate(regs))))
		return;
	die_break(event == DEBUG_EXECUTE ? "breakpoint in the kernel" : "watchpoint in the kernel", regs);
}

static void noinstr kernel_debug(struct pt_regs *regs, enum debug_event event, ulong far)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	do_kernel_debug(regs, event, far);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/*
 * Before V: the debug registers are off first and on again last, for the path itself may have breakpoints
 * in it. Any other exception ends a step of the instruction that it is from.
 */
static __always_inline bool debug_before(struct pt_regs *regs, ulong fsr)
{
	if (FSR_FS(fsr) == FS_DEBUG)
		debug_registers_off();
	else
		debug_step_cancel(regs);
	return false;
}

static __always_inline void debug_after(ulong fsr)
{
	if (FSR_FS(fsr) == FS_DEBUG)
		debug_registers_on();
}

/* A warning is no crossing (row 35). */
static __always_inline bool pabt_before(struct pt_regs *regs, ulong fsr)
{
	u32 immediate = FSR_FS(fsr) == FS_DEBUG ? bkpt_immediate(regs) : ~0U;

	if (immediate != ~0U) {
		debug_step_cancel(regs);
		if (warn_trap(regs, immediate))
			return true;
	}
	return debug_before(regs, fsr);
}

DEFINE_DOOR_AROUND(arm_svc_dabt, DOOR_FAULT, SLOT_KERNEL + SLOT_DABT, CONTRACT_KERNEL,
		   debug_before(regs, syndrome), debug_after(syndrome))
{
	if (unlikely(is_async(syndrome)))
		kernel_async_abort(regs, syndrome, far);
	else if (unlikely(FSR_FS(syndrome) == FS_DEBUG))
		kernel_debug(regs, DEBUG_WRITE, far);
	else
		kernel_fault(regs, syndrome, far);
}

/* The kernel's own code is always there: a breakpoint, or a jump into nowhere. */
DEFINE_DOOR_AROUND(arm_svc_pabt, DOOR_DEBUG, SLOT_KERNEL + SLOT_PABT, CONTRACT_NMI,
		   pabt_before(regs, syndrome), debug_after(syndrome))
{
	if (unlikely(FSR_FS(syndrome) != FS_DEBUG))
		die_as_nmi(regs, "the kernel executed what is no code", syndrome, far);
	kernel_debug(regs, DEBUG_EXECUTE, far);
}

/* ---- undefined instructions ---- */

#define BREAK_ARM	0xe7f001f0	/* what Linux reserves for debuggers */
#define BREAK_THUMB	0xde01
#define BREAK_THUMB2	0xa000f7f0	/* in the order of its halfwords in memory */

/* Interrupts on; reads the instruction, which may be gone by now. */
static bool is_breakpoint(struct pt_regs *regs)
{
	u32 insn = 0;

	if (!thumb_mode(regs))
		return !copy_from_user(&insn, (void *)regs->pc, 4) && insn == BREAK_ARM;
	if (copy_from_user(&insn, (void *)regs->pc, 2))
		return false;
	if (insn == BREAK_THUMB)
		return true;
	return insn == (BREAK_THUMB2 & 0xffff) && !copy_from_user(&insn, (void *)regs->pc, 4) &&
	       insn == BREAK_THUMB2;
}

static void user_undefined(struct pt_regs *regs)
{
	if (is_breakpoint(regs))
		force_sig_fault(SIGTRAP, "breakpoint instruction", regs->pc, regs);
	else
		force_sig_fault(SIGILL, "undefined instruction", regs->pc, regs);
}

DEFINE_DOOR(arm_usr_und, DOOR_UNDEF, SLOT_UND, CONTRACT_USER)
{
	USER_FAULT(regs, user_undefined(regs));
}

/* A semihosting request that nobody serves goes on at its fix-up; it may come from any report, so
 * from any state. */
DEFINE_DOOR_AROUND(arm_svc_und, DOOR_UNDEF, SLOT_KERNEL + SLOT_UND, CONTRACT_NMI,
		   debug_before(regs, 0), (void)0)
{
	irqentry_state_t state = irqentry_nmi_enter(regs);

	instrumentation_begin();
	if (!fixup_exception(regs))
		kernel_dies(regs, "undefined instruction in the kernel", 0, regs->pc);
	instrumentation_end();
	irqentry_nmi_exit(regs, state);
}

/* ---- a new task ---- */

/* syndrome: the task before it. A kernel thread's function returns only after an execve. */
DEFINE_DOOR(arm_ret_from_fork, DOOR_FORK, SLOT_FORK, CONTRACT_FORK)
{
	instrumentation_begin();
	schedule_tail((struct task_struct *)syndrome);
	if (current->thread.fn) {
		int (*fn)(void *) = current->thread.fn;

		current->thread.fn = NULL;
		fn(current->thread.arg);
	}
	instrumentation_end();
	syscall_exit_to_user_mode(regs);
}

/* ---- what must not fire ---- */

#define NEVER_DOOR(name, slot, what)				\
	DEFINE_DOOR(name, DOOR_BAD, slot, CONTRACT_NEVER)	\
	{							\
		die_as_nmi(regs, what, syndrome, far);		\
	}

/* Reset does not come through VBAR: somebody jumped to the table's first word. */
NEVER_DOOR(arm_usr_reset, SLOT_RESET, "reset vector: a wild jump to the vector table, SPSR from user mode")
NEVER_DOOR(arm_svc_reset, SLOT_KERNEL + SLOT_RESET, "reset vector: a wild jump to the vector table")
/* HVC traps go to HYP's table: the slot is reserved in this one. */
NEVER_DOOR(arm_usr_hyp, SLOT_HYP, "reserved vector: a wild jump to the vector table, SPSR from user mode")
NEVER_DOOR(arm_svc_hyp, SLOT_KERNEL + SLOT_HYP, "reserved vector: a wild jump to the vector table")
/* The kernel makes no system calls; lr_svc and the top of its stack are lost by now. */
NEVER_DOOR(arm_svc_svc, SLOT_KERNEL + SLOT_SVC, "SVC executed by the kernel")

/* Not a slot: any vector from the kernel found no room for its frame. entry.S has left the stack pointer that it could
 * not use at the top of the overflow stack. */
static __always_inline bool bad_stack_before(struct pt_regs *regs)
{
	regs->sp = *(ulong *)regs->sp;
	overflow_begins(regs);
	return false;
}

DEFINE_DOOR_AROUND(handle_bad_stack, DOOR_BAD, SLOT_BAD_STACK, CONTRACT_NEVER, bad_stack_before(regs), (void)0)
{
	irqentry_nmi_enter(regs);
	instrumentation_begin();
	die_overflow(regs);
}
