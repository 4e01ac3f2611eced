# SPDX-License-Identifier: MIT
"""nohz_full=: what is said of a list, whose user mode is tracked, when the tick stops and comes again."""

import re

import pytest

from conftest import make_run, run
from test_abi import archive, passed

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("arch, smp, value, tracked, says", [
    ("arm64", 4, "3,1-2x,1-9", "nyyy", [
        '"1-2x" at character 3: neither a CPU nor a range like 1-3, ignored',
        '"1-9" at character 8: the last CPU is 3, ignored from 4 on']),
    ("arm64", 3, "1", "nyn", []),
    ("arm", 2, "3-1,0-1", "yy", [
        '"3-1" at character 1: the range ends before it begins, ignored',
        '"0-1" at character 5: CPU 0 keeps time: its user mode is tracked, its tick goes on']),
    ("arm", 3, "2", "nny", []),
])
def test_list(arch, smp, value, tracked, says):
    """What is wrong is named, and the boot goes on with the rest; of a kernel that does not track by itself. (More lists:
    tests/host/test_nohz.c.)"""
    r = make_run(ARCH=arch, SMP=smp, CONFIG="release-traced", APPEND="nohz_full=%s tracked=%s" % (value, tracked),
                 INITRD=archive(arch, "nohz", "release-traced"))
    passed(r)
    assert re.findall(r"^nohz_full=: (.*)$", r.out, re.M) == says and r.out.count("is its user mode tracked?") == smp, r


def test_tick(arch):
    names = sorted(set(re.findall(r" selftest_(nohz_\w+)$", run(["nm", archive(arch, "nohz").parents[1] / "lintel.elf"]).out, re.M)))
    r = make_run(ARCH=arch, SMP=2, APPEND="nohz_full=1 selftest=" + ",".join(names), INITRD=archive(arch, "nohz"), timeout=150)
    assert len(names) == 7 and r.status == 0 and "# selftest: 7 ok, 0 failed, 0 skipped" in r.out, r


def test_none_is_said():
    r = make_run(ARCH="arm64", SMP=2, APPEND="selftest=nohz_stops_for_one")
    assert r.status == 0 and "# SKIP nohz_full= names no CPU that runs" in r.out, r


@pytest.mark.parametrize("config", ["debug", "release-traced"])
def test_tour(arch, config):
    r = make_run(ARCH=arch, SMP=3, CONFIG=config, APPEND="nohz_full=1-2")
    assert r.status == 0 and r.out.count(" in order") == 4 and r.tour()[0] == r.tour()[1], r
