# SPDX-License-Identifier: MIT
"""`make sweep`: an NMI before every instruction of the paths that it knows, held against QEMU's trace."""

import re

import pytest

from conftest import run

PATHS = {"syscall null", "syscall unknown", "syscall traced", "syscall yield", "fault write"}


def sweep(*variables):
    return run(["make", "sweep", "CONFIG=release-traced"] + list(variables), 300)


def closing(r, arch):
    m = re.search(r"^sweep %s: (\d+) paths, (\d+) boundaries, (\d+) hit, (\d+) masked, (\d+) violations$" % arch, r.out, re.M)
    assert m, r
    return tuple(map(int, m.groups()))


@pytest.mark.parametrize("arch, gic", [("arm", 2), ("arm", 3), ("arm64", 2), ("arm64", 3)])
def test_every_boundary(arch, gic):
    r = sweep("ARCH=" + arch, "GIC=%d" % gic)
    paths, boundaries, hit, masked, violations = closing(r, arch)
    assert r.status == 0 and violations == 0 and hit + masked == boundaries, r
    assert set(re.findall(r"^%s (\w+ \w+) +\d+ boundaries" % arch, r.out, re.M)) == PATHS and paths == len(PATHS), r
    # ARMv7 masks no FIQ on any of these paths; AArch64 from the vector to DAIFClr and from DAIFSet to ERET
    assert masked == (1 if arch == "arm" else 5 * 49) and boundaries > 4000, r
    assert "not swept yet: " in r.out, r


def test_one_path_and_both_architectures():
    r = sweep("DOOR=syscall", "KIND=null")
    assert r.status == 0 and closing(r, "arm")[0] == closing(r, "arm64")[0] == 1, r


def test_bad_input():
    r = sweep("KIND=nosuch", "ARCH=arm")
    assert r.status and "there is no path nosuch" in r.out and closing(r, "arm")[4] == 1, r
    r = sweep("NMI=pmr")
    assert r.status and "NMI=pmr is not there yet" in r.out, r
