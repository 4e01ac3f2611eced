# SPDX-License-Identifier: MIT
"""Where in a kernel's text a rule of culprit's holds, by the names of its functions and the words of its instructions."""

# (mask, value) of each instruction that writes a register of user mode's that no frame has: FP and SIMD, TLS. The kernel is
# built without FP, so on AArch64 one that only computes has no business there either.
WRITES = {
    "arm": [(0x0f100e10, 0x0e000a10), (0x0f000e10, 0x0e000a00),		# VMOV and VMSR; arithmetic
            (0x0e100e00, 0x0c100a00), (0x0ff00e00, 0x0c400a00),		# VLDR and VLDM; VMOV of two
            (0xfe000000, 0xf2000000), (0xff300000, 0xf4200000),		# NEON; VLD1-4
            (0x0fff0fdf, 0x0e0d0f50)],					# TPIDRURW and TPIDRURO
    "arm64": [(0x0e000000, 0x0e000000), (0x0e400000, 0x0c400000),	# arithmetic; loads
              (0x3f000000, 0x1c000000),					# loads of a literal
              (0xffffffc0, 0xd51b4400), (0xffffffc0, 0xd51bd040)],	# FPCR and FPSR; TPIDR_EL0 and TPIDRRO_EL0
}
# Who may: the switch of tasks, execve(), the call that sets TLS, and what leads to a panic (see also is_scratch()).
MAY_WRITE = {"vfp_enable", "vfp_load", "fpsimd_load", "cpu_switch_to", "flush_thread", "arch_syscall_other", "stack_overflow"}
# Interrupts are masked from the first to the last instruction of these, whatever they call.
MASKED = {"__cpu_switch_to", "call_on_irq_stack", "sleep_irqs_off"}
# Files whose functions give their callers back what the ABI says.
KEEPERS = ("entry/", "kernel/irq.c", "kernel/softirq.c", "kernel/sched.c", "kernel/idle.c")
KEEPERS_OF_ARCH = ("uaccess.S", "doors.c", "process.c")
KEEPERS_BY_NAME = {"__cpu_switch_to", "call_on_irq_stack"}		# (of a file whose other functions do not)


def plain(function):
    """Its names, without what the compiler adds to a clone's."""
    return {n.split(".")[0] for n in function.names}


def user_writes(image):
    """Addresses of the instructions that write a register of user mode's and may not."""
    found = set()
    for f in image.functions:
        if plain(f) & MAY_WRITE:
            continue
        data = image.read(f.start, f.end - f.start) or b""
        for at in range(0, len(data) - 3, 4):
            word = int.from_bytes(data[at:at + 4], "little")
            if any(word & mask == value for mask, value in WRITES[image.machine]) and not is_scratch(word, data[at:at + 20]):
                found.add(f.start + at)
    return found


def is_scratch(word, data):
    """MCR, and MRC of the same soon: ARMv7's vectors do so when the stack has run out."""
    return word & 0x0f100010 == 0x0e000010 and (word | 1 << 20).to_bytes(4, "little") in data


def masked(image):
    return {pc for f in image.functions if plain(f) & MASKED for pc in range(f.start, f.end, 4)}


def keepers(image):
    """{begin: addresses} of the functions that must preserve registers, whoever calls them."""
    where = image.lines([f.start for f in image.functions])
    files = KEEPERS + tuple("arch/%s/%s" % (image.machine, name) for name in KEEPERS_OF_ARCH)

    def from_there(start):
        path = "/" + where.get(start, [("", "")])[-1][1]
        return any("/" + name in path for name in files)
    return {f.start: range(f.start, f.end) for f in image.functions if plain(f) & KEEPERS_BY_NAME or from_there(f.start)}
