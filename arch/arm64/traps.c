// SPDX-License-Identifier: MIT
/* What happened, in words. */
#include <lintel/bug.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/syscalls.h>
#include <asm/entry-common.h>
#include <asm/esr.h>
#include <asm/stack.h>
#include <asm/sysreg.h>
#include <asm/uaccess.h>

static const char *const class_names[64] = {
	[ESR_EC_UNKNOWN]	= "undefined instruction",
	[ESR_EC_WFX]		= "trapped WFI or WFE",
	[ESR_EC_FP_ASIMD]	= "trapped FP or SIMD instruction",
	[ESR_EC_BTI]		= "branch to no landing pad (BTI)",
	[ESR_EC_ILL]		= "illegal execution state",
	[ESR_EC_SVC64]		= "SVC",
	[ESR_EC_SYS64]		= "trapped system register or instruction",
	[ESR_EC_SVE]		= "SVE instruction",
	[ESR_EC_FPAC]		= "pointer authentication failure",
	[ESR_EC_IABT_LOW]	= "instruction abort from user mode",
	[ESR_EC_IABT_CUR]	= "instruction abort from the kernel",
	[ESR_EC_PC_ALIGN]	= "misaligned pc",
	[ESR_EC_DABT_LOW]	= "data abort from user mode",
	[ESR_EC_DABT_CUR]	= "data abort from the kernel",
	[ESR_EC_SP_ALIGN]	= "misaligned sp",
	[ESR_EC_FP_EXC64]	= "floating-point exception",
	[ESR_EC_SERROR]		= "SError",
	[ESR_EC_BREAKPT_LOW]	= "hardware breakpoint",
	[ESR_EC_BREAKPT_CUR]	= "hardware breakpoint in the kernel",
	[ESR_EC_SOFTSTP_LOW]	= "single step",
	[ESR_EC_SOFTSTP_CUR]	= "single step in the kernel",
	[ESR_EC_WATCHPT_LOW]	= "watchpoint",
	[ESR_EC_WATCHPT_CUR]	= "watchpoint in the kernel",
	[ESR_EC_BRK64]		= "breakpoint",
};

const char *esr_class_name(ulong esr)
{
	const char *name = class_names[esr_class(esr)];

	return name ? name : "exception of an unknown class";
}

const char *esr_fault_name(ulong esr)
{
	switch (esr & ESR_FSC_TYPE_MASK) {
	case ESR_FSC_ADDRSIZE:		return "address size fault";
	case ESR_FSC_TRANSLATION:	return "page fault: nothing mapped there";
	case ESR_FSC_ACCESS:		return "access flag fault";
	case ESR_FSC_PERMISSION:	return "page fault: not permitted";
	case ESR_FSC_EXTERNAL:
	case ESR_FSC_EXTERNAL + 4:	return "external abort: nothing answers there";
	}
	return (esr & ESR_FSC_MASK) == ESR_FSC_ALIGNMENT ? "alignment fault" : "abort";
}

static bool is_abort(ulong esr)
{
	u32 ec = esr_class(esr);

	return ec >= ESR_EC_IABT_LOW && ec <= ESR_EC_DABT_CUR && ec != ESR_EC_PC_ALIGN;
}

static void show_esr(void)
{
	ulong esr = read_sysreg(esr_el1);

	pr_err("ESR  %08lx: %s (class 0x%02x, details 0x%06lx)\n", esr, esr_class_name(esr),
	       esr_class(esr), esr & ESR_ISS_MASK);
	if (is_abort(esr))
		pr_err("FAR  %016lx: %s, %s%s, level %lu\n", (ulong)read_sysreg(far_el1),
		       esr_fault_name(esr),
		       esr_class(esr) < ESR_EC_PC_ALIGN ? "fetch" :
		       esr & ESR_WNR ? "write" : "read",
		       esr & ESR_FNV ? " (address not valid)" : "", esr & 3);
	pr_err("TTBR0 %016lx, TTBR1 %016lx, SCTLR %08lx\n", (ulong)read_sysreg(ttbr0_el1),
	       (ulong)read_sysreg(ttbr1_el1), (ulong)read_sysreg(sctlr_el1));
}

static const char *mode_name(u64 pstate)
{
	if (pstate & PSR_MODE32_BIT)
		return "AArch32";
	switch (pstate & PSR_MODE_MASK) {
	case PSR_MODE_EL0t:	return "EL0t";
	case PSR_MODE_EL1t:	return "EL1t";
	case PSR_MODE_EL1h:	return "EL1h";
	default:		return "a mode that does not exist";
	}
}

static void show_regs(const struct pt_regs *regs)
{
	u64 p = regs->pstate;

	pr_err("pc   %016lx %pS\n", (ulong)regs->pc, (void *)regs->pc);
	pr_err("lr   %016lx %pS\n", (ulong)regs->regs[30], (void *)regs->regs[30]);
	pr_err("sp   %016lx  pstate %08lx: %s %c%c%c%c %c%c%c%c%s\n", (ulong)regs->sp, (ulong)p,
	       mode_name(p), p & BIT(31) ? 'N' : 'n', p & BIT(30) ? 'Z' : 'z',
	       p & BIT(29) ? 'C' : 'c', p & BIT(28) ? 'V' : 'v', p & PSR_D_BIT ? 'D' : 'd',
	       p & PSR_A_BIT ? 'A' : 'a', p & PSR_I_BIT ? 'I' : 'i', p & PSR_F_BIT ? 'F' : 'f',
	       user_mode(regs) ? "" : p & PSR_PAN_BIT ? " PAN: user memory closed" :
	       arch_has_user_window() ? " pan: user memory open" : " without PAN");
	if (nmi_by_pmr())
		pr_err("pmr  %02lx: interrupts %s\n", (ulong)regs->pmr, regs->pmr & PMR_ON_BIT ? "on" : "off");
	for (u32 i = 0; i < 30; i += 3)
		pr_err("x%-2u  %016lx  x%-2u  %016lx  x%-2u  %016lx\n", i, (ulong)regs->regs[i],
		       i + 1, (ulong)regs->regs[i + 1], i + 2, (ulong)regs->regs[i + 2]);
	if (user_mode(regs))
		pr_err("orig_x0 %016lx  syscall %d\n", (ulong)regs->orig_x0, regs->syscallno);
}

void arch_show_state(struct pt_regs *regs)
{
	show_regs(regs);
	show_esr();
}

/* In noinstr code, before RCU watches: so silent unless it must panic. */
void noinstr arm64_check_user_frame(struct pt_regs *regs)
{
	bool bad = !user_mode(regs) || regs != current_pt_regs() || !on_thread_stack() ||
		   !irqs_disabled();

	if (likely(!bad))
		return;
	instrumentation_begin();
	panic("entry from user mode: frame %lx, pstate %lx; expected EL0t at %lx; sp %lx, DAIF %lx",
	      (ulong)regs, regs_psr(regs), (ulong)current_pt_regs(), current_stack_pointer(),
	      arch_read_psr());
}

/* No private numbers outside the table. -1 asks for nothing: the tracer has set the result. But if
 * it was the program that asked for -1, there is no such call. */
long arch_syscall_other(struct pt_regs *regs, long nr)
{
	if (nr == -1 && (s32)regs->regs[8] != -1)
		return syscall_get_return_value(regs);
	return -ENOSYS;
}
