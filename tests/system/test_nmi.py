# SPDX-License-Identifier: MIT
"""
nmi=fiq|pmr|nmi: each design does what the others do, and what a machine or a kernel lacks is said. What this QEMU
has no CPU for (FEAT_NMI came with 9.1) is not tested but reported.
"""

import re

import pytest

from conftest import TOP, build, make_run, run
from test_abi import archive, passed

CROSSINGS = 22
NO_ARM = "this architecture has FIQs only"
NO_CPU = "the CPU has no FEAT_NMI"
MAX = {"CPU": "max"}		# where FEAT_NMI is, if anywhere

# (architecture, GIC, configuration, asked for): what is missing
LACKS = {
    ("arm", 2, "debug", "pmr"): NO_ARM,
    ("arm", 3, "debug", "nmi"): NO_ARM,
    ("arm", 2, "release", "pmr"): NO_ARM,
    ("arm64", 2, "debug", "pmr"): "GICv2 has its priority mask in memory",
    ("arm64", 2, "debug", "nmi"): NO_CPU,
    ("arm64", 3, "debug", "nmi"): NO_CPU,
    ("arm64", 3, "release", "pmr"): "CONFIG_NMI_PMR is not set",
    ("arm64", 3, "release", "nmi"): NO_CPU,
    ("arm64", 3, "debug", "fiq"): None,
    ("arm64", 3, "debug", "pmr"): None,
}


def boot(nmi, arch="arm64", more="", **variables):
    return make_run(ARCH=arch, APPEND=("nmi=%s loglevel=7 %s" % (nmi, more)).strip(), **variables)


def in_use(r):
    """As the kernel says at boot, and as it tells a program."""
    said = re.findall(r"^nmi: (\w+)$", r.out, re.M)
    assert len(said) == 1 and re.findall(r"^tour: Lintel .*; NMIs: (\w+)$", r.out, re.M) in ([], said), r
    return said[0]


def nmis(r):
    """The tour's lines about NMIs."""
    return re.findall(r"^FIQ .*", r.out, re.M)


def in_order(r):
    assert r.status == 0 and r.tour() == (CROSSINGS, CROSSINGS), r
    return r


@pytest.mark.parametrize("arch, gic, config, nmi", LACKS, ids=["-".join(map(str, k)) for k in LACKS])
def test_fallback(arch, gic, config, nmi):
    what = LACKS[arch, gic, config, nmi]
    r = boot(nmi, arch, GIC=gic, CONFIG=config)
    message = "nmi: %s is not available (%s), using fiq" % (nmi, what)
    assert r.status == 0 and ("not available" in r.out) == bool(what), r
    assert not what or message in r.lines, r
    assert in_use(r) == ("fiq" if what else nmi), r


def test_bad_value(arch):
    r = boot("firq", arch)
    assert 'boot argument "nmi=firq": its value is not understood, ignored' in r.lines and in_use(r) == "fiq", r
    in_order(r)


@pytest.mark.quick
def test_pmr_shows_the_same():
    """The tour, and each NMI the same crossing as a FIQ, to the letter."""
    r, fiq = in_order(boot("pmr")), in_order(boot("fiq"))
    assert in_use(r) == "pmr" and len(nmis(r)) == 6 and nmis(r) == nmis(fiq), r


def test_pmr_idle_bodies():
    in_order(boot("pmr", more="idle=irqs-on"))


@pytest.mark.parametrize("program", ("poison", "abi", "fork"))
def test_pmr_programs(program):
    passed(make_run(ARCH="arm64", APPEND="nmi=pmr", INITRD=archive("arm64", program),
                    QEMU_ARGS="-icount shift=4,sleep=off"))


def test_pmr_logs_are_accepted(tmp_path):
    """Each crossing that is logged is one of the model's, which knows nothing of designs."""
    r = boot("pmr", more="crossings=log", QEMU_ARGS="-icount shift=4,sleep=off")
    (tmp_path / "log").write_text("".join("arm64 %s\n" % c for c in re.findall(r"^crossing: (.*)$", r.out, re.M)))
    r = run(["make", "-s", "model", "LOGS=%s" % (tmp_path / "log")], 300)
    m = re.search(r"^logs of arm64: (\d+) different crossings, (\d+) accepted", r.out, re.M)
    assert r.status == 0 and m and m[1] == m[2] and int(m[1]) > 20, r


def test_pmr_selftests():
    r = boot("pmr", more="selftest=all")
    assert r.status == 0 and re.search(r"^# selftest: \d+ ok, 0 failed", r.out, re.M), r


@pytest.mark.parametrize("crash, pmr, state", [("null", "f0", "on"), ("lockup", "60", "off"), ("brk-in-idle", "60", "off")])
def test_report_shows_pmr(crash, pmr, state):
    """As it was in the interrupted code, also where an NMI finds interrupts off; and where it masks nothing, not."""
    r = boot("pmr", more="crash=" + crash)
    report = r.out.split("\nPanic: ")[1]
    assert r.status and "pmr  %s: interrupts %s\n" % (pmr, state) in report and "  interrupts %s; " % state in report, r
    assert "pmr " not in boot("fiq", more="crash=" + crash).out.split("\nPanic: ")[1]


# ---- sweeps ----

def sweep(nmi, arch="arm64"):
    build(arch, "sweep")
    return run(["tools/sweep", "-s", "-n", nmi, "-d", "irq", "-k", "kernel", arch], 300)


def swept(r):
    m = re.search(r"^arm64 nmi +irq kernel +(\d+) boundaries, +(\d+) hit, +(\d+) masked, 0 violations$", r.out, re.M)
    assert r.status == 0 and m, r
    boundaries, hit, masked = map(int, m.groups())
    assert hit + masked == boundaries > 1000 and 40 < masked < 100, r
    return masked


def test_pmr_sweep():
    """An NMI before each instruction of an IRQ of the kernel: none is lost, and it is as good as a FIQ."""
    assert swept(sweep("pmr")) - swept(sweep("fiq")) < 20


@pytest.mark.parametrize("nmi", ("pmr", "nmi"))
def test_sweep_unsupported(nmi):
    r = sweep(nmi, "arm")
    assert r.status == 0 and "sweep arm: NMI=%s: unsupported (%s)" % (nmi, NO_ARM) in r.lines, r


# ---- FEAT_NMI ----

@pytest.fixture
def feat_nmi():
    r = boot("nmi", **MAX)
    in_order(r)
    if in_use(r) == "fiq":
        assert "nmi: nmi is not available (%s), using fiq" % NO_CPU in r.lines, r
        pytest.skip("this QEMU has no CPU with FEAT_NMI")
    return r


def test_feat_nmi_shows_the_same(feat_nmi):
    assert in_use(feat_nmi) == "nmi" and nmis(feat_nmi) == nmis(boot("fiq", **MAX)), feat_nmi


def test_feat_nmi_sweep(feat_nmi):
    swept(sweep("nmi"))


def test_feat_nmi_sweep_or_a_reason():
    r = sweep("nmi")
    assert r.status == 0 and ("NMI=nmi: unsupported (%s)" % NO_CPU in r.out or swept(r)), r


# ---- configurations ----

def test_release_has_no_other_way():
    """Not one access to PMR but the driver's at boot."""
    with open(build("arm64", "release") / "lintel.lst", encoding="utf-8", errors="replace") as f:
        text = f.read()
    at, users = None, set()
    for name, pmr in re.findall(r"^[0-9a-f]+ <(\w+)>:$|\t(?:msr|mrs)\t.*?(icc_pmr_el1|s3_0_c4_c6_0)", text, re.M | re.I):
        at = name or at
        users |= {at} if pmr else set()
    assert users == {"gicv3_cpu_init"}, users


def test_the_usual_design_is_a_choice(tmp_path):
    """Without a boot argument; a configuration of its own, built elsewhere."""
    text = (TOP / "configs/debug").read_text()
    text = text.replace("CONFIG_NMI_USUAL_FIQ=y\n# CONFIG_NMI_USUAL_PMR is not set",
                        "# CONFIG_NMI_USUAL_FIQ is not set\nCONFIG_NMI_USUAL_PMR=y")
    run(["cp", "-r", "--", *[p for p in TOP.iterdir() if p.name not in ("build", ".git")], tmp_path])
    (tmp_path / "configs/debug").write_text(text)
    r = run(["make", "-s", "-j2", "run", "ARCH=arm64", "APPEND=loglevel=7"], 200, cwd=tmp_path)
    assert r.status == 0 and in_use(r) == "pmr", r
