# SPDX-License-Identifier: MIT
"""
Breakpoints, watchpoints, steps, breakpoint instructions and warnings, of the kernel in every context and of user
mode; SErrors, raised by software. The self-tests (tests/kernel/debug.c) and the program (tests/user/debug.c) look
from inside; this runs them where test_kernel.py and test_abi.py do not, and looks at what a warning says.
"""

import re

import pytest

from conftest import TOP, build, ktap, make_run
from test_abi import archive, passed

TESTS = re.findall(r"^SELFTEST\((\w+)\)", (TOP / "tests/kernel/debug.c").read_text(), re.M)


def selftest(names, **variables):
    r = make_run(APPEND="selftest=%s %s" % (",".join(names), variables.pop("extra", "")), **variables)
    assert r.status == 0 and sorted(ktap(r.out)) == sorted((n, "ok") for n in names), r
    return r


@pytest.mark.parametrize("extra", ("nohz_full=0", "idle=irqs-on"))
def test_in_every_context(arch, extra):
    selftest(TESTS, ARCH=arch, extra=extra)


def test_with_another_controller(arch):
    selftest(TESTS, ARCH=arch, GIC=3 if arch == "arm" else 2)


def test_on_another_cpu(arch):
    selftest(TESTS, ARCH=arch, CPU="cortex-a7" if arch == "arm" else "max")


def test_built_by_clang(arch):
    build(arch, "debug", True)
    selftest(TESTS, ARCH=arch, LLVM=1)


@pytest.mark.parametrize("config", ("debug", "release", "release-traced"))
def test_user_mode(arch, config):
    for extra in ("", "nohz_full=0"):
        r = make_run(ARCH=arch, CONFIG=config, INITRD=archive(arch, "debug", config), APPEND=extra)
        passed(r)
        assert "raised by software" in r.out and "RCU usage" not in r.out, r


def test_warnings(arch):
    """
    Each has its place and its words, the state as it was (an NMI's count in an NMI, un-watched where RCU does not
    watch: no crossing was made for it) and a trace that begins where it is.
    """
    r = selftest(["warnings"], ARCH=arch, extra="nohz_full=0")
    reports = r.out.split("Warning at ")[1:]
    assert len(reports) == 7 and "suspicious" not in r.out, r
    assert all(re.match(r"tests/kernel/debug\.c:\d+: READ_ONCE\(warns\)\n", t) for t in reports), r
    assert all(re.search(r"^Call trace:\n  \[<[0-9a-f]+>\] strike\+", t, re.M) for t in reports), r
    assert [re.search(r"context: (\w+, (?:not )?watched)", t).group(1) for t in reports] == \
        ["kernel, watched"] * 2 + ["user, not watched", "idle, not watched"] + ["kernel, watched"] * 3, r
    assert [int(re.search(r"nmi (\d+)$", t, re.M).group(1)) for t in reports] == [0] * 6 + [1], r


def test_warnings_leave_no_crossing(arch):
    r = selftest(["warnings"], ARCH=arch, extra="crossings=log")
    logged = re.findall(r"^crossing: (\w+) ", r.out, re.M)
    assert logged and "debug" not in logged and "undef" not in logged, r


def test_crossings_of_debug_exceptions(arch):
    """From all contexts, each by its line of order.def."""
    r = selftest(["hw_breakpoint", "break_instruction", "serror_raised_by_software"], ARCH=arch, extra="crossings=log")
    logged = set(re.findall(r"^crossing: (debug|serror) (\w+) ", r.out, re.M))
    assert logged >= {("debug", c) for c in ("kernel", "eqs", "softirq", "irq", "nmi")}, r
    assert logged >= {("serror", c) for c in ("kernel", "softirq", "irq", "nmi")}, r


def test_strings_of_an_serror(arch):
    """Row 13: user mode's part like an interrupt's; the kernel's like an NMI's."""
    nmi = r"N\+ L- h\+ R\+ \{ T- F \} \{.* \} \{ F (?:Tp Lp )?\} R- h- (?:L\+ )?N-"
    r = selftest(["serror_raised_by_software"], ARCH=arch, extra="crossings=log")
    assert re.search(r"^crossing: serror kernel .*: %s X$" % nmi, r.out, re.M), r
    r = make_run(ARCH=arch, INITRD=archive(arch, "debug"), APPEND="nohz_full=0")
    inside = nmi if arch == "arm64" else r"\{ Tp Lp L\+ .*L- T- \}"
    assert re.search(r"^# A L- R\+ \{ T- \} %s \{.* \} \{ Tp Lp \} R- L\+ X$" % inside, r.out, re.M), r
