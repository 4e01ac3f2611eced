# SPDX-License-Identifier: MIT
"""
An independent oracle: QEMU's own log of every exception (-d int) beside the doors that the event
ring recorded during the tour. Each exception is in the ring, in order, and the other way round.
"""

import re

import pytest

from conftest import make_run

# QEMU's names of exceptions, and the doors that they may lead to.
DOORS = {
    "SVC": {"syscall"},
    "IRQ": {"irq"},
    "FIQ": {"fiq"},
    "Data Abort": {"fault"},
    "Prefetch Abort": {"fault", "debug"},
    "Undefined Instruction": {"undef"},
    "Breakpoint": {"debug"},
}


class Taken:
    """One exception, from either side."""

    def __init__(self, doors, cpu, pc=None, syndrome=None, text=""):
        self.doors, self.cpu, self.pc, self.syndrome, self.text = doors, cpu, pc, syndrome, text

    def same(self, other):
        def agree(a, b):
            return a is None or b is None or a == b
        return (self.doors & other.doors and self.cpu == other.cpu and agree(self.pc, other.pc)
                and agree(self.syndrome, other.syndrome))


def qemu_log(text):
    """What the log says was taken; calls that QEMU itself serves are none."""
    found = []
    for block in re.split(r"^(?=Taking exception )", text, flags=re.M):
        m = re.match(r"Taking exception \d+ \[(.*?)\] on CPU (\d+)", block)
        if not m or re.search("hand(led|ling) as", block) or m.group(1) in ("Semihosting call", "Hypervisor Call"):
            continue
        doors = DOORS.get(m.group(1), {m.group(1)})
        pc = re.search(r"^\.\.\.with ELR 0x([0-9a-f]+)", block, re.M)
        esr = re.search(r"^\.\.\.with ESR 0x[0-9a-f]+/0x([0-9a-f]+)", block, re.M)
        fsr = re.search(r"^\.\.\.with [DI]FSR 0x([0-9a-f]+)", block, re.M)
        syndrome = None
        if pc and esr and not doors & {"irq", "fiq"}:
            syndrome = int(esr.group(1), 16)
        elif fsr and "debug" not in doors:
            syndrome = int(fsr.group(1), 16)
        found.append(Taken(doors, int(m.group(2)), pc and int(pc.group(1), 16), syndrome,
                           " | ".join(block.split("\n")[:6])))
    return found


def ring(text):
    found = []
    pattern = r"\bV (\d+) (\S+) (\S+) slot=(\d+) pc=([0-9a-f]+) syn=([0-9a-f]+) pid=-?\d+ cpu=(\d+)"
    for m in re.finditer(pattern, text):
        if int(m.group(4)) >= 16:		# no vector: a new task's first return
            continue
        interrupt = m.group(2) in ("irq", "fiq")
        found.append(Taken({m.group(2)}, int(m.group(7)), int(m.group(5), 16),
                           None if interrupt else int(m.group(6), 16), m.group(0)))
    return found


def first_difference(log, doors):
    """
    None, or the index from which doors and log differ. A FIQ that hits the first instructions of
    another vector reaches C before that one does: the log has the two the other way round.
    """
    i = 0
    while i < len(doors):
        if log[i].same(doors[i]):
            i += 1
        elif (i + 1 < len(doors) and "fiq" in doors[i].doors and log[i].same(doors[i + 1])
              and log[i + 1].same(doors[i])):
            i += 2
        else:
            return i
    return None


def compare(log, doors):
    assert len(doors) > 30, "too few doors in the dump: %d" % len(doors)
    assert len(log) >= len(doors), "%d exceptions, but %d doors" % (len(log), len(doors))
    best = (-1, 0)
    for start in range(len(log) - len(doors) + 1):
        at = first_difference(log[start:start + len(doors)], doors)
        if at is None:
            return
        best = max(best, (at, start))
    at, start = best
    near = range(max(0, at - 3), min(len(doors), at + 4))
    raise AssertionError("they agree for %d of %d, then:\n" % (at, len(doors)) + "\n".join(
        "%s log  %s\n  ring %s" % (">" if i == at else " ", log[start + i].text, doors[i].text) for i in near))


@pytest.mark.parametrize("variables", (
    dict(ARCH="arm"), dict(ARCH="arm64"), dict(ARCH="arm64", GIC=2), dict(ARCH="arm", GIC=3),
    dict(ARCH="arm", CONFIG="release-traced"), dict(ARCH="arm64", CONFIG="release-traced"),
    dict(ARCH="arm64", CPU="max"), dict(ARCH="arm64", APPEND="idle=irqs-on"),
    dict(ARCH="arm", APPEND="idle=irqs-on")), ids=lambda v: " ".join("%s=%s" % kv for kv in v.items()))
def test_every_exception_is_in_the_ring(variables, tmp_path):
    log = tmp_path / "int.log"
    variables = dict(variables, QEMU_ARGS="-d int -D %s" % log)
    variables["APPEND"] = (variables.get("APPEND", "") + " tour=dump").strip()
    r = make_run(**variables)
    assert r.status == 0, r
    compare(qemu_log(log.read_text(errors="replace")), ring(r.out))


def test_the_comparison_notices():
    """What is missing, added, swapped or changed on either side is a difference."""
    log = [Taken({d}, 0, pc, s, d) for pc, (d, s) in enumerate(
        [("syscall", 1), ("irq", None), ("fault", 7), ("syscall", 1)] * 12)]
    compare(log, log)
    compare(log, log[3:-4])
    for wrong in (log[:20] + log[21:], log[:20] + [log[5]] + log[20:],
                  log[:20] + [log[21], log[20]] + log[22:],
                  log[:22] + [Taken({"fault"}, 0, 22, 8)] + log[23:],
                  log[:22] + [Taken({"fault"}, 0, 23, 7)] + log[23:]):
        with pytest.raises(AssertionError):
            compare(log, wrong)
        with pytest.raises(AssertionError):
            compare(wrong, log)
