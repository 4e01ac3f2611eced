/* SPDX-License-Identifier: MIT */
#ifndef ASM_ELF_H
#define ASM_ELF_H

#include <elf.h>

typedef Elf64_Ehdr elf_ehdr_t;
typedef Elf64_Phdr elf_phdr_t;

#define ELF_CLASS	ELFCLASS64
#define ELF_ARCH	EM_AARCH64
#define ELF_ARCH_NAME	"AArch64"
#define UTS_MACHINE	"aarch64"
/* fp asimd */
#define ELF_HWCAP	0x3UL

#endif
