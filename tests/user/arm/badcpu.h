/* SPDX-License-Identifier: MIT */
#define SCRATCH	"r0", "r1", "r2", "r7", "r9"

BAD(mask_interrupts, "cpsid aif")
BAD(change_mode, "cps #0x13")
BAD(write_sctlr, "mcr p15, 0, %0, c1, c0, 0")
BAD(read_sctlr, "mrc p15, 0, %0, c1, c0, 0")
BAD(read_midr, "mrc p15, 0, %0, c0, c0, 0")
BAD(write_ttbr, "mcr p15, 0, %0, c2, c0, 0")
BAD(write_dacr, "mcr p15, 0, %0, c3, c0, 0")
BAD(write_vbar, "mcr p15, 0, %0, c12, c0, 0")
BAD(write_tpidruro, "mcr p15, 0, %0, c13, c0, 3")
BAD(write_tpidrprw, "mcr p15, 0, %0, c13, c0, 4")
BAD(write_contextidr, "mcr p15, 0, %0, c13, c0, 1")
BAD(read_pmu, "mrc p15, 0, %0, c9, c13, 0")
BAD(write_virtual_timer, "mcr p15, 0, %0, c14, c3, 0")
BAD(write_virtual_control, "mcr p15, 0, %0, c14, c3, 1")
BAD(write_physical_timer, "mcr p15, 0, %0, c14, c2, 0")
BAD(write_physical_control, "mcr p15, 0, %0, c14, c2, 1")
BAD(flush_tlb, "mcr p15, 0, %0, c8, c7, 0")
BAD(flush_icache, "mcr p15, 0, %0, c7, c5, 0")
BAD(write_fpexc, "vmsr fpexc, %0")
BAD(read_fpexc, "vmrs %0, fpexc")
BAD(do_hvc, ".inst 0xe1400070")
BAD(do_smc, ".inst 0xe1600070")
BAD(do_hlt, "mov r0, #0x18\n\tmov r1, #0\n\t.inst 0xe10f0070")
BAD(do_wfi, "wfi")
BAD(do_wfe, "sev\n\twfe\n\twfe")
BAD(do_undefined, ".inst 0xe7f000f0")
BAD(do_undefined_too, ".inst 0xffffffff")
BAD(do_coprocessor, "cdp p3, 0, c0, c0, c0, 0")
BAD(return_from_exception, "rfeia %0")
BAD(store_return_state, "srsia sp, #0x12")
BAD(subs_pc, "subs pc, lr, #0")
BAD(user_ldm, "ldmia %0, {r1, pc}^")
BAD(crooked_ldm, "add %0, %0, #1\n\tldmia %0, {r1, r2}")
BAD(crooked_exclusive, "add %0, %0, #1\n\tldrex r1, [%0]")
BAD(crooked_load, "add %0, %0, #1\n\tldr r1, [%0]")

#define SVC_WITH_SP(value)							\
	"mov r9, sp\n\t" value "\n\tmov r7, #64\n\tsvc #0\n\tmov sp, r9"
BAD(svc_crooked_sp, SVC_WITH_SP("add sp, sp, #1"))
BAD(svc_no_sp, SVC_WITH_SP("mov sp, #0"))
BAD(svc_kernel_sp, SVC_WITH_SP("mvn sp, #4080"))
BAD(store_kernel_sp, "mov r9, sp\n\tmvn sp, #4080\n\tpush {r9}")
BAD(svc_odd, "mov r7, #64\n\tsvc #0x123456\n\tmov r7, #64\n\tsvc #0xab")
BAD(svc_big_endian, "setend be\n\tmov r7, #64\n\tsvc #0\n\tsetend le")
BAD(every_flag, "mvn r0, #0\n\tmsr cpsr_f, r0\n\tmov r7, #64\n\tsvc #0")

/* Privileged bits of the CPSR are not a program's to change: the mode stays, and so does I. */
static int write_cpsr(void *arg)
{
	ulong after;

	(void)arg;
	__asm__ volatile("msr cpsr_fsxc, %1\n\tmrs %0, cpsr"
			 : "=r"(after) : "r"(0x000001d3) : "cc");
	return (after & 0x1df) == 0x10 ? 0 : 1;
}
static int read_spsr(void *arg)
{
	ulong v;

	(void)arg;
	__asm__ volatile("mrs %0, spsr" : "=r"(v));
	return 0;
}

static const struct bad bad[] = {
	{ "cpsid aif", mask_interrupts, LIVES },
	{ "cps #svc", change_mode, LIVES },
	{ "msr cpsr: mode and masks", write_cpsr, LIVES },
	{ "mrs spsr", read_spsr, ANY },
	{ "mcr: SCTLR", write_sctlr, SIGILL },
	{ "mrc: SCTLR", read_sctlr, SIGILL },
	{ "mrc: MIDR", read_midr, SIGILL },
	{ "mcr: TTBR0", write_ttbr, SIGILL },
	{ "mcr: DACR", write_dacr, SIGILL },
	{ "mcr: VBAR", write_vbar, SIGILL },
	{ "mcr: TPIDRURO", write_tpidruro, SIGILL },
	{ "mcr: TPIDRPRW", write_tpidrprw, SIGILL },
	{ "mcr: CONTEXTIDR", write_contextidr, SIGILL },
	{ "mrc: PMCCNTR", read_pmu, SIGILL },
	{ "mcr: CNTV_TVAL", write_virtual_timer, SIGILL },
	{ "mcr: CNTV_CTL", write_virtual_control, SIGILL },
	{ "mcr: CNTP_TVAL", write_physical_timer, SIGILL },
	{ "mcr: CNTP_CTL", write_physical_control, SIGILL },
	{ "mcr: TLBIALL", flush_tlb, SIGILL },
	{ "mcr: ICIALLU", flush_icache, SIGILL },
	{ "vmsr fpexc", write_fpexc, SIGILL },
	{ "vmrs fpexc", read_fpexc, SIGILL },
	{ "hvc", do_hvc, SIGILL },
	{ "smc", do_smc, SIGILL },
	{ "semihosting: exit", do_hlt, SIGILL },
	{ "wfi", do_wfi, LIVES },
	{ "wfe", do_wfe, LIVES },
	{ "udf", do_undefined, SIGILL },
	{ "an instruction of all ones", do_undefined_too, SIGILL },
	{ "a coprocessor that is not there", do_coprocessor, SIGILL },
	{ "rfe", return_from_exception, SIGILL },
	{ "srs", store_return_state, SIGILL },
	{ "subs pc, lr", subs_pc, ANY },
	{ "ldm with pc and ^", user_ldm, ANY },
	{ "a crooked ldm", crooked_ldm, ANY },
	{ "a crooked exclusive load", crooked_exclusive, SIGBUS },
	{ "a crooked load", crooked_load, LIVES },
	{ "svc with a crooked sp", svc_crooked_sp, LIVES },
	{ "svc with sp 0", svc_no_sp, LIVES },
	{ "svc with sp in the kernel", svc_kernel_sp, LIVES },
	{ "push with sp in the kernel", store_kernel_sp, SIGSEGV },
	{ "svc with other numbers in it", svc_odd, LIVES },
	{ "svc with the other byte order", svc_big_endian, LIVES },
	{ "every flag that can be set", every_flag, LIVES },
};

static const ulong places[] = {
	8, 0xbffff000, 0xc0000000, 0xc0008000, 0xd0000000, 0xf0000000, 0xfe000000, 0xfffff000,
};

static unsigned int return_text[] = { 0xe12fff1e, 0xe12fff1e };	/* bx lr */
