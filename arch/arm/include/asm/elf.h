/* SPDX-License-Identifier: MIT */
#ifndef ASM_ELF_H
#define ASM_ELF_H

#include <elf.h>

typedef Elf32_Ehdr elf_ehdr_t;
typedef Elf32_Phdr elf_phdr_t;

#define ELF_CLASS	ELFCLASS32
#define ELF_ARCH	EM_ARM
#define ELF_ARCH_NAME	"ARM"
#define UTS_MACHINE	"armv7l"
/* half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt vfpd32 */
#define ELF_HWCAP	0x000fb0d6UL

#endif
