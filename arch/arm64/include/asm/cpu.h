/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <lintel/types.h>

/* What of MPIDR names a CPU; in the device tree's cpu nodes, too. */
#define MPIDR_AFFINITY		0xff00ffffffULL
u64 arch_cpu_affinity(void);
/* Before the first other CPU is started: what secondary_entry (head.S) needs. */
void arch_smp_prepare(void);
/* First of all on each of them: what only its start needed goes. */
void arch_secondary_init(void);
/* Where PSCI starts another CPU, MMU off, with its idle task as the argument. */
extern char secondary_entry[];

/* Called first by start_kernel(): opens D, A and F, sets up what user mode may do.
 * Interrupts (I) stay masked. */
void arch_early_init(void);
/* "Cortex-A57 r1p0", and what matters that it lacks. */
void arch_cpu_name(char *buf, size_t size);

/* boot_info.entry_mode 1 and 2, by name. */
#define ARCH_ENTRY_MODES	{ "EL1", "EL2" }

#endif
