# SPDX-License-Identifier: MIT
# What the ARMv7 build needs beyond the common flags.
ARCH_TRIPLES := arm-linux-gnueabihf arm-none-eabi arm-linux-gnueabi
# Soft float: the compiler must not touch VFP registers, which belong to the user. Unwind tables
# (EHABI) make back traces and cost no instruction. The MMU is off for the first instructions of C,
# and memory is then strictly aligned. r9 holds `current` (asm/thread_info.h).
ARCH_CFLAGS  := -marm -march=armv7-a -mfloat-abi=soft -mno-unaligned-access -funwind-tables \
		-ffixed-r9
ARCH_AFLAGS  :=
ARCH_LDFLAGS :=
# libgcc comes in the hard-float ABI; none of its integer functions uses it.
ARCH_GNU_LDFLAGS := --no-warn-rwx-segments --no-warn-mismatch

USER_CFLAGS  := -marm -march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=hard
USER_TEXT    := 0x10000
