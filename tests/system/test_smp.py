# SPDX-License-Identifier: MIT
"""Several CPUs: they start, or are named; what they do together; the tour on each of them."""

import re

import pytest

from conftest import CONSOLE, build, compile_tree, machine, make_run, qemu, run


def tests_of(arch):
    out = run(["nm", build(arch) / "lintel.elf"]).out
    return sorted(set(re.findall(r" selftest_(smp_\w+)$", out, re.M)))


@pytest.mark.quick
def test_tour_on_every_cpu(arch):
    r = make_run(ARCH=arch, SMP=4)
    assert r.status == 0 and "smp: 4 of 4 CPUs are up\n" in r.out and "Warning" not in r.out, r
    lines = re.findall(r"^cpu (\d): (\d+) crossings, (\d+) in order$", r.out, re.M)
    assert [line[0] for line in lines] == list("0123") and all(n == good and int(n) > 10 for _, n, good in lines), r
    assert r.tour() == (sum(int(n) for _, n, _ in lines),) * 2, r


@pytest.mark.parametrize("variables", [dict(), dict(CONFIG="release"), dict(CONFIG="release-traced"), dict(APPEND="idle=irqs-on")],
                         ids=str)
def test_tour_otherwise(arch, variables):
    r = make_run(ARCH=arch, SMP=8, **variables)
    assert r.status == 0 and "smp: 8 of 8 CPUs are up\n" in r.out, r
    assert r.out.count(" in order") == 9 and r.tour()[0] == r.tour()[1], r


@pytest.mark.parametrize("nmi", ["pmr", "nmi"])
def test_other_nmis(nmi):
    r = make_run(ARCH="arm64", SMP=4, CPU="max", APPEND="nmi=" + nmi)
    assert r.status == 0 and r.out.count(" in order") == 5, r


@pytest.mark.parametrize("mode", ["-M virtualization=on"])
def test_entered_higher(arch, mode):
    """Each of them comes in HYP or at EL2, and the conduit is SMC."""
    r = make_run(ARCH=arch, SMP=4, QEMU_ARGS=mode)
    assert r.status == 0 and "smp: 4 of 4 CPUs are up\n" in r.out and r.out.count(" in order") == 5, r


@pytest.mark.parametrize("smp", [2, 4])
def test_together(arch, smp):
    names = tests_of(arch)
    r = make_run(ARCH=arch, SMP=smp, APPEND="selftest=" + ",".join(names), timeout=120)
    skipped = smp == 2		# smp_timer_follows wants three
    ok = "# selftest: %d ok, 0 failed, %d skipped" % (len(names) - skipped, skipped)
    assert len(names) >= 8 and r.status == 0 and ok in r.out and r.out.count("# SKIP there are no three CPUs") == skipped, r


@pytest.mark.quick
def test_together_quick(arch):
    r = make_run(ARCH=arch, SMP=2, APPEND="selftest=smp_call_function,smp_stop_machine,smp_vtime_sums,smp_off_and_on")
    assert r.status == 0 and "# selftest: 4 ok, 0 failed, 0 skipped" in r.out, r


def test_alone_is_said(arch):
    r = make_run(ARCH=arch, APPEND="selftest=smp_call_function")
    assert r.status == 0 and "# SKIP there is one CPU: SMP=2" in r.out, r


def test_sixty_four(arch):
    r = make_run(ARCH=arch, SMP=64, GIC=3, MEM="512M", APPEND="selftest=smp_call_function", timeout=120)
    assert r.status == 0 and "smp: 64 of 64 CPUs are up\n" in r.out and "1 ok, 0 failed, 0 skipped" in r.out, r


@pytest.mark.quick
@pytest.mark.parametrize("gic, smp, most", [(2, 9, 8), (3, 65, 64), (2, 0, 8), (2, "many", 8)])
def test_too_many(arch, gic, smp, most):
    """Before QEMU starts."""
    r = run(["make", "run", "ARCH=" + arch, "GIC=%d" % gic, "SMP=%s" % smp], 20)
    assert r.status != 0 and "SMP=%s: with MACHINE=virt and GIC=%d it is a number from 1 to %d" % (smp, gic, most) in r.out, r


# ---- CPUs that do not come ----

NODE = r"(\t\tcpu@1 \{.*?\n\t\t\};\n)"


def tree(arch, tmp_path, change):
    """The tree of three CPUs, with another cpu@1."""
    dtb = tmp_path / "three.dtb"
    r = run(machine(arch, options=",dumpdtb=%s" % dtb) + CONSOLE + ["-m", "128M", "-smp", "3"], 20)
    assert dtb.exists(), r
    source = run(["dtc", "-q", "-I", "dtb", "-O", "dts", dtb], 20).out
    node = re.search(NODE, source, re.S)[1]
    return compile_tree(source.replace(node, change(node)), tmp_path / "changed.dtb")


@pytest.mark.parametrize("change, says", [
    (lambda n: re.sub(r"reg = <.*?>", "reg = <0x77>", n), 'cpu@1: not started: PSCI says "invalid parameters" (-2)'),
    (lambda n: re.sub(r"reg = <.*?>", "reg = <0x1000001>", n), "cpu@1: not started: its reg is no MPIDR"),
    (lambda n: re.sub(r"reg = <.*?>", "reg = <0x00>", n), "cpu@1: not started: there is another one with MPIDR 0x0"),
    (lambda n: n.replace("};", 'status = "disabled";\n};'), 'cpu@1: not started: its status is "disabled"'),
    (lambda n: n.replace('"psci"', '"spin-table"'), 'cpu@1: not started: its enable-method is "spin-table", not psci'),
], ids=["psci", "reg", "twice", "status", "method"])
def test_one_that_does_not_come(arch, tmp_path, change, says):
    """It is named, with the reason, and the others go on."""
    r = qemu(arch, "-smp", "3", dtb=tree(arch, tmp_path, change))
    assert r.status == 0 and says in r.out and r.tour()[0] == r.tour()[1], r
    up = re.search(r"^smp: 2 of (\d) CPUs are up$", r.out, re.M)
    assert up and int(up[1]) == (3 if "PSCI" in says else 2), r


# ---- the end ----

@pytest.mark.parametrize("crash", ["null", "panic-in-nmi", "panic-in-panic"])
def test_panic_stops_the_others(arch, crash):
    r = make_run(ARCH=arch, SMP=4, APPEND="crash=" + crash)
    assert r.status != 0 and not r.timed_out and "does not stop" not in r.out, r
    assert r.out.count("\nPanic: ") == 1, r


def test_readers_of_one_cpu_say_so(arch):
    r = make_run(ARCH=arch, SMP=2, APPEND="crossings=log profile=100")
    assert r.status == 0 and r.tour() == (43, 43) and not re.search(r"^crossing: ", r.out, re.M), r
    assert "crossings=: with several CPUs none is followed, but by the monitor" in r.lines, r
    assert "profile: only of CPU 0" in r.lines and re.search(r"^profile: \d+ samples,", r.out, re.M), r


@pytest.mark.quick
def test_a_machine_without_psci():
    r = run(["make", "run", "ARCH=arm", "MACHINE=vexpress-a15", "SMP=2"], 20)
    assert r.status != 0 and "SMP=2: with MACHINE=vexpress-a15 and GIC=2 it is 1." in r.out, r
