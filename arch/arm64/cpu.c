// SPDX-License-Identifier: MIT
/* What is set up once: by boot_main() before C proper, and by arch_early_init() in it. */
#include <lintel/boot.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <asm/barrier.h>
#include <asm/cpu.h>
#include <asm/pgtable.h>
#include <asm/stack.h>
#include <asm/sysreg.h>
#include <asm/uaccess.h>

struct boot_info boot_info;
u64 linear_offset;
DEFINE_PER_CPU(ulong, irq_stack_top) = (ulong)init_irq_stack + THREAD_SIZE;
DEFINE_PER_CPU(ulong, overflow_stack_top) = (ulong)init_overflow_stack + THREAD_SIZE;

void boot_main(phys_addr_t dtb, phys_addr_t image, u32 entry_mode) __noreturn;

/* The identity map has served. */
static void drop_idmap(void)
{
	write_sysreg(virt_to_phys(reserved_pg_dir), ttbr0_el1);
	isb();
	__asm__ volatile("tlbi vmalle1" ::: "memory");
	dsb(nsh);
	isb();
}

/* From head.S: MMU on, everything masked, current = init_task on its stack, .bss clear. */
void boot_main(phys_addr_t dtb, phys_addr_t image, u32 entry_mode)
{
	linear_offset = KIMAGE_VADDR - image;
	boot_info.dtb = dtb;
	boot_info.image = image;
	boot_info.entry_mode = entry_mode;

	drop_idmap();
	start_kernel();
}

void arch_smp_prepare(void) { }
void arch_secondary_init(void) { drop_idmap(); }

u64 arch_cpu_affinity(void)
{
	return read_sysreg(mpidr_el1) & MPIDR_AFFINITY;
}

#define CNTKCTL_EL0VCTEN	BIT(1)

void arch_early_init(void)
{
	write_sysreg(CPACR_EL1_FPEN, cpacr_el1);
	write_sysreg(CNTKCTL_EL0VCTEN, cntkctl_el1);	/* user mode reads CNTVCT, nothing else */
	write_sysreg(0, mdscr_el1);		/* no breakpoints, no stepping ... */
	write_sysreg(0, oslar_el1);		/* ... until somebody asks: only the lock goes */
	write_sysreg(0, tpidr_el0);
	if ((read_sysreg(id_aa64dfr0_el1) >> 8 & 0xf) % 0xf)
		write_sysreg(0, pmuserenr_el0);
	if (arch_has_user_window())
		arch_set_user_window(false);
	isb();
	__asm__ volatile("msr daifclr, %0" : : "i" (DAIF_D | DAIF_A | DAIF_F) : "memory");
}

static const struct { u8 implementer; u16 part; const char *name; } cpus[] = {
	{ 0x41, 0xd03, "Cortex-A53" }, { 0x41, 0xd04, "Cortex-A35" }, { 0x41, 0xd05, "Cortex-A55" },
	{ 0x41, 0xd07, "Cortex-A57" }, { 0x41, 0xd08, "Cortex-A72" }, { 0x41, 0xd0b, "Cortex-A76" },
	{ 0x41, 0xd0c, "Neoverse-N1" }, { 0x46, 0x001, "A64FX" }, { 0, 0x051, "QEMU max" },
};

/* Names PAN where it is missing: a stray kernel pointer can then reach mapped user memory. */
void arch_cpu_name(char *buf, size_t size)
{
	const char *pan = arch_has_user_window() ? "" : " without PAN";
	u32 midr = (u32)read_sysreg(midr_el1);
	u32 part = (midr >> 4) & 0xfff, variant = (midr >> 20) & 0xf, revision = midr & 0xf;

	for (u32 i = 0; i < ARRAY_SIZE(cpus); i++)
		if (cpus[i].implementer == midr >> 24 && cpus[i].part == part) {
			snprintf(buf, size, "%s r%up%u%s", cpus[i].name, variant, revision, pan);
			return;
		}
	snprintf(buf, size, "AArch64 CPU, MIDR %08x%s", midr, pan);
}
