/* SPDX-License-Identifier: MIT */
#define SCRATCH	"x0", "x1", "x8", "x9", "x10", "x11"

BAD(mask_interrupts, "msr daifset, #15")
BAD(read_daif, "mrs %0, daif")
BAD(read_level, "mrs %0, currentel")
BAD(read_sctlr, "mrs %0, sctlr_el1")
BAD(write_sctlr, "msr sctlr_el1, %0")
BAD(write_ttbr, "msr ttbr0_el1, %0")
BAD(write_vbar, "msr vbar_el1, %0")
BAD(write_mdscr, "msr mdscr_el1, %0")
BAD(write_elr, "msr elr_el1, %0")
BAD(write_tpidrro, "msr tpidrro_el0, %0")
BAD(write_tpidr_el1, "msr tpidr_el1, %0")
BAD(read_pmu, "mrs %0, pmccntr_el0")
BAD(write_virtual_timer, "msr cntv_cval_el0, %0")
BAD(write_virtual_control, "msr cntv_ctl_el0, %0")
BAD(write_physical_timer, "msr cntp_cval_el0, %0")
BAD(write_physical_control, "msr cntp_ctl_el0, %0")
BAD(write_pmr, "msr s3_0_c4_c6_0, %0")
BAD(read_iar, "mrs %0, s3_0_c12_c12_0")
BAD(flush_tlb, "tlbi vmalle1")
BAD(clean_set_way, "dc isw, %0")
BAD(translate, "at s1e1r, %0")
BAD(do_hvc, "hvc #0")
BAD(do_smc, "smc #0")
BAD(do_eret, "eret")
BAD(do_hlt, "hlt #1")
BAD(do_semihosting, "mov x0, #0x18\n\tmov x1, #0\n\thlt #0xf000")
BAD(do_wfi, "wfi")
BAD(do_wfe, "sevl\n\twfe\n\twfe")
BAD(do_undefined, ".inst 0x00000000")
BAD(do_undefined_too, ".inst 0xffffffff")
BAD(do_brk_other, "brk #0x1234")
BAD(crooked_pc, "mov %0, #0x400000\n\tadd %0, %0, #2\n\tbr %0")
BAD(tagged_pc, "mov %0, #0x5a00000000000000\n\tbr %0")
BAD(crooked_exclusive, "add %0, %0, #1\n\tldxr x9, [%0]")
BAD(zero_kernel, "mov %0, #-4096\n\tdc zva, %0")
BAD(prefetch_kernel, "mov %0, #-4096\n\tprfm pldl1keep, [%0]")

#define SVC_WITH_SP(value)							\
	"mov x9, sp\n\tmov x10, " value "\n\tmov sp, x10\n\tmov x8, #173\n\t"	\
	"svc #0\n\tmov sp, x9"
BAD(svc_crooked_sp, "mov x11, sp\n\tadd x11, x11, #1\n\t" SVC_WITH_SP("x11"))
BAD(svc_no_sp, SVC_WITH_SP("#0"))
BAD(svc_kernel_sp, SVC_WITH_SP("#-4096"))
BAD(store_kernel_sp, "mov x10, #-4096\n\tmov sp, x10\n\tstr x9, [sp, #-16]!")
BAD(svc_odd, "mov x8, #173\n\tsvc #0xffff\n\tmov x8, #173\n\tsvc #0xab")
BAD(every_flag, "mov %0, #-1\n\tmsr nzcv, %0\n\tmsr fpcr, %0\n\tmsr fpsr, %0\n\t"
    "mov x8, #173\n\tsvc #0")

static const struct bad bad[] = {
	{ "msr daifset", mask_interrupts, SIGILL },
	{ "mrs daif", read_daif, SIGILL },
	{ "mrs currentel", read_level, SIGILL },
	{ "mrs sctlr_el1", read_sctlr, SIGILL },
	{ "msr sctlr_el1", write_sctlr, SIGILL },
	{ "msr ttbr0_el1", write_ttbr, SIGILL },
	{ "msr vbar_el1", write_vbar, SIGILL },
	{ "msr mdscr_el1", write_mdscr, SIGILL },
	{ "msr elr_el1", write_elr, SIGILL },
	{ "msr tpidrro_el0", write_tpidrro, SIGILL },
	{ "msr tpidr_el1", write_tpidr_el1, SIGILL },
	{ "mrs pmccntr_el0", read_pmu, SIGILL },
	{ "msr cntv_cval_el0", write_virtual_timer, SIGILL },
	{ "msr cntv_ctl_el0", write_virtual_control, SIGILL },
	{ "msr cntp_cval_el0", write_physical_timer, SIGILL },
	{ "msr cntp_ctl_el0", write_physical_control, SIGILL },
	{ "msr icc_pmr_el1", write_pmr, SIGILL },
	{ "mrs icc_iar1_el1", read_iar, SIGILL },
	{ "tlbi", flush_tlb, SIGILL },
	{ "dc isw", clean_set_way, SIGILL },
	{ "at", translate, SIGILL },
	{ "hvc", do_hvc, SIGILL },
	{ "smc", do_smc, SIGILL },
	{ "eret", do_eret, SIGILL },
	{ "hlt", do_hlt, SIGILL },
	{ "semihosting: exit", do_semihosting, SIGILL },
	{ "wfi", do_wfi, LIVES },
	{ "wfe", do_wfe, LIVES },
	{ "udf #0", do_undefined, SIGILL },
	{ "an instruction of all ones", do_undefined_too, SIGILL },
	{ "brk with a number", do_brk_other, SIGTRAP },
	{ "a crooked pc", crooked_pc, SIGBUS },
	{ "a tagged pc", tagged_pc, SIGSEGV },
	{ "a crooked exclusive load", crooked_exclusive, SIGBUS },
	{ "dc zva in the kernel", zero_kernel, SIGSEGV },
	{ "prefetch from the kernel", prefetch_kernel, LIVES },
	{ "svc with a crooked sp", svc_crooked_sp, LIVES },
	{ "svc with sp 0", svc_no_sp, LIVES },
	{ "svc with sp in the kernel", svc_kernel_sp, LIVES },
	{ "push with sp in the kernel", store_kernel_sp, SIGSEGV },
	{ "svc with other numbers in it", svc_odd, LIVES },
	{ "every flag that can be set", every_flag, LIVES },
};

static const ulong places[] = {
	8, 0x0000fffffffff000, 0x0001000000000000, 0x0123456789abcde0, 0x8000000000000000,
	0xfff0000000000000, 0xffff000000000000, 0xffff000040000000, 0xffff800008000000,
	0xffff800010000000, 0xffffffc000000000, 0xffffffff80000000, 0xfffffffffffff000,
};

static unsigned int return_text[] = { 0xd65f03c0, 0xd65f03c0 };	/* ret */
