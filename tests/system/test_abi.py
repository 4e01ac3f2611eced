# SPDX-License-Identifier: MIT
"""The programs of tests/user, each as /init of an initramfs of its own."""

import fcntl

import pexpect
import pytest

from conftest import TOP, build, ktap, make_run, run, terminal


def programs(arch):
    found = {p.stem for p in (TOP / "tests/user").glob("*.c")}
    return sorted(found | {p.stem for p in (TOP / "tests/user" / arch).glob("*.c")})


# Parts of something that the kernel ends: `make torture`, `make stress`, which have tests of their own.
ENDLESS = ("torture", "stress")
CASES = [(a, p) for a in ("arm", "arm64") for p in programs(a) if p not in ENDLESS]


def archive(arch, program, config="debug"):
    out = build(arch, config)
    path = out / "tests" / (program + ".cpio")
    with open(TOP / "build/.lock", "w") as lock:	# test processes take turns
        fcntl.flock(lock, fcntl.LOCK_EX)
        r = run(["make", str(path.relative_to(TOP)), "ARCH=" + arch, "CONFIG=" + config], 120)
    assert r.status == 0 and path.exists(), r
    return path


def passed(r):
    failed = [name for name, v in ktap(r.out) if v == "not ok"]
    assert r.status == 0 and not failed, "%s\n%s" % (failed, r)
    assert ktap(r.out), r


# A timer strikes where the program wants it, however busy the host is, if time is counted in instructions.
COUNTED = dict.fromkeys(("poison", "sweep"), {"QEMU_ARGS": "-icount shift=4,sleep=off"})


@pytest.mark.parametrize("arch, program", CASES, ids=["%s-%s" % c for c in CASES])
def test_program(arch, program):
    passed(make_run(ARCH=arch, INITRD=archive(arch, program), **COUNTED.get(program, {})))


@pytest.mark.parametrize("arch, program", [c for c in CASES if c[1] == "poison"],
                         ids=["%s-%s" % c for c in CASES if c[1] == "poison"])
@pytest.mark.parametrize("config", ("release", "release-traced"))
def test_registers_in_other_configurations(arch, program, config):
    passed(make_run(ARCH=arch, CONFIG=config, INITRD=archive(arch, program, config), **COUNTED[program]))


def test_shell(arch):
    """`make shell` on a terminal, boot arguments beside it: a prompt, a command, an end with status 0."""
    build(arch)
    p = terminal("make", ["shell", "ARCH=" + arch, "APPEND=sysrq=nmi"], timeout=30)
    try:
        p.expect(r"[$#>] ")
        p.sendline("help")
        p.expect("exit")
        p.expect(r"[$#>] ")
        p.sendline("exit")
        p.expect(pexpect.EOF)
        p.close()
        assert p.exitstatus == 0
    finally:
        p.close(force=True)
