# SPDX-License-Identifier: MIT
"""State that travels with an exception: irqentry_state_t in its designs, what of a frame user mode sees."""

import re

import pytest

from conftest import ktap, make_run, run

DESIGNS = ("state-value", "state-reference", "state-frame")
COUNTED = "-icount shift=4,sleep=off"


# ---- the designs of irqentry_state_t ----

@pytest.mark.parametrize("design", DESIGNS[1:])
def test_host(design):
    r = run(["make", "-s", "-C", "tests/host", "DESIGN=" + design, "run-entry"], 300)
    assert r.status == 0 and "[  PASSED  ]" in r.out, r


def test_model():
    """The same states and transitions: the model cannot tell the designs apart either."""
    counts = set()
    for design in DESIGNS:
        r = run(["make", "-s", "model", "LOGS=no", "DEPTH=3", "DESIGN=" + design], 300)
        assert r.status == 0, r
        counts.add(re.search(r"^model: (\d+ states, \d+ transitions, .* 0 violations)$", r.out, re.M).group(1))
    assert len(counts) == 1, counts


def log_of(arch, design):
    """
    The tour's table, line by line, and what the ring has of it: each crossing but the interrupts, which come
    where the timer is due; by task, because a tick may change their turn.
    """
    r = make_run(ARCH=arch, DESIGN=design, APPEND="tour=dump", QEMU_ARGS=COUNTED)
    assert r.status == 0 and r.tour(), r
    lines = r.out.splitlines()
    table = [l for l in lines[lines.index(next(l for l in lines if l.startswith("door "))):] if not l.startswith("V ")]
    ring = [m.groups() for m in map(re.compile(r"V \d+ (\w+) (\w+) slot=(\d+) pc=\w+ syn=\w+ pid=(\d+)").match, lines) if m]
    return table, sorted((v for v in ring if v[0] != "irq"), key=lambda v: int(v[3])), sum(v[0] == "irq" for v in ring)


def test_identical_logs(arch):
    logs = [log_of(arch, d) for d in DESIGNS]
    table, ring, irqs = logs[0]
    assert len(table) > 25 and len(ring) > 200 and irqs > 10
    assert {v[0] for v in ring} >= {"syscall", "fiq", "fault", "undef", "debug", "fork"}
    for other in logs[1:]:
        assert other[0] == table
        assert other[1] == ring


def test_selftests_of_each_design(arch):
    for design in DESIGNS[1:]:
        r = make_run(ARCH=arch, DESIGN=design, APPEND="selftest=all")
        assert r.status == 0, r


def test_costs():
    """Every design on both architectures, in figures that can be true."""
    r = run(["tools/designs"], 600)
    rows = re.findall(r"^(arm|arm64) +(state-\w+) +(\d+) +(\d+) +(\d+)$", r.out, re.M)
    assert r.status == 0 and [row[:2] for row in rows] == [(a, d) for a in ("arm", "arm64") for d in DESIGNS], r
    assert all(20 <= int(nmi) < int(irq) < 150 and int(code) > 40000 for _, _, irq, nmi, code in rows), r


# ---- the window to user memory ----

WINDOW = ("window_fault", "window_in_window", "window_nmi")


@pytest.mark.quick
@pytest.mark.parametrize("arch, gic, cpu", (("arm", 2, "cortex-a15"), ("arm", 3, "cortex-a15"), ("arm64", 3, "max"),
                                            ("arm64", 2, "cortex-a76")))
def test_window_nests(arch, gic, cpu):
    r = make_run(ARCH=arch, GIC=gic, CPU=cpu, APPEND="selftest=" + ",".join(WINDOW))
    assert r.status == 0 and sorted(ktap(r.out)) == [(name, "ok") for name in WINDOW], r


def test_window_without_pan():
    r = make_run(ARCH="arm64", CPU="cortex-a57", APPEND="selftest=" + ",".join(WINDOW))
    assert r.status == 0 and sorted(ktap(r.out)) == [(WINDOW[0], "ok")] + [(n, "skipped") for n in WINDOW[1:]], r


@pytest.mark.parametrize("arch, cpu, says", (("arm", "cortex-a15", "dacr 00000001: user memory closed"),
                                             ("arm64", "max", "PAN: user memory closed"),
                                             ("arm64", "cortex-a57", "without PAN")))
def test_window_is_shown(arch, cpu, says):
    r = make_run(ARCH=arch, CPU=cpu, APPEND="crash=null")
    assert r.status and says in r.out, r


# ---- what user mode sees of a frame (the programs of tests/user are run by test_abi.py) ----

@pytest.mark.quick
def test_golden_bytes(arch):
    r = make_run(ARCH=arch, APPEND="selftest=user_regs")
    assert r.status == 0 and ktap(r.out) == [("user_regs", "ok")], r
    r = run(["make", "-s", "-C", "tests/host", "run-regs_" + arch], 120)
    assert r.status == 0 and "[  PASSED  ] 2 test" in r.out, r
