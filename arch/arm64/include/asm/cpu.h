/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <lintel/types.h>

/* Called first by start_kernel(): opens D, A and F, sets up what user mode may do.
 * Interrupts (I) stay masked. */
void arch_early_init(void);
/* "Cortex-A57 r1p0", and what matters that it lacks. */
void arch_cpu_name(char *buf, size_t size);

/* boot_info.entry_mode 1 and 2, by name. */
#define ARCH_ENTRY_MODES	{ "EL1", "EL2" }

#endif
