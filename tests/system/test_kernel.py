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
