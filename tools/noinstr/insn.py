# SPDX-License-Identifier: MIT
"""Machine instructions, as far as the checker cares: where they go and what they do to I, or to PMR."""

import capstone
from capstone import arm, arm64

from image import Unusable

# What may come after an instruction.
NEXT = "next"		# the one behind it
JUMP = "jump"		# target; if conditional, the one behind it too
CALL = "call"		# target, then the one behind it
IJUMP = "ijump"		# as JUMP, to where a register or a table says
ICALL = "icall"
RETURN = "return"	# to the caller
ERET = "eret"		# to what was interrupted
STOP = "stop"		# nothing: a trap that nobody comes back from

# Immediates of breakpoints that are warnings: the trap comes back, behind them (include/lintel/bug.h).
WARNINGS = (0x800, 0x802)

I_BIT = 7		# in CPSR, in DAIF; in PMR it is set where interrupts are open (asm/nmi.h)
MASK_I, MASK_PMR = 1, 2		# what masks interrupts; either is enough
A32_RETURN_BASES = {arm.ARM_REG_SP, arm.ARM_REG_R11, arm.ARM_REG_R7}
A64_BRANCHES = {"b": JUMP, "cbz": JUMP, "cbnz": JUMP, "tbz": JUMP, "tbnz": JUMP, "bl": CALL,
                "br": IJUMP, "blr": ICALL, "ret": RETURN, "eret": ERET}


class Insn:
    """irq: None, "open", "mask", or the register that is written to the mask, or a constant; which: MASK_I or MASK_PMR."""

    def __init__(self, cs, name, thumb):
        self.cs, self.name = cs, name	# name: without condition
        self.is_thumb = thumb
        self.address, self.next = cs.address, cs.address + cs.size
        self.kind, self.target, self.cond, self.irq, self.which = NEXT, None, False, None, MASK_I

    @property
    def is_nop(self):
        return self.name == "nop" or (self.name == "hint" and self.cs.op_str in ("#0", ""))

    def __str__(self):
        return ("%s %s" % (self.cs.mnemonic, self.cs.op_str)).strip()


def decode_a64(cs, insn):
    word = int.from_bytes(cs.bytes, "little")
    insn.kind = A64_BRANCHES.get(insn.name, NEXT)
    if insn.name == "brk" and cs.operands[0].imm not in WARNINGS:
        insn.kind = STOP
    if insn.kind in (JUMP, CALL):
        insn.target = cs.operands[-1].imm & (1 << 64) - 1
        insn.cond = insn.name not in ("b", "bl") or cs.mnemonic != insn.name
    if word & 0xfffff0df == 0xd50340df:		# MSR DAIFSet/DAIFClr, #imm
        if word >> 8 & 2:
            insn.irq = "open" if word & 0x20 else "mask"
    elif word & 0xffffffe0 == 0xd51b4220:	# MSR DAIF, Xt
        insn.irq = cs.operands[1].reg
    elif word & 0xffffffe0 == 0xd5184600:	# MSR ICC_PMR_EL1, Xt
        insn.irq, insn.which = cs.operands[1].reg, MASK_PMR


def pc_written(cs):
    """How this A32 or T32 instruction loads the pc, if it does and is no plain branch."""
    ops, name = cs.operands, cs.insn_name()
    if name in ("pop", "ldm", "ldmdb", "ldmda", "ldmib"):
        if not any(o.type == arm.ARM_OP_REG and o.reg == arm.ARM_REG_PC for o in ops):
            return NEXT
        if cs.op_str.rstrip().endswith("^"):
            return ERET
        return RETURN if name == "pop" or ops[0].reg in A32_RETURN_BASES else IJUMP
    if not ops or ops[0].type != arm.ARM_OP_REG or ops[0].reg != arm.ARM_REG_PC:
        return NEXT
    if name in ("cmp", "cmn", "tst", "teq", "str", "push"):
        return NEXT
    if cs.update_flags:
        return ERET
    if name == "mov" and ops[1].reg == arm.ARM_REG_LR:
        return RETURN
    if name == "ldr" and ops[1].mem.base == arm.ARM_REG_SP and ops[1].mem.index == 0:
        return RETURN
    return IJUMP


def decode_a32(cs, insn):
    name, ops = insn.name, cs.operands
    insn.cond = cs.cc not in (arm.ARM_CC_AL, arm.ARM_CC_INVALID)
    if name in ("b", "bl", "blx", "bx", "bxj") and ops[0].type == arm.ARM_OP_IMM:
        insn.kind, insn.target = CALL if name != "b" else JUMP, ops[0].imm & 0xfffffffe
    elif name in ("cbz", "cbnz"):
        insn.kind, insn.target, insn.cond = JUMP, ops[1].imm, True
    elif name == "blx":
        insn.kind = ICALL
    elif name in ("bx", "bxj"):
        insn.kind = RETURN if ops[0].reg == arm.ARM_REG_LR else IJUMP
    elif name in ("tbb", "tbh"):
        insn.kind = IJUMP
    elif name.startswith("rfe") or cs.mnemonic == "eret":
        insn.kind = ERET
    elif name in ("udf", "trap") or (name == "bkpt" and ops[0].imm not in WARNINGS):
        insn.kind = STOP
    else:
        insn.kind = pc_written(cs)
    if cs.mnemonic.startswith(("cpsie", "cpsid")) and "i" in cs.op_str.split(",")[0]:
        insn.irq = "open" if cs.mnemonic.startswith("cpsie") else "mask"
    elif name == "msr" and cs.op_str.startswith("cpsr_") and "c" in cs.op_str.split(",")[0][5:]:
        insn.irq = ops[1].reg if ops[1].type == arm.ARM_OP_REG else Constant(ops[1].imm)


class Constant(int):
    """An immediate that is written to the mask."""


class Code:
    """Instructions by address, decoded a function at a time."""

    def __init__(self, image):
        self.image, self._insns = image, {}
        if image.machine == "arm64":
            self._decoders = {"x": self._decoder(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)}
        else:
            self._decoders = {"a": self._decoder(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM),
                              "t": self._decoder(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB)}

    @staticmethod
    def _decoder(arch, mode):
        cs = capstone.Cs(arch, mode)
        cs.detail = True
        return cs

    def at(self, address):
        """The instruction, or None where there is none: data, the end, what nobody can decode."""
        if address not in self._insns:
            f = self.image.function(address)
            self._decode(*(f[:2] if f else (address, address + 4)))
        return self._insns.setdefault(address, None)

    def all(self, function):
        self.at(function.start)
        return [i for a in range(*function[:2]) for i in [self._insns.get(a)] if i]

    def _decode(self, start, end):
        while start < end:
            kind, until = self.image.mode(start)
            until = min(end, until or end)
            data = self.image.read(start, until - start)
            if kind != "d" and data:
                if kind not in self._decoders:
                    raise Unusable("mapping symbol $%s does not fit the machine" % kind)
                self._decode_run(self._decoders[kind], kind, start, data)
            start = until

    def _decode_run(self, decoder, kind, start, data):
        at = 0
        while at < len(data):
            for cs in decoder.disasm(data[at:], start + at):
                insn = Insn(cs, cs.insn_name(), kind == "t")
                (decode_a64 if kind == "x" else decode_a32)(cs, insn)
                self._insns[cs.address] = insn
                at += cs.size
            at += 2 if kind == "t" else 4	# what capstone does not know: nothing is there


def is_trap(image, address):
    """UDF of AArch64, which older capstones do not know: compilers put it where nothing comes."""
    word = image.read(address, 4)
    return image.machine == "arm64" and word is not None and word[2:] == b"\0\0"


def reg_name(insn, reg):
    name = insn.cs.reg_name(reg)
    return "x" + name[1:] if name[0] == "w" and name[1:].isdigit() else name
