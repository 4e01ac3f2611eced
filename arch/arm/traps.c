// SPDX-License-Identifier: MIT
/* Reports: what the frame and the fault status registers say, in words. */
#include <lintel/bug.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <asm/entry-common.h>
#include <asm/fsr.h>
#include <asm/irqflags.h>
#include <asm/pgtable.h>
#include <asm/stack.h>
#include "arm.h"

const char *arm_fault_name(ulong fsr)
{
	switch (FSR_FS(fsr)) {
	case 0:				return "none";
	case FS_ALIGNMENT:		return "alignment fault";
	case FS_DEBUG:			return "debug event";
	case FS_ACCESS_SECTION:		return "access flag fault, section";
	case FS_TRANSLATION_SECTION:	return "translation fault, section";
	case FS_ACCESS_PAGE:		return "access flag fault, page";
	case FS_TRANSLATION_PAGE:	return "translation fault, page";
	case FS_EXTERNAL:		return "external abort";
	case FS_DOMAIN_SECTION:		return "domain fault, section";
	case FS_DOMAIN_PAGE:		return "domain fault, page";
	case FS_PERMISSION_SECTION:	return "permission fault, section";
	case FS_PERMISSION_PAGE:	return "permission fault, page";
	case 0x04:			return "instruction cache maintenance fault";
	case 0x0c: case 0x0e:		return "external abort on a table walk";
	case 0x10:			return "TLB conflict";
	case FS_ASYNC_EXTERNAL:		return "asynchronous external abort";
	case FS_ASYNC_PARITY:		return "asynchronous parity error";
	case 0x19:			return "parity error";
	case 0x1c: case 0x1e:		return "parity error on a table walk";
	}
	return "unknown fault status";
}

static const char *mode_name(ulong psr)
{
	switch (psr & MODE_MASK) {
	case USR_MODE: return "USR";
	case FIQ_MODE: return "FIQ";
	case IRQ_MODE: return "IRQ";
	case SVC_MODE: return "SVC";
	case ABT_MODE: return "ABT";
	case HYP_MODE: return "HYP";
	case UND_MODE: return "UND";
	case SYS_MODE: return "SYS";
	}
	return "no mode";
}

static void show_psr(ulong psr)
{
	printk(LOG_EMERG, "  cpsr %08lx: %c%c%c%c %s, %s, masked:%s%s%s%s\n", psr,
	       psr >> 31 & 1 ? 'N' : 'n', psr >> 30 & 1 ? 'Z' : 'z', psr >> 29 & 1 ? 'C' : 'c',
	       psr >> 28 & 1 ? 'V' : 'v', mode_name(psr), psr & PSR_T_BIT ? "Thumb" : "ARM",
	       psr & PSR_A_BIT ? " A" : "", psr & PSR_I_BIT ? " I" : "", psr & PSR_F_BIT ? " F" : "",
	       psr & (PSR_A_BIT | PSR_I_BIT | PSR_F_BIT) ? "" : " nothing");
}

static void show_fault_registers(void)
{
	ulong dfsr, dfar, ifsr, ifar;

	__asm__ volatile("mrc p15, 0, %0, c5, c0, 0" : "=r" (dfsr));
	__asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r" (dfar));
	__asm__ volatile("mrc p15, 0, %0, c5, c0, 1" : "=r" (ifsr));
	__asm__ volatile("mrc p15, 0, %0, c6, c0, 2" : "=r" (ifar));
	printk(LOG_EMERG, "  latest faults: DFSR %03lx (%s, %s) DFAR %08lx; IFSR %03lx (%s) IFAR %08lx\n",
	       dfsr, arm_fault_name(dfsr), dfsr & FSR_WRITE ? "write" : "read", dfar, ifsr,
	       arm_fault_name(ifsr), ifar);
}

void arch_show_state(struct pt_regs *regs)
{
	printk(LOG_EMERG, "  pc %08lx %pS\n", regs->pc, (void *)regs->pc);
	printk(LOG_EMERG, "  lr %08lx  sp %08lx  orig_r0 %08lx  syscallno %ld\n", regs->lr, regs->sp,
	       regs->orig_r0, (long)regs->syscallno);
	printk(LOG_EMERG, "  r12 %08lx  r11 %08lx  r10 %08lx  r9 %08lx  r8 %08lx\n", regs->r[12],
	       regs->r[11], regs->r[10], regs->r[9], regs->r[8]);
	printk(LOG_EMERG, "  r7 %08lx  r6 %08lx  r5 %08lx  r4 %08lx\n", regs->r[7], regs->r[6],
	       regs->r[5], regs->r[4]);
	printk(LOG_EMERG, "  r3 %08lx  r2 %08lx  r1 %08lx  r0 %08lx\n", regs->r[3], regs->r[2],
	       regs->r[1], regs->r[0]);
	show_psr(regs->cpsr);
	if (!user_mode(regs))
		printk(LOG_EMERG, "  dacr %08lx: user memory %s\n", regs->dacr,
		       regs->dacr == DACR_KERNEL ? "closed" : "open");
	show_fault_registers();
}

static void __noreturn bad_user_frame(struct pt_regs *regs, const char *what)
{
	panic("entry from user mode: %s (frame at %p, cpsr %08lx, sp %08lx, task stack at %p)", what,
	      (void *)regs, regs->cpsr, current_stack_pointer(), current->stack);
}

void noinstr arm_check_user_frame(struct pt_regs *regs)
{
	const char *what = NULL;

	if ((regs->cpsr & MODE_MASK) != USR_MODE)
		what = "the frame is not from USR";
	else if (regs->cpsr & (PSR_A_BIT | PSR_I_BIT))
		what = "user mode ran with I or A masked";
	else if (regs != current_pt_regs())
		what = "the frame is not at the top of the task's stack";
	else if (!on_thread_stack())
		what = "not on the task's stack";
	else if (!arch_irqs_disabled_flags(arch_local_save_flags()))
		what = "interrupts are on";
	if (likely(!what))
		return;
	instrumentation_quiet_begin();
	bad_user_frame(regs, what);
	instrumentation_quiet_end();
}
