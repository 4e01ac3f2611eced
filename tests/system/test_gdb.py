# SPDX-License-Identifier: MIT
"""
`make gdb`, as a person uses it: from a user svc through the vector into C and back, into a
pending interrupt by single steps, and back traces through the exception frame. And the order, followed by
gdb: the session of docs/gdb.md is typed here.
"""

import os
import re
import shutil
import signal
import time

import pexpect
import pytest

from conftest import TOP, build, run, terminal

PROMPT = r"\(gdb\) $"
SLOTS = {"arm": {"svc": 2, "irq": 6, "irq from kernel": 14}, "arm64": {"svc": 8, "irq": 9, "irq from kernel": 5}}


class Gdb:
    def __init__(self, arch, append="", config="debug", top=TOP):
        """top: a tree that is built already, if not this one."""
        out = top / "build" / arch / config
        if top == TOP:
            build(arch, config)
        self.arch = arch
        self.p = terminal("make", ["gdb", "ARCH=" + arch, "CONFIG=" + config, "APPEND=" + append, "TIMEOUT=600"],
                          timeout=240, echo=False, dimensions=(50, 250), cwd=str(top))
        self.start = self.wait()
        for setting in ("style enabled off", "width 0", "print address on", "print frame-arguments none",
                        "backtrace limit 60"):
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


# ---- the order ----

def mutant(tmp_path, name, *configs):
    """A copy of this tree with a mutant's patch, built for each (arch, config)."""
    tree = tmp_path / name
    shutil.copytree(TOP, tree, ignore=shutil.ignore_patterns("build", ".git", "__pycache__", ".pytest_cache"))
    with open(TOP / "tests/mutants" / (name + ".patch"), "rb") as patch:
        r = run(["patch", "-p1", "-F0", "-d", tree, "-i", patch.name])
    assert r.status == 0, r
    for arch, config in configs:
        r = run(["make", "ARCH=" + arch, "CONFIG=" + config], 600, cwd=tree)
        assert r.status == 0, r
    return tree


def test_the_order_is_read_from_the_kernel(gdb):
    """All lines of order.def, as the kernel has them; one door; one that there is not."""
    wanted = re.findall(r'^ORDER\((\w+), (\w+),\s*"(.*)"\)', (TOP / "entry/order.def").read_text(), re.M)
    text = gdb.do("entry order")
    found = re.findall(r"^(\w+) +(\w+) +(\S.*?)\s*$", text, re.M)
    assert [(d.lower(), c.lower(), s) for d, c, s in wanted] == found, text
    assert text.splitlines()[-1].strip() == "%d lines" % len(wanted), text
    assert gdb.do("entry order irq idle").splitlines()[-1].strip() == "1 lines"
    assert "dog is no door: there is syscall, irq, fiq" in gdb.do("entry order dog")


def test_crossing_in_a_system_call(gdb):
    """What came, and what may come; nothing in user mode, nothing before the kernel runs."""
    assert "the kernel has not been reached" in gdb.do("entry crossing")
    gdb.run_to("getppid")
    assert "in user mode: no crossing is open" in gdb.do("entry crossing")
    gdb.run_to("sys_getppid")
    text = gdb.do("entry crossing")
    assert re.search(r"^init\[1\]: 1 open crossing$", text, re.M), text
    assert re.search(r"^syscall from user, left at 0x%x <" % gdb.number("regs->pc"), text, re.M), text
    assert re.search(r"^  came  A L- R\+ \{ T- \} \{ Tp Lp L\+ \} \{$", text, re.M), text
    assert re.search(r"^  next  \.\.\. or \} or W\(exit\)$", text, re.M), text


def test_nested_crossings(gdb):
    """An NMI inside an interrupt inside a task's crossing: the innermost last."""
    for _ in range(8):
        gdb.run_to("nmi_shot_handler")
        text = gdb.do("entry crossing")
        nested = re.findall(r"^(\w+) from (\w+)\b", text, re.M)
        if len(nested) >= 3:
            break
    assert nested[-2][0] == "irq" and nested[-1] == ("fiq", "irq"), text
    assert re.search(r"^\S+\[\d+\]: %d open crossings$" % len(nested), text, re.M), text
    came = re.findall(r"^  came  (.*)$", text, re.M)
    assert came[-2].endswith("{ H+ h+") and came[-1] == "N+ L- h+ R+ { T- F } {", text


def test_assert_goes_along(gdb):
    """A whole system call and an interrupt, each event followed, without a stop."""
    gdb.run_to(gdb.door("svc"))
    assert "no such" not in gdb.do("entry assert on")
    gdb.run_to("*%#x" % gdb.number("regs->pc"))
    assert gdb.in_user()
    text = gdb.run_to(gdb.door("irq"))
    assert "must not come" not in text
    gdb.run_to("*%#x" % gdb.number("regs->pc"))
    assert gdb.in_user()
    followed = int(re.search(r"^(\d+) events followed", gdb.do("entry assert"), re.M).group(1))
    assert followed >= 40
    gdb.run_to("sys_getppid")
    assert "nothing is asserted" in gdb.do("entry assert off")


@pytest.mark.parametrize("arch, name, append, came, wanted", [	# (the session below has the first for arm)
    ("arm64", "enter-trace-before-rcu", "nohz_full=0", "{", "R+"),
    ("arm", "nmi-no-rcu", "", "{", "R+"),
])
def test_assert_finds_a_mutant(arch, tmp_path, name, append, came, wanted):
    """Without any check of the kernel's own: gdb stops at the event, before it is recorded."""
    tree = mutant(tmp_path, name, (arch, "release-traced"))
    g = Gdb(arch, append, "release-traced", tree)
    try:
        g.run_to("sys_getppid")
        g.do("entry assert on")
        text = g.do("continue")
        assert re.search(r"^entry assert: \w+\[\d+\]: %s must not come now$" % re.escape(came), text, re.M), text
        assert re.search(r"^  next  %s$" % re.escape(wanted), text, re.M), text
        assert re.search(r"^#0 .*__evlog \(", text, re.M), text
        assert g.function(g.pc()) == "__evlog"
    finally:
        g.close()


def test_release_says_what_is_missing(arch):
    g = Gdb(arch, config="release")
    try:
        g.run_to("sys_getppid")
        for command in ("entry crossing", "entry assert on"):
            assert "no event ring: build with CONFIG=release-traced or CONFIG=debug" in g.do(command)
        assert re.search(r"^syscall +user ", g.do("entry order"), re.M)
    finally:
        g.close()


# ---- docs/gdb.md ----

def sessions():
    """(arch, config, boot arguments, mutant or none, [(command, lines that must come)]) of docs/gdb.md."""
    text = (TOP / "docs/gdb.md").read_text()
    for what, body in re.findall(r"<!-- session: (.*?) -->\n(.*?)<!-- end -->", text, re.S):
        (arch, config, *more), steps = what.split(), []
        name = next((w for w in more if (TOP / "tests/mutants" / (w + ".patch")).exists()), None)
        for line in "\n".join(re.findall(r"^```\n(.*?)^```$", body, re.S | re.M)).splitlines():
            if line.startswith("(gdb) "):
                steps.append((line[6:], []))
            elif line.strip() not in ("", "[...]"):
                steps[-1][1].append(line)
        yield pytest.param(arch, config, " ".join(w for w in more if w != name), name, steps, id=what.replace(" ", ","))


def plain(line):
    """Without what differs from build to build."""
    return re.sub(r"0x[0-9a-f]+( <.*?>)?|\b\d+\b", "N", line.rstrip())


@pytest.mark.parametrize("arch, config, append, name, steps", sessions())
def test_session_of_the_documentation(arch, config, append, name, steps, tmp_path):
    """Each command's output has the lines that docs/gdb.md shows, in that order."""
    tree = mutant(tmp_path, name, (arch, config)) if name else TOP
    g = Gdb(arch, append, config, tree)
    g.do("set print frame-arguments scalars")
    try:
        for command, wanted in steps:
            got = [plain(line) for line in g.do(command).splitlines()]
            rest = iter(got)
            for line in wanted:
                assert plain(line) in rest, "(gdb) %s\nwants: %s\nsays:\n%s" % (command, plain(line), "\n".join(got))
    finally:
        g.close()
