# SPDX-License-Identifier: MIT
# What the ARMv7-A build needs beyond the common flags.
ARCH_TRIPLES := arm-linux-gnueabihf arm-none-eabi arm-linux-gnueabi
ARCH_CFLAGS  := -march=armv7-a -marm -mfloat-abi=soft -funwind-tables
ARCH_AFLAGS  :=
ARCH_LDFLAGS :=
# libgcc comes in the hard-float ABI; none of its integer functions uses it.
ARCH_GNU_LDFLAGS := --no-warn-mismatch

USER_CFLAGS  := -march=armv7-a+fp -marm -mfloat-abi=hard
USER_TEXT    := 0x10000
