# SPDX-License-Identifier: MIT
# What the AArch64 build needs beyond the common flags.
ARCH_TRIPLES := aarch64-linux-gnu aarch64-none-elf aarch64-elf
# The MMU is off for the first instructions of C, and memory is then strongly aligned.
ARCH_CFLAGS  := -mgeneral-regs-only -mno-outline-atomics -fno-omit-frame-pointer -mstrict-align
ARCH_AFLAGS  :=
ARCH_LDFLAGS :=
ARCH_GNU_LDFLAGS :=

USER_CFLAGS  := -mno-outline-atomics
USER_TEXT    := 0x400000
