/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <lintel/types.h>

/* Called first by start_kernel(): opens D, A and F, sets up what user mode may do and names what
 * the CPU lacks. Interrupts (I) stay masked. */
void arch_early_init(void);
/* "Cortex-A57 r1p0" and the like. */
void arch_cpu_name(char *buf, size_t size);

#endif
