# SPDX-License-Identifier: MIT
"""Preemption of tasks in the kernel: none, voluntary, full; as DESIGN= chooses."""

import re

import pytest

from conftest import build, make_run, run

DESIGNS = ("preempt-none", "preempt-voluntary", "preempt-full")
TESTS = "preempt_model,preempt_lazy,preempt_disable,round_robin,wait_queue,rcu_synchronize,rcu_barrier_waits"


def selftest(arch, design):
    r = make_run(ARCH=arch, DESIGN=design, APPEND="selftest=" + TESTS)
    assert r.status == 0 and "# selftest: %d ok, 0 failed, 0 skipped" % len(TESTS.split(",")) in r.out, r


@pytest.mark.quick
@pytest.mark.parametrize("arch, design", [("arm", "preempt-none"), ("arm64", "preempt-voluntary")])
def test_model_quick(arch, design):
    selftest(arch, design)


@pytest.mark.parametrize("design", DESIGNS)
def test_model(arch, design):
    selftest(arch, design)


@pytest.mark.parametrize("design", DESIGNS[:2])
def test_tour(arch, design):
    """The order is the same, on several CPUs too."""
    for smp in (1, 3):
        r = make_run(ARCH=arch, DESIGN=design, SMP=smp)
        assert r.status == 0 and r.tour()[0] == r.tour()[1] and "Warning" not in r.out, r


@pytest.mark.parametrize("design", DESIGNS[:2])
def test_every_selftest(arch, design):
    r = make_run(ARCH=arch, DESIGN=design, APPEND="selftest=all", timeout=120)
    assert r.status == 0 and ", 0 failed" in r.out, r


@pytest.mark.parametrize("design", DESIGNS[:2])
def test_off_and_on(arch, design):
    """Also the CPU that it runs on."""
    r = make_run(ARCH=arch, DESIGN=design, SMP=2, APPEND="selftest=smp_off_and_on")
    assert r.status == 0 and "# selftest: 1 ok, 0 failed" in r.out, r


@pytest.mark.parametrize("design", DESIGNS[:2])
def test_torture(arch, design):
    build(arch, design=design)
    r = run(["make", "-s", "torture", "ARCH=" + arch, "DESIGN=" + design, "SMP=3", "SECS=3"], 120)
    assert r.status == 0 and re.search(r"^torture .* 0 too short, 0 stalls$", r.out, re.M), r


def test_interrupts_pay_nothing(arch):
    """What is not configured is not there: no way from an interrupt's end to the scheduler."""
    calls = re.compile(r"^[0-9a-f]+ <irqentry_exit\w*>:\n(.*?)(?=\n[0-9a-f]+ <\w+>:\n|\Z)", re.M | re.S)
    found = {}
    for design in DESIGNS:
        bodies = calls.findall((build(arch, "release", design=design) / "lintel.lst").read_text(errors="replace"))
        assert bodies
        found[design] = any("<preempt_schedule_irq" in b for b in bodies)
    assert found == {"preempt-none": False, "preempt-voluntary": False, "preempt-full": True}
