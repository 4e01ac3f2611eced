# SPDX-License-Identifier: MIT
# Programs for user mode: static, without a libc, on Linux's system-call ABI, so that each runs on
# Linux too. user/ goes into the initramfs; each of tests/user/ is /init of an initramfs of its own.
USER_PROGRAMS := $(addprefix $(O)/user/,init sh bench work)
USER_SHARED   := user/tour.c user/shell.c
USER_LIB      := $(wildcard user/lib/*.c user/arch/$(ARCH)/*.c user/arch/$(ARCH)/*.S)
USER_TESTS    := $(basename $(notdir $(wildcard tests/user/*.c tests/user/$(ARCH)/*.c)))
USER_TEST_LIB := $(USER_LIB) user/lib/test/tap.c

# What a program consists of: itself, and the assembly of the same name if there is any.
user_objects   = $(patsubst %,$(O)/%.o,$(1))
test_sources   = $(wildcard tests/user/$(1).c tests/user/$(ARCH)/$(1).[cS])
UFLAGS         = $(HEADERS) -Iuser -Iuser/lib -Iuser/arch/$(ARCH) -Itests/user/$(ARCH) \
		 -Iinclude $(BARE) -fno-pie $(WARN) $(USER_CFLAGS)
USER_LIBGCC    = $(shell $(CC) $(USER_CFLAGS) $(if $(LLVM),--rtlib=libgcc) -print-libgcc-file-name)
USER_LINK      = $(LD) -nostdlib -static -z noexecstack -z max-page-size=4096 --build-id=none \
		 $(if $(LLVM),--image-base,-Ttext-segment)=$(USER_TEXT) -o $@ $(filter %.o,$^) \
		 $(USER_LIBGCC)

# (longer stems would lose to the kernel's rules, which are for the same suffixes)
define user_rules
$(O)/$(1)/%.c.o: $(1)/%.c $(O)/flags user/user.mk
	$(Q)mkdir -p $$(@D)
	$(Q)$(CC) $$(UFLAGS) $$(CFLAGS_$$<) -MMD -MP -c -o $$@ $$<
$(O)/$(1)/%.S.o: $(1)/%.S $(O)/flags user/user.mk
	$(Q)mkdir -p $$(@D)
	$(Q)$(CC) $$(UFLAGS) -Wa,--noexecstack -MMD -MP -c -o $$@ $$<
endef
$(eval $(call user_rules,user))
$(eval $(call user_rules,tests/user))
CFLAGS_tests/user/arm/thumb.c := -mthumb

$(O)/user/init $(O)/user/sh: $(call user_objects,$(USER_SHARED))
$(USER_PROGRAMS): $(O)/user/%: $(O)/user/%.c.o $(call user_objects,$(USER_LIB))
	$(Q)$(USER_LINK)

# tests/user/x.c: build/$ARCH/$CONFIG/tests/x/init, and tests/x.cpio with it alone.
define user_test
$(O)/tests/$(1)/init: $(call user_objects,$(call test_sources,$(1)) $(USER_TEST_LIB))
	$(Q)mkdir -p $$(@D)
	$(Q)$$(USER_LINK)
$(O)/tests/$(1).cpio: $(O)/tests/$(1)/init tools/mkcpio
	$(Q)tools/mkcpio $(O)/tests/$(1) init >$$@
endef
$(foreach t,$(USER_TESTS),$(eval $(call user_test,$(t))))

# make user-tests       initramfs archives with one program of tests/user/ each
user-tests: $(USER_TESTS:%=$(O)/tests/%.cpio)
.PHONY: user-tests
.SECONDARY:
-include $(wildcard $(O)/user/*.d $(O)/user/*/*.d $(O)/user/*/*/*.d $(O)/tests/user/*.d \
	   $(O)/tests/user/*/*.d)
