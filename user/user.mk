# SPDX-License-Identifier: MIT
# Every user/<name>.c and tests/user/<name>.c is one static program without a libc, linked with
# user/lib and user/arch/$(ARCH).
USER_LIB_SRCS := $(wildcard user/lib/*.c user/lib/*.S user/arch/$(ARCH)/*.c user/arch/$(ARCH)/*.S)
USER_LIB      := $(patsubst %,$(O)/%.o,$(USER_LIB_SRCS))
USER_PROGRAMS := $(patsubst %.c,$(O)/user/%,$(notdir $(wildcard user/*.c tests/user/*.c)))
UFLAGS         = $(HEADERS) -Iuser/include -Iinclude $(BARE) $(WARN) $(USER_CFLAGS)

$(O)/user/%.c.o: user/%.c $(O)/flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UFLAGS) -MMD -MP -c -o $@ $<
$(O)/user/%.S.o: user/%.S $(O)/flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UFLAGS) -Wa,--noexecstack -MMD -MP -c -o $@ $<
$(O)/tests/user/%.c.o: tests/user/%.c $(O)/flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UFLAGS) -MMD -MP -c -o $@ $<
USER_LINK = $(LD) -nostdlib -static -z noexecstack --build-id=none $(if $(LLVM),--image-base,-Ttext-segment)=$(USER_TEXT) -o $@ $^ \
	    $(shell $(CC) $(USER_CFLAGS) $(if $(LLVM),--rtlib=libgcc) -print-libgcc-file-name)
$(O)/user/%: $(O)/user/%.c.o $(USER_LIB)
	$(Q)$(USER_LINK)
$(O)/user/%: $(O)/tests/user/%.c.o $(USER_LIB)
	$(Q)$(USER_LINK)
.SECONDARY:
-include $(USER_LIB:.o=.d) $(wildcard $(O)/user/*.d $(O)/tests/user/*.d)
