# SPDX-License-Identifier: MIT
"""
What registers hold, as far as a function says it itself: addresses put together by movw/movt,
adrp/add and literal pools, bits that are certainly set, and entries of jump tables. Enough to
follow computed branches and to know what is written to the interrupt mask.
"""

from typing import NamedTuple

from capstone import arm, arm64

import insn as I

MASK = {"arm": (1 << 32) - 1, "arm64": (1 << 64) - 1}
LOADS = {"ldr": (0, False), "ldrb": (1, False), "ldrh": (2, False), "ldrsb": (1, True),
         "ldrsh": (2, True), "ldrsw": (4, True), "ldur": (0, False)}
EXTENDS = {arm64.ARM64_EXT_SXTB: 8, arm64.ARM64_EXT_SXTH: 16, arm64.ARM64_EXT_SXTW: 32}
BOUND, LINK_REGS = "bound", {"arm": ("r0", "r1", "r2", "r3", "ip", "lr"),
                             "arm64": tuple("x%d" % n for n in range(19)) + ("x30",)}


class Bits(NamedTuple):
    """The bits of `known` are those of `value`; of the others nothing is known."""
    known: int
    value: int


class Table(NamedTuple):
    """An entry of a table, then scaled, then added to `add`; its index is below the last bound."""
    base: int
    size: int
    signed: bool
    shift: int = 0
    add: int = 0


class Values:
    """The values of one function's registers in front of each of its instructions."""

    def __init__(self, code, function):
        self.code, self.image = code, code.image
        self.full = MASK[code.image.machine]
        self.function, self.before = function, {}
        self._solve()

    def _solve(self):
        todo = [(self.function.start, {})]
        while todo:
            at, regs = todo.pop()
            old = self.before.get(at)
            merged = regs if old is None else {r: v for r, v in old.items() if regs.get(r) == v}
            insn = self.code.at(at)
            if insn is None or (old is not None and merged == old):
                continue
            self.before[at] = merged
            after = self._after(insn, merged)
            todo += [(to, after) for to in self.next(insn) if self.function.start <= to < self.function.end]

    def next(self, insn):
        """Addresses in this function that may come after the instruction."""
        if insn.kind in (I.NEXT, I.CALL, I.ICALL) or insn.cond:
            yield insn.next
        if insn.kind == I.JUMP:
            yield insn.target
        elif insn.kind == I.IJUMP:
            yield from self.targets(insn)

    # ---- computed branches ----

    def constant(self, at, reg):
        v = self.before.get(at, {}).get(reg)
        return v.value if isinstance(v, Bits) and v.known == self.full else None

    def bit(self, at, reg, n):
        """True, False, or None: not known."""
        v = self.before.get(at, {}).get(reg)
        return bool(v.value >> n & 1) if isinstance(v, Bits) and v.known >> n & 1 else None

    def targets(self, insn):
        """Where an indirect jump or call may go; nothing if that is not known."""
        regs = self.before.get(insn.address, {})
        name, ops = insn.name, insn.cs.operands
        if name in ("br", "blr", "bx", "blx", "bxj"):
            v = regs.get(I.reg_name(insn, ops[0].reg))
        elif name in ("tbb", "tbh"):
            pc = insn.address + 4
            v = Table(pc, 1 if name == "tbb" else 2, False, 1, pc)
        elif name == "add" and not (len(ops) == 3 and isinstance(regs.get(I.reg_name(insn, ops[2].reg)), Table)):
            pc = insn.address + 8
            bound = regs.get(BOUND)
            return [] if bound is None or len(ops) < 3 or ops[1].reg != arm.ARM_REG_PC else \
                [pc + (i << ops[2].shift.value) for i in range(bound + 1)]
        else:	# ldr pc, mov pc, add pc with an entry of a table (GCC 14)
            v = self._result(insn, regs)
        if isinstance(v, Bits) and v.known == self.full:
            return [v.value & ~1 if self.image.machine == "arm" else v.value]
        return self._entries(v, regs.get(BOUND)) if isinstance(v, Table) else []

    def _entries(self, table, bound):
        found = []
        for i in range(0 if bound is None else min(bound, 1023) + 1):
            raw = self.image.read(table.base + i * table.size, table.size, constant=True)
            if raw is None:
                return []
            offset = int.from_bytes(raw, "little", signed=table.signed) << table.shift
            to = (table.add + offset) & self.full
            to = to & ~1 if self.image.machine == "arm" else to
            if not self.function.start <= to < self.function.end or not self.code.at(to):
                return []
            found.append(to)
        return found

    # ---- one instruction ----

    def _after(self, insn, regs):
        regs, cs = dict(regs), insn.cs
        result = self._result(insn, regs)
        written = {I.reg_name(insn, r) for r in cs.regs_access()[1]}
        if insn.kind in (I.CALL, I.ICALL):
            written |= set(LINK_REGS[self.image.machine]) | {BOUND}
        for r in written:
            regs.pop(r, None)
        if insn.name == "cmp" and cs.operands[1].type == arm.ARM_OP_IMM:
            regs[BOUND] = cs.operands[1].imm
        elif insn.name in ("cmp", "cmn", "tst", "teq"):
            regs.pop(BOUND, None)
        if result is not None and not (insn.cond and insn.kind == I.NEXT) and cs.operands:
            regs[I.reg_name(insn, cs.operands[0].reg)] = result
        return regs

    def _const(self, value):
        return Bits(self.full, value & self.full)

    def _value(self, insn, op, regs):
        """An operand as Bits or Table, or None."""
        if op.type == arm.ARM_OP_IMM:
            v = op.imm << op.shift.value if op.shift.type else op.imm
            return self._const(v)
        if op.type != arm.ARM_OP_REG:
            return None
        if self.image.machine == "arm" and op.reg == arm.ARM_REG_PC:
            return self._const(self._pc(insn))
        v = regs.get(I.reg_name(insn, op.reg))
        ext = EXTENDS.get(op.ext) if self.image.machine == "arm64" else None
        if isinstance(v, Table) and (op.shift.value or ext):
            signed = v.signed or (ext is not None and ext <= 8 * v.size)
            return v._replace(shift=v.shift + op.shift.value, signed=signed)
        return None if op.shift.type or ext else v

    @staticmethod
    def _pc(insn):
        return (insn.address + 4) & ~3 if insn.is_thumb else insn.address + 8

    def _result(self, insn, regs):
        """What the instruction puts into its first operand."""
        name, ops = insn.name, insn.cs.operands
        if len(ops) < 2 or ops[0].type != arm.ARM_OP_REG:
            return None
        if name in LOADS:
            return self._load(insn, regs)
        v = self._value(insn, ops[-1], regs)
        old = self._value(insn, ops[1] if len(ops) > 2 else ops[0], regs)
        if name in ("mov", "movz", "movw", "adr", "adrp"):
            if name == "adr" and self.image.machine == "arm":
                return self._const(self._pc(insn) + ops[1].imm)
            return v
        if name in ("mvn", "movn") and isinstance(v, Bits):
            return Bits(v.known, ~v.value & v.known)
        if name in ("movt", "movk") and isinstance(old, Bits):
            shift = 16 if name == "movt" else ops[1].shift.value
            part = 0xffff << shift
            return Bits(old.known | part, (old.value & ~part) | ops[1].imm << shift)
        if name in ("and", "orr", "bic", "eor"):
            return self._logic(name, old or Bits(0, 0), v or Bits(0, 0))
        if name in ("add", "sub"):
            return self._sum(old, v, -1 if name == "sub" else 1)
        return None

    def _sum(self, a, b, sign):
        if isinstance(a, Bits) and isinstance(b, Table):
            a, b = b, a
        if not isinstance(b, Bits) or b.known != self.full:
            return None
        if isinstance(a, Table):
            return a._replace(add=a.add + sign * b.value)
        if isinstance(a, Bits) and a.known == self.full:
            return self._const(a.value + sign * b.value)
        return None

    def _logic(self, name, a, b):
        if isinstance(a, Table) or isinstance(b, Table):
            return None
        if name == "bic":
            name, b = "and", Bits(b.known, ~b.value & b.known)
        if name == "eor":
            known, value = a.known & b.known, a.value ^ b.value
        elif name == "and":	# a known zero on either side is enough
            known = (a.known & b.known) | (a.known & ~a.value) | (b.known & ~b.value)
            value = a.value & b.value
        else:
            known = (a.known & b.known) | a.value | b.value
            value = a.value | b.value
        return Bits(known, value & known)

    def _load(self, insn, regs):
        size, signed = LOADS[insn.name]
        op = insn.cs.operands[1]
        size = size or (4 if self.image.machine == "arm" or insn.cs.reg_name(insn.cs.operands[0].reg)[0] == "w"
                        else 8)
        if op.type == arm.ARM_OP_IMM:		# AArch64's literal pool
            return self._word(op.imm, size, signed)
        if op.type != arm.ARM_OP_MEM or len(insn.cs.operands) > 2:
            return None
        if self.image.machine == "arm" and op.mem.base == arm.ARM_REG_PC:
            base = self._pc(insn)
        else:
            v = regs.get(I.reg_name(insn, op.mem.base))
            base = v.value if isinstance(v, Bits) and v.known == self.full else None
        if base is None:
            return None
        if op.mem.index:
            return Table(base, size, signed)
        return self._word(base + op.mem.disp, size, signed)

    def _word(self, address, size, signed):
        raw = self.image.read(address, size, constant=True)
        return None if raw is None else self._const(int.from_bytes(raw, "little", signed=signed))
