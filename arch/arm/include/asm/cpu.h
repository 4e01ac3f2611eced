/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <lintel/types.h>

#define ARCH_ENTRY_MODES	{ "SVC", "HYP" }	/* boot_info.entry_mode 1, 2 */

/* Called first by start_kernel(): opens A and F, sets up what user mode may do and names what the
 * CPU lacks. Interrupts (I) stay masked. */
void arch_early_init(void);
/* "Cortex-A15 r2p1" and the like. */
void arch_cpu_name(char *buf, size_t size);

/* boot_info.entry_mode 1 and 2, by name. */
#define ARCH_ENTRY_MODES	{ "SVC", "HYP" }

#endif
