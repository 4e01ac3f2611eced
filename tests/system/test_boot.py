# SPDX-License-Identifier: MIT
"""Every way in which a person is told to boot it ends with the tour, all in order."""

import pytest

from conftest import build, make_run, qemu, run

SHOWS = [
    dict(ARCH="arm"),
    dict(ARCH="arm", GIC=3),
    dict(ARCH="arm64", GIC=2),
    dict(ARCH="arm64", GIC=3),
    dict(ARCH="arm64", CPU="max"),
    dict(ARCH="arm64", CPU="max", GIC=2),
    dict(ARCH="arm64", CPU="cortex-a76"),
    dict(ARCH="arm", LLVM=1),
    dict(ARCH="arm64", LLVM=1),
    dict(ARCH="arm", MACHINE="vexpress-a15"),
    dict(ARCH="arm", CONFIG="release"),
    dict(ARCH="arm64", CONFIG="release"),
    dict(ARCH="arm", CONFIG="release-traced"),
    dict(ARCH="arm64", CONFIG="release-traced"),
    dict(ARCH="arm", CPU="cortex-a7"),
    # entered at HYP and at EL2; the second drops without and with VHE
    dict(ARCH="arm", QEMU_ARGS="-M virtualization=on"),
    dict(ARCH="arm64", QEMU_ARGS="-M virtualization=on"),
    dict(ARCH="arm64", QEMU_ARGS="-M virtualization=on", CPU="max"),
    dict(ARCH="arm64", QEMU_ARGS="-M virtualization=on", GIC=2),
    dict(ARCH="arm", MEM="1G"),
    dict(ARCH="arm64", MEM="2G"),
    dict(ARCH="arm", SMP=2),
    dict(ARCH="arm64", SMP=2),
    dict(ARCH="arm", APPEND="idle=irqs-on"),
    dict(ARCH="arm64", APPEND="idle=irqs-on"),
    dict(ARCH="arm", CONFIG="release-traced", APPEND="nohz_full=0"),
    dict(ARCH="arm64", CONFIG="release-traced", APPEND="nohz_full=0"),
]


def name(variables):
    return " ".join("%s=%s" % kv for kv in variables.items())


def toured(r, recorded=True):
    """Status 0, a closing line, and nothing that a person would have to ask about."""
    assert r.status == 0, r
    crossings, in_order = r.tour() or (0, -1)
    assert crossings > 10 and crossings == in_order, r
    assert ("order: not recorded" in r.out) != recorded, r
    assert not any(bad in r.out for bad in ("WARNING", "panic", "BUG", "warning:")), r


@pytest.mark.parametrize("variables", SHOWS, ids=name)
def test_make_run(variables):
    toured(make_run(**variables), variables.get("CONFIG") != "release")


@pytest.mark.quick
def test_quick(arch):
    toured(make_run(ARCH=arch))


def test_image_by_hand(arch):
    """Plain QEMU, its own choice of CPU and GIC where it has one, no semihosting."""
    out = build(arch)
    cpu = ["-cpu", "cortex-a57"] if arch == "arm64" else []
    binary = "qemu-system-" + ("arm" if arch == "arm" else "aarch64")
    r = run([binary, "-M", "virt"] + cpu + ["-kernel", out / "Image", "-initrd", out / "initramfs.cpio",
             "-nic", "none", "-display", "none", "-serial", "stdio", "-monitor", "none"])
    toured(r)


def test_same_image_everywhere():
    """One arm64 Image for both GICs and three CPUs: no address and no choice is linked in."""
    before = (build("arm64") / "Image").read_bytes()
    for gic in (2, 3):
        for cpu in ("cortex-a57", "cortex-a76", "max"):
            toured(qemu("arm64", gic=gic, cpu=cpu))
    assert (build("arm64") / "Image").read_bytes() == before


def test_time_out_is_reported(arch):
    """A machine that never stops is stopped by the host, and that is what is said."""
    r = make_run(ARCH=arch, timeout=2, QEMU_ARGS="-S")
    assert r.status != 0 and "QEMU was stopped after 2 s: time-out" in r.out, r
