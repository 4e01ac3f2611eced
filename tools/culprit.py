# SPDX-License-Identifier: MIT
"""
The instruction that breaks an entry path, found in QEMU's log of every instruction with the registers before it.

Nothing here asks the kernel. An exception begins at a vector; it ends at the return instruction that leaves the
stack where the beginning found it, whatever ran in between. Whoever returns to the instruction that the
exception came before must find all registers as they were; where not, the log is read again, backwards.
"""

import collections
import os
import re
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent / "noinstr")]

# pylint: disable=wrong-import-position
from image import Image
from insn import Code
from insns import LINE, single_step
from operands import accesses, copied_from, macro_lines, number
from places import keepers, masked, user_writes

REMEMBERED = 200000	# steps: about 200 MB
I_BIT, F_BIT = 0x80, 0x40
LARGEST_FRAME = 1024
LARGEST_STACK = 1 << 14
FAULT = 4		# the vector of the kernel's data aborts, on both
VALUE = re.compile(rb"([A-Z]+)(\d*)=([0-9a-f]+)")

Step = collections.namedtuple("Step", "pc text")	# text: the registers before it, as QEMU writes them


class Arm:
    bits, sp, lr, pair, flags = 32, 13, 14, 8, 0xff0f03ff	# pair: what RFE takes from the stack
    general, preserved, arguments = range(13), (4, 5, 6, 7, 8, 9, 10, 11, 13), (1, 2, 9)
    adjust = {1: (4, 2), 2: (0,), 3: (4,), 4: (8,), 6: (4,), 7: (4,)}	# lr at a vector, less where to go on
    names = ["r%d" % n for n in range(13)] + ["sp", "lr", "pc"]
    slots = {4 * n: n for n in range(8)}
    call, fiq, nmis, interrupts = 2, (7,), (7,), (6, 7)
    patterns = {"call": (0x0f000000, 0x0b000000), "return": (0xffd0ffff, 0xf8900a00), "push": (0xffffffff, 0xf96d0513),
                "spsr": (0xffff0fff, 0xe14f0000), "read": (0xfff00010, 0xee100010), "set": (0xfffffff0, 0xe16ff000)}
    operand = 12
    modes = {7: 0x11}
    banks = {0x12: "irq", 0x13: "svc", 0x17: "abt", 0x1b: "und"}	# what an NMI has to give back of other modes

    @staticmethod
    def parse(text):
        values = [0] * 17
        for name, number, value in VALUE.findall(text):
            values[int(number) if name == b"R" else 16] = int(value, 16)
        return values

    @staticmethod
    def user(psr):
        return psr & 0xf == 0


class Arm64(Arm):
    bits, sp, lr, pair, flags = 64, 31, 30, 0, 0xf00003cf
    general, preserved, arguments = range(31), tuple(range(18, 30)) + (31,), (1, 2, 18)
    adjust = {}
    names = ["x%d" % n for n in range(31)] + ["sp", "pc"]
    slots = {128 * n: n for n in range(16)}
    call, fiq, nmis, interrupts = 8, (2, 6, 10, 14, 3, 7, 11, 15), (2, 6, 10, 14), (1, 2, 5, 6, 9, 10, 13, 14)
    patterns = {"call": (0xfc000000, 0x94000000), "return": (0xffffffff, 0xd69f03e0), "elr": (0xffffffe0, 0xd5384020),
                "spsr": (0xffffffe0, 0xd5384000), "read": (0xfff00000, 0xd5300000),
                "set": (0xffffffe0, 0xd5184000)}
    operand = 0
    modes = {}

    @staticmethod
    def parse(text):
        values = [0] * 34
        for name, number, value in VALUE.findall(text):
            at = {b"X": int(number or 0), b"SP": 31, b"PC": 32, b"PSTATE": 33}.get(name)
            if at is not None:		# (a CPU may have more to show)
                values[at] = int(value, 16)
        return values


class Crossing:
    """One that has begun. values: registers as it found them, None where that cannot be seen."""

    # pylint: disable=too-many-instance-attributes,too-few-public-methods
    def __init__(self, slot, begin, before, at, machine):
        self.slot, self.begin, self.before, self.at = slot, begin, before, at	# begin: index of its first step
        self.key, self.pcs, self.psr, self.fork, self.watched = None, (), None, None, True
        self.pushed = False
        self.values, self.expected, self.holes = [None] * len(machine.names), {}, []


class Watch:
    def __init__(self, elf, masks=True, breaks=False):
        self.with_breaks = breaks		# ... are planted: an instruction that reads as a load may be one, and does not fault
        self.with_masks = masks		# interrupts are masked by PSTATE.I, or CPSR.I, and NMIs by F
        self.image = Image(str(elf))
        self.code, self.machine = Code(self.image), {"arm": Arm, "arm64": Arm64}[self.image.machine]
        symbol, m = self.image.symbol, self.machine
        self.low, self.high = self.image.noinstr[0][0], self.image.noinstr[-1][1]
        self.entry = range(symbol["__entry_text_start"], symbol["__entry_text_end"])
        self.slots = {symbol["vectors"] + offset: n for offset, n in m.slots.items()}
        self.fork = symbol.get("ret_from_fork_asm", symbol.get("ret_from_fork"))
        self.special = collections.defaultdict(dict)
        for pc in range(self.low, self.high, 4):
            word = int.from_bytes(self.image.read(pc, 4) or b"", "little")
            for kind, (mask, value) in m.patterns.items():
                if word & mask == value:
                    self.special[kind][pc] = word >> (0 if kind == "set" else m.operand) & (15 if m is Arm else 31)
        self.masked = self.f_masked()
        self.user_writes, self.i_masked, self.keepers = user_writes(self.image), masked(self.image), keepers(self.image)
        self.waiting = set()		# where calls return to
        self.steps, self.count, self.open, self.calls = collections.deque(maxlen=REMEMBERED), 0, [], {}
        self.returned, self.watched, self.last, self.ends, self.closed, self.befores = None, True, None, 0, 0, {}

    def f_masked(self):
        """Where an NMI must not come: ELR, SPSR and the syndrome are not saved yet, or reloaded already."""
        masked, half, read, called = set(), [], 0, False
        for pc in self.entry[::4] if self.machine is Arm64 else ():
            half.append(pc)
            if any(pc in self.special[kind] for kind in ("read", "elr", "spsr")):
                read = len(half)
            if pc in self.special["call"] or pc in self.special["return"] or self.jumps_out(pc):
                masked.update(half[1:] if called else half[:read])	# (the first behind the call masks)
                called, half, read = pc in self.special["call"], [], 0
        return masked

    def jumps_out(self, pc):
        """... of the entry text (B): back to the firmware."""
        word = int.from_bytes(self.image.read(pc, 4), "little")
        return word >> 26 == 5 and pc + (((word & 0x3ffffff) ^ 0x2000000) - 0x2000000) * 4 not in self.entry

    # ---- one step ----

    def feed(self, step):
        """What is wrong, as printable lines, once something is."""
        found = None
        if step == self.last:		# begun once more: an interrupt or a device was in the way
            return None
        self.steps.append(step)
        self.count += 1
        if self.returned:
            found = self.judge(*self.returned, step)
            self.returned = None
        if step.pc in self.slots:
            found = found or self.begin(step)
        elif step.pc == self.fork:
            self.new_task(step)
        if self.low <= step.pc < self.high:
            values = self.machine.parse(step.text)
            found = found or self.masks(step, values) or self.contract(step, values)
            if step.pc in self.special["return"]:
                found = found or self.end(step, values)
        if step.pc in self.user_writes or step.pc in self.i_masked or step.pc in self.keepers or step.pc in self.waiting:
            found = found or self.place(step, self.machine.parse(step.text))
        self.last = step
        return found

    def begin(self, step):
        e = Crossing(self.slots[step.pc], self.count - 1, self.last, step, self.machine)
        values, m = self.machine.parse(step.text), self.machine
        for r in m.general:
            if not (e.slot in m.modes and r > 7):
                e.values[r] = values[r]
        if m is Arm64:
            e.key = values[m.sp]
            if e.slot < 8:
                e.expected[18] = values[18], self.count - 1
        else:
            e.pcs = [values[m.lr] - n for n in m.adjust.get(e.slot, ())]
            if e.slot == m.call:
                e.key, e.psr = values[m.sp], values[-1]
        outer = self.open[-1] if self.open else None
        e.watched, self.watched = self.watched, False
        self.open.append(e)
        if self.with_masks and e.before and not m.user(m.parse(e.before.text)[-1]):
            if outer and e.slot in m.nmis and outer.slot in m.fiq:
                return self.report("an NMI came in an NMI; opened by", e.before.pc)
            if e.slot in m.interrupts and e.slot not in m.fiq and not e.watched:
                return self.report("an interrupt came before the first {; opened by", e.before.pc)
            if e.slot in m.interrupts and e.slot not in m.fiq and e.before.pc in self.i_masked:
                return self.report("an interrupt came in a function that is masked throughout; opened by", e.before.pc)
        return None

    def new_task(self, step):
        """Its first return has no beginning; and if another task had this stack before, that will not return."""
        low = self.machine.parse(step.text)[self.machine.sp]
        self.open = [e for e in self.open if e.key is None or not low <= e.key < low + LARGEST_FRAME]
        self.calls = {at: call for at, call in self.calls.items() if not low - LARGEST_STACK <= at[1] < low + LARGEST_FRAME}
        e = Crossing(None, self.count - 1, self.last, step, self.machine)
        # (a user frame ends where the stack does; RFE ends behind Linux's pt_regs)
        e.fork, e.key, self.watched = low, low + 68 if self.machine is Arm else -(-low & ~0xfff), False
        self.open.append(e)

    def learn(self, e, step, values):
        """What of the interrupted state shows only now."""
        m, last = self.machine, self.last.pc if self.last else None
        e.pushed |= last in self.special["push"]
        if m is Arm64:
            if not e.pcs and last in self.special["elr"]:
                e.pcs = [values[self.special["elr"][last]]]
        elif e.values[13] is None and self.mode(step) == 0x13 and e.slot != m.call:
            e.values[8:15] = values[8:15]
            e.values[13] += m.pair if e.pushed else 0
            e.key = e.values[13]
        if e.psr is None and last in self.special["spsr"] and (m is Arm64 or self.mode(self.last) == self.mode(e.at)):
            e.psr = values[self.special["spsr"][last]]

    def mode(self, step):
        return self.machine.parse(step.text)[-1] & 0x1f

    # ---- masks and calls ----

    def masks(self, step, values):
        """I is masked in assembly, and in C before the first {; F where it must be."""
        psr, pc = values[-1], step.pc
        e = self.open[-1] if self.open else None
        if e and e.fork is None:
            self.learn(e, step, values)
            if e.slot == FAULT and not self.with_breaks and self.accesses_memory(e.pcs):
                return self.fault(e)
        wrong = None
        if self.machine.user(psr):
            return None
        if not self.with_masks:
            pass
        elif not psr & I_BIT and (pc in self.entry or not self.watched):
            wrong = I_BIT, "interrupts are open"
        elif e and e.slot in self.machine.interrupts and e.slot not in self.machine.fiq and len(e.pcs) == 1 and \
                e.pcs[0] in self.entry:
            return self.report("an interrupt came before", e.pcs[0]) + self.report("which was opened by", e.before.pc)
        elif not psr & F_BIT and (pc in self.masked or e and e.slot in self.machine.fiq and e.fork is None):
            wrong = F_BIT, "NMIs are open"
        if pc in self.image.begin:
            self.watched = True
        if pc in self.image.end:
            self.closed = self.count - 1
        return wrong and self.report("%s at" % wrong[1], pc) + self.report("opened by", self.opener(wrong[0]))

    def accesses_memory(self, pcs):
        """... does the instruction in noinstr text that an exception came before."""
        return pcs and self.low <= pcs[0] < self.high and str(self.code.at(pcs[0]))[:2] in ("ld", "st")

    def fault(self, e):
        """Code that may not fault did: who made the address?"""
        base = number(re.search(r"\[(\w+)|(?<= )(\w+)(?=!?, \{)|$", str(self.code.at(e.pcs[0]))).group().strip("["), self.machine)
        lines = self.report("entry code faults at", e.pcs[0])
        made = self.changes(base, self.indices(e.begin - 10000, e.begin)) if base is not None else []
        return lines + (self.report("%s was made %#x by" % (self.machine.names[base], made[-1][2]), self.at(made[-1][0]).pc)
                        if made else [])

    def opener(self, bit, until=None):
        """The last instruction before which it was masked, and behind which it was not."""
        steps = list(self.steps)[:(until or self.count - 1) + 1 - self.count + len(self.steps)]
        for a, b in zip(steps[-2::-1], steps[:0:-1]):
            if self.machine.parse(a.text)[-1] & bit and not self.machine.parse(b.text)[-1] & bit:
                before = self.befores.get(a)		# (an interrupt came at once, and a return from it shows)
                if before and not self.machine.parse(before.text)[-1] & bit:
                    continue				# (... an exception came where it was open already)
                return before.pc if before else a.pc
        return steps[-1].pc

    def place(self, step, values):
        """Rules of functions, not of text: they hold out of noinstr text as well."""
        m, pc = self.machine, step.pc
        if pc in self.user_writes and self.open:
            return self.report("user mode's registers that are in no frame are written by", pc)
        if self.with_masks and pc in self.i_masked and not values[-1] & I_BIT:
            return self.report("interrupts are open at", pc) + self.report("opened by", self.opener(I_BIT))
        found = self.came_back(pc, values) if pc in self.waiting else None
        if pc in self.keepers and self.last.pc not in self.keepers[pc]:		# (a loop may begin where the function does)
            back = values[m.lr] & ~1
            if self.last.pc not in self.special["return"] or (back, values[m.sp]) not in self.calls:
                self.calls_to(back, values)
        return found

    def calls_to(self, back, values):
        self.waiting.add(back)
        self.calls[back, values[self.machine.sp]] = self.count - 1, values

    def came_back(self, pc, values):
        """What callers find."""
        m = self.machine
        begin, then = self.calls.pop((pc, values[m.sp]), (None, values))
        for r in m.preserved:
            if then[r] != values[r] and pc not in self.entry:
                at = self.last_change(r, then[r], self.indices(begin, self.count - 1))
                return self.report("a function that returns to", pc) + \
                    self.report("does not preserve %s: %#x, then %#x; changed by" % (m.names[r], then[r], values[r]), at)
        return None

    def contract(self, step, values):
        """What C finds when assembly calls it."""
        m, pc = self.machine, step.pc
        e = self.open[-1] if self.open else None
        if pc in self.special["call"]:
            self.calls_to(pc + 4, values)
        if not e or pc not in self.entry or e.fork is not None:
            return None
        last = self.last.pc if self.last else None
        r = self.special["read"].get(last)
        if r in m.arguments and (e.slot not in m.modes or r == 9):
            e.expected[r] = values[r], self.count - 1
        if pc in self.special["call"]:
            for r, (value, since) in e.expected.items():
                if values[r] != value:
                    return self.report("%s is %#x, but should still be %#x, at the call" % (m.names[r], values[r], value), pc) + \
                        self.report("changed by", self.last_change(r, value, self.indices(since, self.count - 1, e)))
        return None

    # ---- the end ----

    def end(self, step, values):
        m = self.machine
        top = values[m.sp] + m.pair
        for e in reversed(self.open):
            fiq = m is Arm and self.mode(step) == 0x11
            if e.fork is not None and e.key == top or (e.slot in m.modes if fiq else e.key == top):
                break
        else:
            return self.lost(step, top)
        for i in self.indices(max(self.closed, e.begin), self.count):
            if self.with_masks and not m.parse(self.at(i).text)[-1] & I_BIT and self.low <= self.at(i).pc < self.high:
                return self.report("interrupts are open behind the last }, at", self.at(i).pc) + \
                    self.report("opened by", self.opener(I_BIT, i))
        self.open.remove(e)
        for o in self.open:
            if o.begin < e.begin:
                o.holes.append(range(e.begin, self.count))
        self.watched = e.watched
        if e.slot in m.modes:
            found = self.banks(self.indices(e.begin, self.count, e))
            if found:
                return found
        if e.fork is None:
            self.returned, self.befores = (e, step), {step: e.before}
            self.ends += 1
            return None
        return self.first_return(e)

    def banks(self, indices):
        """sp, lr and SPSR of the other modes, which a vector's first instructions live in. SPSR shows where it is read."""
        m, special = self.machine, self.special
        mine = [(i, self.at(i).pc, m.parse(self.at(i).text)) for i in indices if self.at(i).pc in self.entry]
        for mode, name in m.banks.items():
            here = [(i, v) for i, _, v in mine if v[-1] & 0x1f == mode]
            for r in (13, 14) if here else ():
                found, now = here[0][1][r], here[-1][1][r]
                if found != now:
                    changed = [i for (i, a), (_, b) in zip(here, here[1:]) if a[r] != b[r]][-1]
                    return self.not_given_back(m.names[r] + "_" + name, found, now, mine,
                                               changed, copied_from(self.text(changed), m))
            read = [after[special["spsr"][pc]] for (_, pc, v), (_, _, after) in zip(mine, mine[1:])
                    if pc in special["spsr"] and v[-1] & 0x1f == mode]
            wrote = [(i, special["set"][pc], v) for i, pc, v in mine if pc in special["set"] and v[-1] & 0x1f == mode]
            if read and wrote and wrote[-1][2][wrote[-1][1]] != read[0]:
                i, r, v = wrote[-1]
                return self.not_given_back("spsr_" + name, read[0], v[r], mine, i, r)
        return []

    def not_given_back(self, name, value, now, mine, i, source):
        """Step i gave the bank this value; if from a register, that may be what was changed behind its reload."""
        lines = self.report("%s was %#x when the NMI came, and is %#x behind" % (name, value, now), mine[-1][1])
        called = max((j for j, pc, _ in mine if pc in self.special["call"]), default=mine[0][0])
        back = [j for j, _, _ in mine if called < j <= i]
        away = [j for j, a, _ in self.changes(source, back) if a == value] if source is not None else []
        return lines + self.report("changed by", self.at(away[-1] if away else i).pc)

    def lost(self, step, top):
        """No exception began with this stack pointer: the one that it belongs to is the last."""
        if not self.open:
            return None
        e = self.open[-1]
        lines = self.report("returns with the stack pointer at %#x; the exception began at %#x;" % (top, e.key or 0), step.pc)
        changes = self.changes(self.machine.sp, [i for i in self.indices(e.begin, self.count - 1, e) if self.at(i).pc in self.entry])
        exact = [c for c in changes if e.key and c[2] - c[1] == top - e.key]
        for i, a, b in exact if len(exact) == 1 else changes:
            lines += self.report("changed by %+d by" % (b - a), self.at(i).pc)
        return lines

    def first_return(self, e):
        """A new task's registers were nowhere before: they must stay as they were loaded."""
        m, mine = self.machine, self.indices(e.begin, self.count, e)
        asm = [i for i in mine if self.at(i).pc in self.entry]
        loads = [(i, accesses(self.text(i), m, m.parse(self.at(i).text))) for i in asm]
        for r in m.general:
            loader = max((i for i, (kind, where, _) in loads if kind == "ld" and r in where), default=mine[-1])
            changes = self.changes(r, [i for i in mine if i > loader])
            if changes:
                return self.report("%s of a new task is changed behind its load, by" % m.names[r], self.at(changes[-1][0]).pc)
        wrote = self.banked_writes(asm)
        return self.report("a new task's stack pointer is written twice, last by", self.at(wrote[-1]).pc) if wrote[1:] else None

    def judge(self, e, back, step):
        m = self.machine
        after = m.parse(step.text)
        at_slot = step.pc in self.slots
        if at_slot:
            after = m.parse(back.text)
        before = m.parse(e.before.text) if e.before else after
        user = m.user(after[-1])
        call = e.slot == m.call and e.before and e.before.pc + 4 == e.pcs[0] if m is Arm64 else e.slot == m.call
        if not at_slot and e.pcs and step.pc not in e.pcs:
            if e.slot in m.interrupts and (not user or after[m.sp] == before[m.sp]):
                return self.report("returns to %#x instead of %#x" % (step.pc, e.pcs[0]), back.pc)
            return None		# a signal, execve(), a fix-up
        expected = list(e.values)
        if not at_slot and user and e.before and m.user(before[-1]) and (call or e.before.pc == step.pc):
            for r in (m.sp, m.lr):
                expected[r] = before[r]
        elif at_slot or user or m is Arm and after[-1] & 0x1f != 0x13:
            expected[13:15] = [None, None] if m is Arm else expected[13:15]
        if m is Arm and after[-1] & 0x1f == 0x11:
            expected[8:13] = [None] * 5
        lines = []
        for r, value in enumerate(expected[:m.sp + 2 if m is Arm else m.sp + 1]):
            if not lines and value is not None and value != after[r] and not (call and r == 0):
                lines = self.culprit(e, r, value, after[r], back, user)
        if not lines and not at_slot and e.psr is not None and (e.psr ^ after[-1]) & m.flags & (~0xef if call and m is Arm else ~0):
            lines += self.status(e, back, e.psr, after[-1])
        return lines

    def status(self, e, back, psr, now):
        m = self.machine
        lines = self.report("gives back flags %#x for %#x, by" % (now, psr), back.pc)
        mine = self.indices(e.begin, self.count - 1, e)
        if m is Arm:
            values = m.parse(back.text)
            stack = values[8 if values[-1] & 0x1f == 0x11 else m.sp]
            return lines + self.overwritten(mine[0], mine[-1], stack + 4)
        writes = [i for i in mine if self.at(i).pc in self.special["set"]]
        r = self.special["set"][self.at(writes[-1]).pc]
        return lines + self.report("changed by", self.last_change(r, psr, [i for i in mine if i <= writes[-1]], writes[-1]))

    # ---- backwards ----

    def at(self, index):
        return self.steps[index - self.count + len(self.steps)]

    def indices(self, begin, end, e=None):
        begin = max(begin, self.count - len(self.steps))
        return [i for i in range(begin, end) if not e or not any(i in h for h in e.holes)]

    def value(self, i, r):
        """None: another mode's register."""
        values, m = self.machine.parse(self.at(i).text), self.machine
        mode = values[-1] & 0x1f
        if m is Arm and (r > 7 and mode == 0x11 or r > 12 and mode != 0x13):
            return None
        return values[r]

    def changes(self, r, indices):
        """[(index, value before, value after)] of every instruction that changed it."""
        pairs = [(i, self.value(i, r)) for i in indices]
        pairs = [p for p in pairs if p[1] is not None]
        return [(a[0], a[1], b[1]) for a, b in zip(pairs, pairs[1:]) if a[1] != b[1]]

    def last_change(self, r, value, indices, end=None):
        away = [i for i, a, _ in self.changes(r, indices + [end or self.count - 1]) if a == value]
        return self.at(away[-1] if away else indices[-1]).pc

    def text(self, i):
        insn = self.code.at(self.at(i).pc)
        return str(insn) if insn else ""

    def culprit(self, e, r, value, now, back, user):
        m, name = self.machine, self.machine.names[r]
        head = "%s was %#x when the exception came, and is %#x behind" % (name, value, now)
        lines = self.report(head, back.pc)
        if user and (r == m.sp or m is Arm and r == m.lr):
            return lines + self.banked(e, name)
        mine = self.indices(e.begin, self.count - 1, e)
        asm = [i for i in mine if self.at(i).pc in self.entry]
        touched = [(i, *accesses(self.text(i), m, m.parse(self.at(i).text))) for i in asm]
        touched = [t for t in touched if r in t[2]]
        saver = next((t for t in touched if t[1] == "st"), None)
        loader = next((t for t in reversed(touched) if t[1] == "ld" and (not saver or t[0] > saver[0])), None)
        if saver and self.value(saver[0], r) not in (None, value):
            return lines + self.unsaved(r, value, [i for i in mine if i <= saver[0]])
        if not loader:
            return lines + self.report("nothing reloads it; changed by", self.last_change(r, value, mine))
        behind = [i for i in mine if i > loader[0]] + [self.count - 1]
        loaded = next((v for v in (self.value(i, r) for i in behind) if v is not None), None)
        if loaded == value:
            return lines + self.report("changed behind its reload, by", self.last_change(r, value, behind[:-1] or mine[-1:]))
        if saver and saver[2][r] == loader[2][r]:
            return lines + self.overwritten(saver[0], loader[0], loader[2][r])
        if saver:
            pair = [("saved at", saver), ("reloaded from", loader)]
            if saver[2][r] - m.parse(self.at(saver[0]).text)[m.sp] != r * m.bits // 8:
                pair.reverse()		# (the frame has them in order: the last one that is named is wrong)
            return lines + [l for what, t in pair for l in self.report("%s %#x by" % (what, t[2][r]), self.at(t[0]).pc)]
        call = next((i for i in asm if self.at(i).pc in self.special["call"]), loader[0])
        early = self.changes(r, [i for i in mine if i <= call])
        if early:
            return lines + self.report("changed before it was saved, by", self.at(early[0][0]).pc)
        return lines + self.overwritten(mine[0], loader[0], loader[2][r])

    def unsaved(self, r, value, indices):
        """Changed before it was saved. A copy may have been what changed."""
        changes = self.changes(r, indices)
        source = copied_from(self.text(changes[-1][0]), self.machine)
        if len(changes) > 1 and source is not None:
            # (of FIQ's own registers too)
            held = [(i, self.machine.parse(self.at(i).text)[source]) for i in indices if i <= changes[-1][0]]
            away = [i for (i, a), (_, b) in zip(held, held[1:]) if a == value != b]
            if away:
                return self.report("its copy in %s was changed before it was saved, by" % self.machine.names[source],
                                   self.at(away[-1]).pc)
        lines = []
        for i, _, _ in changes:
            lines += self.report("changed before it was saved, by", self.at(i).pc)
        return lines

    def overwritten(self, begin, end, slot):
        stores = []
        for i in self.indices(begin + 1, end):
            kind, where, size = accesses(self.text(i), self.machine, self.machine.parse(self.at(i).text))
            if kind == "st" and any(a <= slot < a + size for a in where.values()):
                stores.append(i)
        if not stores:
            return self.report("its place in the frame, %#x, was overwritten by nobody known before" % slot, self.at(end).pc)
        return self.report("its place in the frame, %#x, was overwritten by" % slot, self.at(stores[-1]).pc)

    def banked(self, e, name):
        """The user's own stack pointer and lr show in user mode alone: who wrote them?"""
        wrote = self.banked_writes([i for i in self.indices(e.begin, self.count - 1, e) if self.at(i).pc in self.entry])
        return self.report("%s of user mode was written last by" % name, self.at(wrote[-1]).pc) if wrote else []

    def banked_writes(self, indices):
        texts = [(i, self.text(i)) for i in indices]
        return [i for i, t in texts if t.startswith("msr sp_el0") or t.startswith("ld") and t.endswith("^")]

    def report(self, what, pc):
        insn, lines = self.code.at(pc), [line for _, line in self.image.lines([pc]).get(pc, [("", "?")])]
        where = " from ".join([lines[0] + macro_lines(lines[0], str(insn))] + lines[1:])
        return ["%s %#x %s %s (%s)" % (what, pc, self.image.name(pc), where, insn or self.data(pc))]

    def data(self, pc):
        """An instruction that was written as a number."""
        word = self.image.read(pc, 4)
        return ".word %#x" % int.from_bytes(word, "little") if word else "not in the kernel"


# ---- QEMU ----

def steps(command, seconds, console, ended):
    """The steps of the run of a QEMU command line, while it runs; QEMU ends when nobody wants more."""
    read, write = os.pipe()
    args = shlex.split(command)
    args += single_step(args[0]) + ["-icount", "shift=4,sleep=off", "-d", "cpu,exec,nochain", "-D", "/dev/fd/%d" % write,
                                    "-serial", console, "-monitor", "none"]
    until = time.monotonic() + seconds
    with subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[write]) as qemu:
        os.close(write)
        try:
            rest = b""
            while select.select([read], [], [], max(0, until - time.monotonic()))[0]:
                block = os.read(read, 1 << 20)
                *texts, rest = (rest + block).split(b"Trace ") if block else (rest, b"")
                for text in texts:
                    line = LINE.match("Trace " + text[:120].decode())
                    if line:
                        yield Step(int(line[1], 16), text[text.find(b"\n"):].partition(b"Stopped")[0])
                if not block:
                    ended.append(True)
                    break
        finally:
            qemu.kill()
            os.close(read)


def examine(command, elf, seconds=300, console="null", masks=True, breaks=False):
    """(what breaks an entry path first, as printable lines; how much was seen)."""
    watch, found, ended = Watch(elf, masks, breaks), None, []
    run = steps(command, seconds, console, ended)
    for step in run:
        found = watch.feed(step)
        if found:
            break
    run.close()
    return found or [], "%d instructions, %d exceptions and their ends%s" % (
        watch.count, watch.ends, "" if found else ", the run ended" if ended else ", then time was up")


def find(command, elf, seconds=300, console="null", masks=True, breaks=False):
    """What breaks an entry path first, as printable lines; none: nothing was found. masks: false if NMIs are no FIQs,
    for then other masks than I and F count, and only registers are looked at. breaks: true if breakpoint
    instructions are planted, so that a load may come to the vector without a fault."""
    return examine(command, elf, seconds, console, masks, breaks)[0]
