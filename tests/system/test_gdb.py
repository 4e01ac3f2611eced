# SPDX-License-Identifier: MIT
"""
`make gdb`, as a person uses it: from a user svc through the vector into C and back, into a
pending interrupt by single steps, and back traces through the exception frame.
"""

import os
import re
import signal
import time

import pexpect
import pytest

from conftest import build, terminal

PROMPT = r"\(gdb\) $"
SLOTS = {"arm": {"svc": 2, "irq": 6, "irq from kernel": 14}, "arm64": {"svc": 8, "irq": 9, "irq from kernel": 5}}


class Gdb:
    def __init__(self, arch, append=""):
        out = build(arch)
        self.arch = arch
        self.p = terminal("make", ["gdb", "ARCH=" + arch, "APPEND=" + append, "TIMEOUT=300"], timeout=60,
                          echo=False, dimensions=(50, 250))
        self.start = self.wait()
        for setting in ("style enabled off", "width 0", "print address on", "print frame-arguments none", "backtrace limit 60"):
            self.do("set " + setting)
        self.do("add-symbol-file %s" % (out / "user/init"))
        self.doors = {}
        for m in re.finditer(r"^(\d+)\s+(\w+)\s+(\w.*)$", self.do("entry doors"), re.M):
            self.doors.setdefault(int(m.group(1)), m.group(2))

    def wait(self):
        self.p.expect(PROMPT)
        return self.p.before.replace("\r", "")

    def do(self, command):
        self.p.sendline(command)
        return self.wait()

    def number(self, expression):
        m = re.search(r"= (0x[0-9a-f]+)", self.do("p/x (unsigned long)(%s)" % expression))
        assert m, expression
        return int(m.group(1), 16)

    def symbol(self, address):
        return self.do("info symbol %#x" % address).split("\n")[0]

    def function(self, address):
        m = re.match(r"(\w+)", self.symbol(address))
        return m.group(1) if m else None

    def pc(self):
        return self.number("$pc")

    def in_user(self):
        return self.number("$cpsr") & 0xf == 0

    def run_to(self, where):
        text = self.do("tbreak " + where)
        assert "reakpoint" in text, text
        return self.do("continue")

    def step_to_vector(self, limit):
        """stepi from user mode until the kernel is reached; the user address it left from."""
        for _ in range(limit):
            before = self.pc()
            self.do("stepi")
            if not self.in_user():
                return before
        raise AssertionError("no exception in %d steps from %s" % (limit, self.symbol(self.pc())))

    def door(self, kind):
        return self.doors[SLOTS[self.arch][kind]]

    def close(self):
        self.p.sendline("kill")
        self.p.sendline("quit")
        try:
            self.p.expect(pexpect.EOF, timeout=10)
        finally:
            for sent in (signal.SIGTERM, signal.SIGKILL):	# gdb outlives its terminal
                try:
                    os.killpg(self.p.pid, sent)
                    time.sleep(0.5)
                except ProcessLookupError:
                    break
            self.p.close(force=True)


@pytest.fixture
def gdb(arch):
    g = Gdb(arch)
    yield g
    g.close()


def in_vectors(g):
    text = g.number("$pc")
    start, end = g.number("&__entry_text_start"), g.number("&__entry_text_end")
    return start <= text < end


def at_irq_vector(g):
    """At the slot itself: the offset that the architecture gives it."""
    return g.pc() & 0x7ff == 0x480 if g.arch == "arm64" else g.pc() & 0x1f == 0x18


def assert_trace_leads_to(g, pc):
    """The back trace from here goes through the frame to the function that was interrupted."""
    trace = g.do("bt")
    name = g.function(pc)
    assert name and re.search(r"^#[1-9]\d*\s.*\b%s \(" % name, trace, re.M), (name, trace)


def test_doors_are_listed_and_broken_at(gdb):
    text = gdb.do("entry doors")
    n = int(re.search(r"^(\d+) doors;", text, re.M).group(1))
    assert n >= 8, text
    assert "must not fire" in text and "NMI" in text
    assert gdb.do("entry doors all").count("Breakpoint") == n
    gdb.do("continue")
    assert gdb.function(gdb.pc()) in gdb.doors.values() or "door" in gdb.do("bt 1")


def test_svc_and_back(gdb):
    """From the user instruction through the vector into C, and back to the next one."""
    gdb.run_to("getppid")
    assert gdb.in_user()
    svc = re.search(r"(0x[0-9a-f]+)[^\n]*:\s+svc\b", gdb.do("x/20i $pc"))
    left = int(svc.group(1), 16)
    gdb.run_to("*%#x" % left)
    gdb.do("stepi")			# (should the tick come first, the svc is next)
    assert in_vectors(gdb), gdb.symbol(gdb.pc())
    gdb.run_to(gdb.door("svc"))
    assert not gdb.in_user()
    regs = gdb.do("entry regs")
    back = gdb.number("regs->pc")
    assert back == left + 4, (hex(back), hex(left))
    assert re.search(r"from (usr|EL0)", regs), regs
    assert "%x" % back in regs
    assert_trace_leads_to(gdb, left)
    gdb.run_to("sys_getppid")
    assert_trace_leads_to(gdb, left)
    gdb.run_to("*%#x" % back)
    assert gdb.in_user() and gdb.pc() == back


def test_step_into_pending_irq(gdb):
    """Interrupts are not masked while stepping: a timer that is due is stepped into."""
    gdb.run_to("interrupt_user")
    gdb.run_to("spin_ticks")
    assert gdb.in_user()
    for _ in range(40):			# the program asks now and then whether it has come
        left = gdb.step_to_vector(2000)
        assert in_vectors(gdb), gdb.symbol(gdb.pc())
        if at_irq_vector(gdb):
            break
        gdb.run_to("*%#x" % (left + 4))
    assert at_irq_vector(gdb)
    gdb.run_to(gdb.door("irq"))
    interrupted = gdb.number("regs->pc")
    # the step that took the interrupt may have executed its instruction first
    assert abs(interrupted - left) <= 64 or gdb.function(interrupted) == gdb.function(left)
    assert_trace_leads_to(gdb, interrupted)
    gdb.run_to("*%#x" % interrupted)
    assert gdb.in_user() and gdb.pc() == interrupted


def test_trace_through_a_kernel_frame(gdb):
    """An interrupt of the kernel: the trace goes on in the function that it interrupted."""
    gdb.run_to(gdb.door("irq from kernel"))
    assert re.search(r"from (svc|EL1)", gdb.do("entry regs"))
    assert_trace_leads_to(gdb, gdb.number("regs->pc"))
