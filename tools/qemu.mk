# SPDX-License-Identifier: MIT
# Running what was built. QEMU_CMD is the whole command line; tests read it with `make qemu-cmd`.

MACHINE ?= virt
GIC     ?= $(if $(filter arm,$(ARCH)),2,3)
CPU     ?= $(if $(filter arm,$(ARCH)),cortex-a15,cortex-a57)
SMP     ?= 1
MEM     ?= 128M
TIMEOUT ?= 60
# ... unless a person sits there.
PATIENCE := $(if $(filter file,$(origin TIMEOUT)),3600,$(TIMEOUT))
INITRD  ?= $(O)/initramfs.cpio
QEMU    ?= qemu-system-$(if $(filter arm,$(ARCH)),arm,aarch64)
GDB     ?= $(firstword $(foreach g,gdb-multiarch gdb,$(shell command -v $(g))) gdb-multiarch)
DTB     := build/vexpress-a15.dtb

MACHINES := virt $(if $(filter arm,$(ARCH)),vexpress-a15)
ifeq ($(filter $(MACHINES),$(MACHINE)),)
$(error MACHINE=$(MACHINE) is unknown: for ARCH=$(ARCH) there is $(MACHINES))
endif
ifeq ($(filter 2 3,$(GIC)),)
$(error GIC=$(GIC) is unknown: it is 2 or 3)
endif
# (vexpress-a15 has no PSCI, which starts the others)
CPUS_MOST := $(if $(filter vexpress-a15,$(MACHINE)),1,$(if $(filter 2,$(GIC)),8,64))
ifneq ($(shell [ '$(SMP)' -ge 1 ] 2>/dev/null && [ '$(SMP)' -le $(CPUS_MOST) ] && echo ok),ok)
$(error SMP=$(SMP): with MACHINE=$(MACHINE) and GIC=$(GIC) it is $(if $(filter 1,$(CPUS_MOST)),1,a number from 1 to $(CPUS_MOST)))
endif
# (QEMU takes these for any machine, and then nothing is ever said)
ifneq ($(if $(filter arm64,$(ARCH)),$(filter cortex-a7 cortex-a8 cortex-a9 cortex-a15,$(CPU))),)
$(error CPU=$(CPU) has 32 bits: ARCH=arm64 does not run on it)
endif
ifneq ($(if $(filter vexpress-a15,$(MACHINE)),$(filter-out 2cortex-a15,$(GIC)$(CPU))),)
$(error MACHINE=vexpress-a15 has CPU=cortex-a15 and GIC=2, not CPU=$(CPU) and GIC=$(GIC))
endif

QEMU_MACHINE_virt := -M virt,gic-version=$(GIC),dtb-randomness=off -cpu $(CPU)
QEMU_MACHINE_vexpress-a15 := -M vexpress-a15,secure=off -audiodev none,id=none -global pl041.audiodev=none -dtb $(DTB)
QEMU_CMD = $(QEMU) $(QEMU_MACHINE_$(MACHINE)) -smp $(SMP) -m $(MEM) -nic none -display none -no-reboot \
	   -semihosting-config enable=on,target=native -kernel $(O)/Image -initrd $(INITRD) \
	   $(if $(APPEND),-append "$(APPEND)") $(QEMU_ARGS)

build/%.dtb: arch/arm/dts/%.dts
	$(Q)$(NEED) dtc
	$(Q)mkdir -p $(@D)
	$(Q)dtc -q -I dts -O dtb -o $@ $<
runnable: all $(if $(filter virt,$(MACHINE)),,$(DTB))
	$(Q)$(NEED) qemu

run: runnable
	$(Q)tools/run $(TIMEOUT) $(QEMU_CMD) -serial stdio -monitor none </dev/null
shell: override APPEND := $(APPEND) shell
shell: runnable
	$(Q)tools/run $(PATIENCE) $(QEMU_CMD) -serial mon:stdio
gdb: runnable
	$(Q)GDB='$(GDB)' $(NEED) gdb
	$(Q)GDB='$(GDB)' TIMEOUT='$(PATIENCE)' tools/gdb/attach $(O)/lintel.elf $(QEMU_CMD) -serial file:$(O)/gdb-console.log -monitor none
qemu-cmd: runnable
	@echo '$(QEMU_CMD)'

# An instruction is a tick, so that a profile is the same each time.
HZ ?= 10000
profile: override APPEND := profile=$(HZ) $(if $(APPEND)$(filter command% environment%,$(origin INITRD)),$(APPEND),init=/work)
profile: override QEMU_ARGS += -icount shift=4,sleep=off
profile: runnable
	$(Q)$(NEED) noinstr
	$(Q)$(PYTHON) tools/profile $(ARCH) $(O) tools/run $(TIMEOUT) $(QEMU_CMD) -serial stdio -monitor none

ROW ?= grid
lockdep: override APPEND := lockdep=$(ROW) $(APPEND)
lockdep: runnable
	$(Q)tools/run $(TIMEOUT) $(QEMU_CMD) -serial stdio -monitor none </dev/null

# Init is there for its user mode; the torture ends the machine.
SECS ?= 10
SEED ?= 1
# (with several CPUs half of them are nohz_full, unless APPEND names others)
NOHZ_FULL := $(if $(filter-out 1,$(SMP)),$(if $(findstring nohz_full=,$(APPEND)),,nohz_full=1-$(shell expr $(SMP) / 2)))
torture: override APPEND := torture=$(SECS),$(SEED) $(NOHZ_FULL) $(APPEND)
torture: override INITRD := $(O)/tests/torture.cpio
torture: runnable $(O)/tests/torture.cpio
	$(Q)tools/run $$(($(SECS) * 2 + 60)) $(QEMU_CMD) -serial stdio -monitor none </dev/null

# With ICOUNT the CPUs take turns, and time is counted in instructions: however busy the host is, it is the same time.
, := ,
stress: override APPEND := stress=$(SECS),$(SEED) $(APPEND)
stress: override INITRD := $(O)/tests/stress.cpio
stress: override QEMU_ARGS += $(if $(ICOUNT),-icount shift=4$(,)sleep=off)
stress: runnable $(O)/tests/stress.cpio
	$(Q)tools/run $$(($(SECS) * $(if $(ICOUNT),8,2) + 60)) $(QEMU_CMD) -serial stdio -monitor none </dev/null

# (makes its own kernels)
row29:
	$(Q)$(NEED) qemu
	$(Q)$(PYTHON) tools/row29 $(ARCH) $(if $(call given,SMP),$(SMP),2) $(if $(call given,QEMU_ARGS),'$(QEMU_ARGS)')

test:
	$(Q)tools/test
check:
	$(Q)tools/test -m quick
bench:
	$(Q)tools/bench
bench-rcu:
	$(Q)$(NEED) qemu
	$(Q)$(PYTHON) tools/bench-rcu $(if $(filter file,$(origin ARCH)),arm arm64,$(ARCH))
.PHONY: runnable run shell gdb qemu-cmd profile lockdep torture stress row29 test check bench bench-rcu

#h make run              boot, run the tour, power off; the exit status is the verdict
#h make shell            boot to the small shell on the console (quit: exit, or ctrl-a x)
#h make gdb              QEMU halted, gdb attached, with the commands of docs/gdb.md
#h make check            the tests that take under a minute
#h make test             every test, both architectures
#h make profile          where a workload spends its instructions, into build/ARCH/CONFIG/profile.folded; HZ=samples a second
#h make lockdep          locks used wrongly and rightly, and whether each is noticed; ROW=name: one of the table's rows, with its report
#h make torture          RCU's grace periods against readers everywhere; SECS=10  SEED=1  SMP=
#h make stress           tasks, timers, calls, forks, interrupts, NMIs, CPUs that go, all at once; SECS=10  SEED=1  SMP=  ICOUNT=1
#h make row29            a state that CPUs share, and the warning that comes of it, with both CPUs' records; SMP=2
#h make bench            instruction counts of release, both architectures
#h make bench-rcu        what a grace period costs, 1 to 64 CPUs, both architectures
#h
#h Running: MACHINE=virt|vexpress-a15 (arm)  GIC=2|3  CPU=name  SMP=n  MEM=size  APPEND="boot arguments"
#h          INITRD=other.cpio  QEMU_ARGS="..."  TIMEOUT=seconds
