# SPDX-License-Identifier: MIT
"""`make sweep`: NMIs and IRQs before every instruction of the kernel's crossings, held against QEMU's trace."""

import re

import pytest

from conftest import TOP, run

NMI_PATHS = """syscall null, syscall unknown, syscall traced, syscall yield, syscall work, syscall uaccess, syscall efault,
    syscall switch, syscall fork, fault write, undef user, debug user, debug kernel, irq user, irq user-resched, irq kernel,
    irq kernel-resched, irq idle, irq eqs""".replace("\n   ", "").split(", ")


def sweep(*variables, seconds=1500):
    return run(["make", "sweep", *variables], seconds)


def closing(r, arch):
    m = re.search(r"^sweep %s: (\d+) paths, (\d+) boundaries, (\d+) hit, (\d+) masked, (\d+) violations$" % arch, r.out, re.M)
    assert m, r
    return tuple(map(int, m.groups()))


def lines(r, arch):
    """{(kind, path): (boundaries, hit, masked)}"""
    return {(m[1], m[2].strip()): tuple(map(int, m.groups()[2:])) for m in
            re.finditer(r"^%s (nmi|irq|pair|brk) +(\w+ [\w-]+) +(\d+) boundaries, +(\d+) hit, +(\d+) masked, 0 violations$" % arch,
                        r.out, re.M)}


def good(r, arch):
    """Everything adds up; the lines."""
    paths, boundaries, hit, masked, violations = closing(r, arch)
    found = lines(r, arch)
    assert r.status == 0 and violations == 0 and hit + masked == boundaries and hit > 0, r
    assert len(found) == paths and sum(n[0] for n in found.values()) == boundaries, r
    return found


@pytest.mark.parametrize("arch, gic", [("arm", 2), ("arm64", 3)])
def test_every_path(arch, gic):
    """All but the pairs, with every check but the monitor."""
    found = good(sweep("SHORT=1", "ARCH=" + arch, "GIC=%d" % gic), arch)
    assert {p for k, p in found if k == "nmi"} == set(NMI_PATHS)
    assert {p for k, p in found if k == "irq"} == {p for k, p in found if k == "brk"} == set(NMI_PATHS)
    for (kind, path), (boundaries, hit, masked) in found.items():
        if kind == "nmi" and arch == "arm":		# no exception masks FIQs there
            assert masked <= 4, (path, masked)
        elif kind == "nmi":				# ... and here only where entry.S says so
            assert 0 < masked < 300 and hit > 10 * masked, (path, hit, masked)
        assert boundaries > 300


@pytest.mark.parametrize("arch, gic", [("arm", 3), ("arm64", 2)])
def test_the_other_gic(arch, gic):
    r = sweep("SHORT=1", "ARCH=" + arch, "GIC=%d" % gic, "CONFIG=release-traced", "DOOR=syscall", "KIND=null")
    assert set(good(r, arch)) >= {("nmi", "syscall null"), ("irq", "syscall null")}, r
    assert re.search(r"^model: .* 0 violations$", r.out, re.M), r


@pytest.mark.parametrize("arch, nmi", [("arm", "fiq"), ("arm64", "fiq"), ("arm64", "pmr")])
def test_pairs(arch, nmi):
    """An NMI at every instruction of IRQs at some of the instructions that let them in."""
    r = sweep("ARCH=" + arch, "NMI=" + nmi, "CONFIG=release-traced", "DOOR=syscall", "KIND=unknown")
    found = good(r, arch)
    assert found[("pair", "syscall unknown")][1] > 1000 and "IRQs (every " in r.out, r


def test_both_architectures():
    r = sweep("SHORT=1", "CONFIG=release-traced", "DOOR=fault")
    assert all(set(p for _, p in good(r, arch)) == {"fault write"} for arch in ("arm", "arm64")), r


def test_bad_input():
    r = sweep("KIND=nosuch", "ARCH=arm", "SHORT=1")
    assert r.status and "there is no path nosuch" in r.out and closing(r, "arm")[4] == 1, r
    r = sweep("NMI=firq")
    assert r.status and "invalid choice: 'firq'" in r.out, r


def test_paths_are_documented():
    text = (TOP / "docs/sweep.md").read_text()
    assert all("`%s`" % path in text for path in NMI_PATHS)
