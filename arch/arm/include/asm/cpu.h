/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <lintel/types.h>

/* What of MPIDR names a CPU; in the device tree's cpu nodes, too. */
#define MPIDR_AFFINITY		0xffffffU
u64 arch_cpu_affinity(void);
/* Before the first other CPU is started: what secondary_entry (head.S) needs. */
void arch_smp_prepare(void);
/* First of all on each of them: what only its start needed goes. */
void arch_secondary_init(void);
/* Where PSCI starts another CPU, MMU off, with its idle task as the argument. */
extern char secondary_entry[];

#define ARCH_ENTRY_MODES	{ "SVC", "HYP" }	/* boot_info.entry_mode 1, 2 */

/* Called first by start_kernel(): opens A and F, sets up what user mode may do and names what the
 * CPU lacks. Interrupts (I) stay masked. */
void arch_early_init(void);
/* "Cortex-A15 r2p1" and the like. */
void arch_cpu_name(char *buf, size_t size);

#endif
