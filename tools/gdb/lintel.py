# SPDX-License-Identifier: MIT
"""gdb commands for Lintel: `help entry` lists them, docs/gdb.md shows them."""

import re
import sys
from pathlib import Path

import gdb

sys.path.insert(0, str(Path(__file__).resolve().parent))

CONTRACTS = {"CONTRACT_USER": "user", "CONTRACT_KERNEL": "kernel", "CONTRACT_NMI": "NMI",
             "CONTRACT_FORK": "fork return", "CONTRACT_NEVER": "must not fire",
             "CONTRACT_IDLE": "back from idle", "CONTRACT_START": "a CPU starts"}
MODES = {0x10: "usr", 0x11: "fiq", 0x12: "irq", 0x13: "svc", 0x17: "abt", 0x1a: "hyp", 0x1b: "und",
         0x1f: "sys"}


def is_arm64():
    return "aarch64" in gdb.execute("show architecture", to_string=True)


def doors():
    """Every record of .doors: (slot, name, contract), the declared entry to C of each vector."""
    found = []
    listing = gdb.execute("info variables -q -n ^__door_", to_string=True)
    for name in sorted(set(re.findall(r"\b(__door_\w+)", listing))):
        d = gdb.parse_and_eval(name)
        found.append((int(d["slot"]), name[len("__door_"):], int(d["contract"])))
    return sorted(found, key=lambda d: d[:2])


class Entry(gdb.Command):
    """Commands about the entry layer: its doors, an exception's frame, and the order of a crossing."""

    def __init__(self):
        super().__init__("entry", gdb.COMMAND_USER, prefix=True)


class EntryDoors(gdb.Command):
    """entry doors: lists every door, its vector slot and its contract.
entry doors NAME...: a breakpoint at each of these; a part of the name will do.
entry doors all: a breakpoint at every door."""

    def __init__(self):
        super().__init__("entry doors", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, arg, from_tty):
        wanted = gdb.string_to_argv(arg)
        found = doors()
        if not wanted:
            for slot, name, contract in found:
                print("%-4s %-24s %s" % (slot if slot < 255 else "-", name, self.contract(contract)))
            print("%d doors; `entry doors all` or `entry doors NAME...` sets breakpoints" % len(found))
            return
        chosen = [d for d in found if "all" in wanted or any(w in d[1] for w in wanted)]
        if not chosen:
            raise gdb.GdbError("no door is called like that")
        for _, name, _ in chosen:
            gdb.Breakpoint(name)

    @staticmethod
    def contract(value):
        fields = gdb.lookup_type("enum door_contract").fields()
        name = next((f.name for f in fields if f.enumval == value), str(value))
        return CONTRACTS.get(name, name)


class EntryRegs(gdb.Command):
    """entry regs: the exception frame that the selected frame, or the nearest one outward that has
a `regs`, works on. entry regs EXPRESSION: this one."""

    def __init__(self):
        super().__init__("entry regs", gdb.COMMAND_DATA)

    def invoke(self, arg, from_tty):
        regs, where = (gdb.parse_and_eval(arg), arg) if arg else self.find()
        regs = regs.cast(gdb.lookup_type("struct pt_regs").pointer()).dereference()
        print("frame at %s (%s):" % (regs.address, where))
        state = dict((f.name, regs[f.name]) for f in regs.type.fields())
        general = "regs" if "regs" in state else "r"
        count = state[general].type.range()[1] + 1
        letter, digits, columns = ("x", 16, 3) if is_arm64() else ("r", 8, 4)
        cells = ["%4s %0*x" % (letter + str(i), digits, self.bits(state[general][i])) for i in range(count)]
        cells += ["%4s %0*x" % (n, digits, self.bits(v)) for n, v in state.items()
                  if n in ("sp", "lr", "pc")]
        for i in range(0, len(cells), columns):
            print(" ".join(cells[i:i + columns]))
        rest = [(n, v) for n, v in state.items() if n not in (general, "sp", "lr", "pc")
                and v.type.strip_typedefs().code == gdb.TYPE_CODE_INT]
        print(" ".join("%s %x" % (n, self.bits(v)) for n, v in rest))
        psr = self.bits(state["pstate"] if "pstate" in state else state["cpsr"])
        print("from %s, masked: %s; pc is %s" % (
            self.mode(psr), self.masks(psr),
            gdb.execute("info symbol %#x" % self.bits(state["pc"]), to_string=True).strip()))

    @staticmethod
    def bits(v):
        return int(v) & ((1 << 8 * v.type.sizeof) - 1)

    @staticmethod
    def mode(psr):
        if is_arm64():
            return "EL%d" % (psr >> 2 & 3) if not psr & 0x10 else "32-bit"
        return MODES.get(psr & 0x1f, "mode %#x" % (psr & 0x1f)) + (", Thumb" if psr & 0x20 else "")

    @staticmethod
    def masks(psr):
        names = (("D", 9), ("A", 8), ("I", 7), ("F", 6)) if is_arm64() else (("A", 8), ("I", 7), ("F", 6))
        return "".join(n for n, b in names if psr >> b & 1) or "none"

    @staticmethod
    def find():
        frame = gdb.selected_frame()
        while frame is not None:
            try:
                value = frame.read_var("regs")
                if not value.is_optimized_out and int(value) != 0 and "pt_regs" in str(value.type):
                    return value, "of %s()" % frame.name()
            except (ValueError, gdb.error):
                pass
            frame = frame.older()
        raise gdb.GdbError("no frame here has a `regs`; give an expression")


class EntryAttach(gdb.Command):
    """entry attach: settings for a fresh connection to QEMU; `make gdb` runs it."""

    def __init__(self):
        super().__init__("entry attach", gdb.COMMAND_RUNNING)

    def invoke(self, arg, from_tty):
        # By default QEMU masks interrupts and stops timers while it steps: nobody steps into an IRQ.
        gdb.execute("maintenance packet Qqemu.sstep=1", to_string=True)
        # The doors' table can be read before the MMU is on: from the ELF.
        gdb.execute("set trust-readonly-sections on")
        gdb.execute("set pagination off")
        gdb.execute("set confirm off")
        gdb.execute("set disassemble-next-line auto")
        print("halted at the first instruction; interrupts stay on while stepping\n"
              "`entry doors` lists the doors, `entry regs` shows a frame, `entry crossing` says where in the order\n"
              "it is, `help entry` has more")


Entry()
EntryDoors()
EntryRegs()
EntryAttach()
import crossing		# noqa: E402, F401  pylint: disable=wrong-import-position,unused-import
