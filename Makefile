# SPDX-License-Identifier: MIT
# Lintel: `make help` lists the commands. Everything built goes to build/$(ARCH)/$(CONFIG),
# with a DESIGN to build/$(ARCH)/$(CONFIG)-$(DESIGN).

ARCH    ?= arm
CONFIG  ?= debug
ifeq ($(filter arm arm64,$(ARCH)),)
$(error ARCH=$(ARCH) is unknown: it is arm or arm64)
endif
CONFIGS := $(filter-out design,$(notdir $(wildcard configs/*)))
DESIGNS := $(notdir $(wildcard configs/design/*))
ifeq ($(filter $(CONFIGS),$(CONFIG)),)
$(error CONFIG=$(CONFIG) is unknown: there is $(CONFIGS))
endif
ifneq ($(filter-out $(DESIGNS),$(DESIGN)),)
$(error DESIGN=$(filter-out $(DESIGNS),$(DESIGN)) is unknown: there is $(DESIGNS))
endif
CONFIG_FILES := configs/$(CONFIG) $(DESIGN:%=configs/design/%)

O       ?= build/$(ARCH)/$(CONFIG)$(subst $() -,-,$(DESIGN:%=-%))$(if $(LLVM),-llvm)
Q       := $(if $(V),,@)
MAKEFLAGS += -rR $(if $(V),,--no-print-directory)
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# --- tools: cross compilers by the first of their usual names, or clang and lld ---
include arch/$(ARCH)/arch.mk
CROSS_COMPILE ?= $(firstword $(foreach p,$(ARCH_TRIPLES),$(if $(shell command -v $(p)-gcc),$(p)-)) \
		   $(firstword $(ARCH_TRIPLES))-)
ifdef LLVM
CC      := clang --target=$(firstword $(ARCH_TRIPLES))
LD      := ld.lld
BIN     := llvm-
else
CC      := $(CROSS_COMPILE)gcc
LD      := $(CROSS_COMPILE)ld
BIN     := $(CROSS_COMPILE)
endif
OBJCOPY := $(BIN)objcopy
OBJDUMP := $(BIN)objdump
NM      := $(BIN)nm
SIZE    := $(BIN)size
NEWLIB  ?= $(firstword $(wildcard /usr/include/newlib /usr/arm-none-eabi/include) /usr/include/newlib)

# (passed by name: what is exported would reach a make for the other architecture)
NEED    := ARCH='$(ARCH)' LLVM='$(LLVM)' CROSS_COMPILE='$(CROSS_COMPILE)' NEWLIB='$(NEWLIB)' tools/need
ifeq ($(filter clean help menuconfig grade figures,$(MAKECMDGOALS)),)
$(if $(filter ok,$(shell $(NEED) build >&2 && echo ok)),,$(error a tool is missing, see above))
COMPILER_INCLUDE := $(shell $(CC) -print-file-name=include)
endif

# --- flags ---
WARN    := -Wall -Wextra -Werror -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	   -Wvla -Wshadow -Wwrite-strings -Wno-unused-parameter -Wno-missing-field-initializers \
	   $(if $(LLVM),-Wno-unused-command-line-argument -Wno-gnu-variable-sized-type-not-at-end)
HEADERS := -nostdinc -isystem $(COMPILER_INCLUDE) -isystem $(NEWLIB)
BARE    := -std=gnu11 -O2 -g -ffreestanding -fno-common -fno-pic -fno-stack-protector \
	   -fno-asynchronous-unwind-tables -fno-strict-aliasing -fno-delete-null-pointer-checks
CPPFLAGS := $(HEADERS) -Iinclude -Iarch/$(ARCH)/include -I. -I$(O)/include -include $(O)/include/autoconf.h
CFLAGS  := $(BARE) $(WARN) $(ARCH_CFLAGS)
AFLAGS  := -g -Wa,--noexecstack $(ARCH_AFLAGS)
LDFLAGS := -nostdlib -static -z noexecstack -z max-page-size=4096 --build-id=none $(ARCH_LDFLAGS) \
	   $(if $(LLVM),,$(ARCH_GNU_LDFLAGS))
LIBGCC   = $(shell $(CC) $(ARCH_CFLAGS) $(if $(LLVM),--rtlib=libgcc) -print-libgcc-file-name)

# --- the kernel ---
enabled = $(filter y,$(lastword $(shell sed -n 's/^CONFIG_$(1)=//p; s/^. CONFIG_$(1) is not set$$/n/p' $(CONFIG_FILES))))
SRCS    := $(sort $(foreach d,entry rcu kernel kernel/* mm fs lib drivers drivers/* arch/$(ARCH) \
	     $(if $(call enabled,SELFTEST),tests/kernel),$(wildcard $(d)/*.c)) $(wildcard arch/$(ARCH)/*.S))
SRCS    := $(filter-out %/asm-offsets.c,$(SRCS))
OBJS    := $(patsubst %,$(O)/%.o,$(SRCS))
GEN     := $(O)/include/autoconf.h $(O)/include/asm/asm-offsets.h

all: $(O)/Image $(O)/initramfs.cpio $(O)/lintel.lst $(O)/lintel.sym $(O)/lintel.size
	@echo "$(O)/Image: $$(wc -c <$(O)/Image) bytes; initramfs.cpio: $$(wc -c <$(O)/initramfs.cpio) bytes"

# Objects are made again when the commands that make them change.
$(O)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(AFLAGS) $(LDFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(AFLAGS) $(LDFLAGS)' >$@

# (what a design says comes last, and stands)
$(O)/include/autoconf.h: $(CONFIG_FILES) Makefile
	$(Q)mkdir -p $(@D)
	$(Q)sed -n -e 'h; s/^\(# \)*\(CONFIG_[A-Z0-9_]*\)[= ].*/#undef \2/p; g' -e 's/^\(CONFIG_[A-Z0-9_]*\)=y$$/#define \1 1/p' \
		-e 's/^\(CONFIG_[A-Z0-9_]*\)=\([0-9x]*\)$$/#define \1 \2/p' $(CONFIG_FILES) >$@
	$(Q)echo '#define CONFIG_$(if $(filter arm,$(ARCH)),ARM,ARM64) 1' >>$@

# asm-offsets.c leaves "->NAME value" in strings of its assembly (include/lintel/kbuild.h).
$(O)/include/asm/asm-offsets.h: arch/$(ARCH)/asm-offsets.c $(O)/include/autoconf.h $(O)/flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MT $@ -MF $(O)/asm-offsets.d -S -o $(O)/asm-offsets.s $<
	$(Q)sed -n 's/^.*"->\([A-Za-z0-9_]*\) [#$$]*\(-*[0-9]*\).*$$/#define \1 \2/p' $(O)/asm-offsets.s >$@

$(O)/%.c.o: %.c $(O)/flags | $(GEN)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$<) -MMD -MP -c -o $@ $<
$(O)/%.S.o: %.S $(O)/flags | $(GEN)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(AFLAGS) $(ARCH_CFLAGS) -MMD -MP -c -o $@ $<
$(O)/linker.lds: linker/$(ARCH).lds.S $(O)/flags | $(GEN)
	$(Q)$(CC) $(CPPFLAGS) $(ARCH_CFLAGS) -MMD -MP -MT $@ -MF $@.d -E -P -x assembler-with-cpp -o $@ $<

# tools/link links until the symbol table inside the kernel describes the kernel it is in. A kernel
# with a way into C that declares no contract, or two, is none.
CENSUS  := NM='$(NM)' OBJCOPY='$(OBJCOPY)' ADDR2LINE='$(BIN)addr2line' tools/census
$(O)/lintel.elf: $(OBJS) $(O)/linker.lds tools/link tools/kallsyms tools/census tools/census.awk
	$(Q)CC='$(CC) $(ARCH_CFLAGS)' LD='$(LD) $(LDFLAGS)' NM='$(NM)' tools/link $@ $(O)/linker.lds $(OBJS) $(LIBGCC)
	$(Q)$(CENSUS) check $@
$(O)/Image: $(O)/lintel.elf
	$(Q)$(OBJCOPY) -O binary $< $@
$(O)/lintel.lst: $(O)/lintel.elf
	$(Q)$(OBJDUMP) -d -S $< >$@ 2>/dev/null
$(O)/lintel.sym: $(O)/lintel.elf
	$(Q)$(NM) -n $< >$@
$(O)/lintel.size: $(O)/lintel.elf
	$(Q)$(SIZE) -A $< >$@

# --- user programs and the initramfs ---
include user/user.mk
$(O)/initramfs.cpio: $(USER_PROGRAMS) tools/mkcpio
	$(Q)tools/mkcpio $(O)/user >$@ $(notdir $(USER_PROGRAMS))

# --- verifiers ---
PYTHON  := $(firstword $(wildcard /usr/bin/python3) python3)
doors: $(O)/lintel.elf
	$(Q)$(CENSUS) map $<
noinstr: $(if $(ELF),,$(O)/lintel.elf)
	$(Q)$(NEED) noinstr
	$(Q)$(if $(ELF),,ADDR2LINE='$(BIN)addr2line') $(PYTHON) tools/noinstr '$(or $(ELF),$(O)/lintel.elf)'

# (these make the kernels of both architectures that they need)
mutants:
	$(Q)$(NEED) test
	$(Q)$(PYTHON) tools/mutants $(if $(QUICK),-q) $(MUTANTS)
model:
	$(Q)$(NEED) model
	$(Q)$(PYTHON) tools/model $(if $(DEPTH),-d $(DEPTH)) $(if $(filter no,$(LOGS)),-n,$(if $(LOGS),-l $(LOGS)))

NMI ?= fiq
given   = $(filter command% environment%,$(origin $(1)))
sweep:
	$(Q)$(NEED) qemu noinstr plugin
	$(Q)$(PYTHON) tools/sweep $(if $(call given,CONFIG),-c $(CONFIG)) -n '$(NMI)' $(if $(call given,GIC),-g $(GIC)) \
		-d '$(DOOR)' -k '$(KIND)' $(if $(SHORT),-s) $(if $(filter file,$(origin ARCH)),arm arm64,$(ARCH))

# What QEMU loads to trace, for the version of its interface in the name (tools/insns.py).
build/plugin/trace-%.so: tools/plugin/trace.c
	$(Q)$(NEED) plugin
	$(Q)mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -DAPI_VERSION=$* -o $@.$$$$ $< && mv $@.$$$$ $@

grade:
	$(Q)$(PYTHON) tools/grade '$(LAB)' $(if $(SOLUTION),'$(SOLUTION)')
figures:
	$(Q)$(PYTHON) tools/figures $(if $(CHECK),--check)

# --- running ---
include tools/qemu.mk

define KCONFIG_CONFIG_HEADER
# SPDX-License-Identifier: MIT

endef
menuconfig: export KCONFIG_CONFIG_HEADER := $(KCONFIG_CONFIG_HEADER)
menuconfig:
	$(Q)$(PYTHON) -c 'import menuconfig' 2>/dev/null || \
		{ echo "menuconfig: install python3-kconfiglib (Debian's name)" >&2; exit 1; }
	$(Q)KCONFIG_CONFIG=configs/$(CONFIG) $(PYTHON) -m menuconfig Kconfig
clean:
	$(Q)rm -rf build
help:
	@sed -n 's/^#h *//p' Makefile tools/qemu.mk
FORCE:
LATER := fuzz bench-linux trace replay
$(LATER):
	@echo "make $@: not there yet" >&2; exit 1
.PHONY: all doors noinstr model sweep mutants grade figures menuconfig clean help FORCE $(LATER)

#h make                  build the kernel and its initramfs into build/ARCH/CONFIG
#h make noinstr          no path leaves the noinstr text unwatched; ELF=path for any other file
#h make model            the entry code and the counter, every way they can go; DEPTH=n  LOGS=no|file
#h make sweep            NMIs, IRQs at every instruction; both architectures, or ARCH=  GIC=  DOOR=  KIND=  NMI=fiq|pmr|nmi  SHORT=1
#h make doors            every way into C, with its one declared contract
#h make grade LAB=name   points for a lab (labs/), SOLUTION=file for another file; BOOT=no
#h make mutants          bugs on purpose, and who notices them; MUTANTS="name..."  QUICK=1 (host only)
#h make figures          draw the order in README.md and docs/ again; CHECK=1: only say what is stale
#h make menuconfig       change configs/$CONFIG
#h make clean            remove build/
#h
#h Variables: ARCH=arm|arm64  CONFIG=debug|release|release-traced|torture  LLVM=1  V=1
#h            DESIGN="name..." of configs/design: another way to do the same, on top of CONFIG
#h            CROSS_COMPILE=prefix-  NEWLIB=header directory
-include $(OBJS:.o=.d) $(O)/asm-offsets.d $(O)/linker.lds.d
