# SPDX-License-Identifier: MIT
"""The self-tests inside the kernel, which report in KTAP."""

import re

import pytest

from conftest import ktap, make_run

pytestmark = pytest.mark.quick


def verdict(r):
    results = ktap(r.out)
    assert results, r
    failed = [name for name, v in results if v == "not ok"]
    assert not failed, "%s\n%s" % (failed, r)
    plans = [int(n) for n in re.findall(r"^1\.\.(\d+)", r.out, re.M)]
    assert plans and plans[0] > 0, r
    assert r.status == 0, r
    return results


def test_selftests(arch):
    verdict(make_run(ARCH=arch, APPEND="selftest=all"))


def test_selftests_gicv3_on_arm():
    verdict(make_run(ARCH="arm", GIC=3, APPEND="selftest=all"))


def test_selftests_gicv2_on_arm64():
    verdict(make_run(ARCH="arm64", GIC=2, APPEND="selftest=all"))


def test_selftests_with_pan():
    verdict(make_run(ARCH="arm64", CPU="max", APPEND="selftest=all"))


def test_unknown_selftest(arch):
    r = make_run(ARCH=arch, APPEND="selftest=nosuch")
    assert r.status != 0 or "nosuch" in r.out, r
    assert "nosuch" in r.out and not r.timed_out, r


# ---- NMIs (tests/kernel/nmi.c) ----

def nmi_selftest(arch, name, **variables):
    r = make_run(ARCH=arch, APPEND="selftest=nmi_" + name, **variables)
    assert verdict(r) == [("nmi_" + name, "ok")], r
    return r


def test_forbidden_in_nmi(arch):
    """Each says what and where, from the NMI's own buffer; and nothing else does."""
    r = nmi_selftest(arch, "forbidden")
    assert re.findall(r"^Warning at \S+: (\S+) in NMI context$", r.out, re.M) == [
        "spin_lock()", "spin_lock()", "schedule()", "sleeping", "spin_lock()", "timer_add()", "wake_up()", "wake_up_process()",
        "raise_softirq()"], r
    assert len(re.findall(r"^  \[<[0-9a-f]+>\] nmi_timer_handler\+", r.out, re.M)) == 9, r
    assert r.out.count("Warning at ") == 9 and "# SKIP" not in r.out, r


def test_nmi_printing_order(arch):
    r = nmi_selftest(arch, "printing_flushed")
    lines = [line for line in r.lines if " says: " in line]
    assert lines == ["# an NMI says: first"] * 2 + ["# the task says: second"], r


def test_nmi_printing_whole(arch):
    """Lines from NMIs into the middle of others: each arrives, once, in order, and breaks none."""
    r = nmi_selftest(arch, "printing_whole")
    lines = [line for line in r.lines if line.startswith("# ") and not line.startswith("# selftest: ")]
    said = [int(n) for n in re.findall(r"^# an NMI talks: (\d+) of 50$", r.out, re.M)]
    assert said == list(range(1, 51)), r
    assert all(re.fullmatch(r"# an NMI talks: \d+ of 50|# the task talks: 0{60}", line) for line in lines), r


def test_nmi_printing_flood(arch):
    """What does not fit is counted, to the byte."""
    r = nmi_selftest(arch, "printing_flood")
    said = [int(n) for n in re.findall(r"^# an NMI floods: (\d{4}) 0{27}$", r.out, re.M)]
    lost = re.findall(r"^(\d+) bytes of messages from NMIs are lost$", r.out, re.M)
    assert said == list(range(len(said))) and len(said) >= 500 and len(lost) == 1, r
    assert 50 * len(said) + int(lost[0]) == 50 * 1000, r
