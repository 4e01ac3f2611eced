# SPDX-License-Identifier: MIT
"""Everything at once: nothing is lost, early or twice, nobody is starved; and who is starved is named."""

import re

import pytest

from conftest import build, make_run, run

KINDS = "wake-ups timers calls forks NMIs".split()


def stress(arch, secs, timeout=150, **variables):
    build(arch, variables.get("CONFIG", "debug"))
    return run(["make", "-s", "stress", "ARCH=" + arch, "SECS=%s" % secs] + ["%s=%s" % kv for kv in variables.items()], timeout)


def check(r, arch, smp):
    m = re.search(r"^stress %s: (.*), (\d+) times off, 0 wrong, 0 warnings$" % arch, r.out, re.M)
    assert r.status == 0 and m, r
    counts = {kind: int(n) for n, kind in (word.split(" ") for word in m[1].split(", "))}
    assert list(counts) == KINDS and all(n > 20 for kind, n in counts.items() if smp > 1 or kind != "calls"), r
    assert (int(m[2]) > 0) == (smp > 1), r
    for kind in "threads", "interrupts", "grace periods":
        assert int(re.search(r"^stress: (\d+) %s$" % kind, r.out, re.M)[1]) > 0, r


@pytest.mark.quick
def test_stress_in_turn(arch):
    r = stress(arch, 2, SMP=4, ICOUNT=1, SEED=3)
    check(r, arch, 4)
    assert "stress: 2 s, seed 3; signals are not built yet\n" in r.out, r


@pytest.mark.parametrize("smp", [1, 2, 4])
def test_stress(arch, smp):
    check(stress(arch, 4, SMP=smp), arch, smp)


@pytest.mark.parametrize("variables", [dict(SMP=1), dict(SMP=8), dict(SMP=4, CONFIG="torture")], ids=str)
def test_stress_otherwise(arch, variables):
    check(stress(arch, 4, ICOUNT=1, **variables), arch, variables["SMP"])


def test_other_nmis():
    check(stress("arm64", 3, SMP=4, ICOUNT=1, CPU="max", APPEND="nmi=pmr"), "arm64", 4)


@pytest.mark.quick
def test_starved(arch):
    """CPUs of four million instructions a second have ticks and NMIs to do, and nothing else."""
    r = stress(arch, 30, SMP=2, QEMU_ARGS="-icount shift=8,sleep=off")
    assert r.status != 0 and not r.timed_out and re.search(r"stress: starved: .* for 12 s$", r.out, re.M), r


@pytest.mark.quick
@pytest.mark.parametrize("secs", ["0", "100001", "2x", "2,", "-1"])
def test_stress_of_nothing(secs):
    r = make_run(ARCH="arm64", APPEND="stress=" + secs)
    assert r.status != 0 and "stress=%s: it is stress=seconds[,seed]" % secs in r.out, r


def test_stress_not_there(arch):
    r = stress(arch, 1, CONFIG="release")
    assert r.status != 0 and "stress=: this kernel has no CONFIG_SELFTEST" in r.out, r


def test_others_in_turn(arch):
    """What else several CPUs do also goes on where they take turns."""
    turns = "-icount shift=4,sleep=off"
    r = make_run(ARCH=arch, SMP=4, QEMU_ARGS=turns)
    assert r.status == 0 and r.tour()[0] == r.tour()[1], r
    r = run(["make", "-s", "torture", "ARCH=" + arch, "SMP=4", "SECS=2", "QEMU_ARGS=" + turns], 120)
    assert r.status == 0 and "0 too short, 0 stalls\n" in r.out, r
