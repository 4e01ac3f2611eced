# SPDX-License-Identifier: MIT
# What the AArch64 build needs beyond the common flags.
ARCH_TRIPLES := aarch64-linux-gnu aarch64-none-elf aarch64-elf
# gdb unwinds by .debug_frame. x18 is `current`: asm/thread_info.h.
ARCH_CFLAGS  := -mgeneral-regs-only -mno-outline-atomics -fno-omit-frame-pointer \
		-fno-unwind-tables -ffixed-x18
# Without the event ring everything is within a megabyte of everything, and one instruction makes
# any address; the linker says so if it is not.
ifeq ($(shell grep '^CONFIG_EVENT_RING=y' configs/$(CONFIG)),)
ARCH_CFLAGS  += -mcmodel=tiny
endif
# The MMU is off for the first instructions of C, and memory is then strongly aligned.
CFLAGS_arch/arm64/boot.c := -mstrict-align
# A door's caller is its vector, which plants a frame record where there is something to record.
CFLAGS_arch/arm64/doors.c := -fomit-frame-pointer
ARCH_AFLAGS  :=
ARCH_LDFLAGS :=
ARCH_GNU_LDFLAGS :=

USER_CFLAGS  := -mno-outline-atomics
USER_TEXT    := 0x400000
