# SPDX-License-Identifier: MIT
"""`make profile`: samples from NMIs, as folded stacks; none is missing without a word."""

import re

import pytest

from conftest import TOP, build, make_run, run

DOORS = {"arm": ("arm_usr_svc", "arm_usr_dabt", "arm_ret_from_fork", "vectors"),
         "arm64": ("el0t_64_sync", "el0_exception", "ret_from_fork", "el0t_64_sync_door")}


def profile(arch, *variables, config="debug"):
    build(arch, config)
    return run(["make", "profile", "ARCH=" + arch, "CONFIG=" + config] + list(variables), 120)


def folded(arch, config="debug"):
    return (TOP / "build" / arch / config / "profile.folded").read_text()


def closing(r, arch):
    m = re.search(r"^profile %s: (\d+) samples, (\d+) stacks, (\d+) in entry code$" % arch, r.out, re.M)
    assert m, r
    return tuple(map(int, m.groups()))


@pytest.mark.parametrize("config, gic", [("debug", 2), ("debug", 3), ("release", 2)])
def test_profile(arch, config, gic):
    r = profile(arch, "HZ=%d" % (10000 if config == "debug" else 40000), "GIC=%d" % gic, config=config)
    samples, stacks, entry = closing(r, arch)
    text = folded(arch, config)
    lines = re.findall(r"^([^ ;]+(?:;[^ ;]+)*) ([1-9]\d*)$", text, re.M)
    assert r.status == 0 and samples >= 500 and 0 < entry < samples, r
    assert len(lines) == text.count("\n") == stacks == len(set(s for s, _ in lines)) >= 30, text
    assert sum(int(n) for _, n in lines) == samples, text
    # user mode, idle where RCU does not watch, every way in, and (of so few in debug it may find none) their assembly
    assert re.search(r"^user \d+$", text, re.M) and re.search(r";cpu_idle_loop;sleep_irqs_off \d+$", text, re.M), text
    assert all(re.search(r"^%s\b" % door, text, re.M) for door in DOORS[arch][:4 if config == "release" else 3]), text
    cut = int(re.search(r", (\d+) cut short$", r.out, re.M).group(1))
    assert cut * 50 <= samples and "[0x" not in text, text


def test_the_same_each_time(arch):
    """An instruction is a tick: two runs differ in nothing."""
    first = (profile(arch, config="release"), folded(arch, "release"))
    assert (profile(arch, config="release"), folded(arch, "release")) == first


def test_other_workloads(arch):
    """The tour, which wants NMIs of its own, with the watchdog beside."""
    r = profile(arch, "HZ=3000", "APPEND=watchdog=1")		# (with more the tour hardly gets on)
    assert r.status == 0 and closing(r, arch)[0] > 150, r
    assert re.search(r"\bstation|\blintel_station|\bstrike_|\bshot_wait", folded(arch)), folded(arch)


def test_full_buffer(arch):
    """What is dropped is said, and fails."""
    r = profile(arch, "APPEND=profile=5000,1 init=/work")
    m = re.search(r"^profile %s: the buffer was full: (\d+) of (\d+) samples are missing$" % arch, r.out, re.M)
    assert r.status != 0 and m and int(m[2]) - int(m[1]) == closing(r, arch)[0] > 10, r


def test_no_samples(arch):
    r = profile(arch, "HZ=1", "APPEND=init=/bench config=none only=unknown_call")
    assert r.status != 0 and "profile %s: there are no samples" % arch in r.out and closing(r, arch)[0] == 0, r


def test_run_that_fails(arch):
    r = profile(arch, "APPEND=init=/nosuch")
    assert r.status != 0 and "cannot start init /nosuch" in r.out and "the run failed with status" in r.out, r


def test_bad_values(arch):
    for value in ("0", "100001", "x", "", "10,3", "10,", "10,4096", ",1"):
        r = make_run(ARCH=arch, APPEND="profile=%s init=/work" % value)
        assert "its value is not understood" in r.out and r.status == 0 and "sample " not in r.out, r


@pytest.mark.parametrize("said, wrong", [
    ("sample user\nsample user\nprofile: 2 samples, 0 dropped, one in 3 ticks\n", None),
    ("sample user\nprofile: 2 samples, 0 dropped, one in 3 ticks\n", "2 samples were taken, 1 arrived"),
    ("sample user\nsample user\nprofile: 3 samples, 1 dropped, one in 3 ticks\n", "1 of 3 samples are missing"),
    ("sample user\n", "has not said how many"),
])
def test_what_the_tool_believes(tmp_path, said, wrong):
    (tmp_path / "said").write_text(said)
    r = run(["/usr/bin/python3", "tools/profile", "arm", build("arm"), "cat", tmp_path / "said"], 30)
    assert (r.status == 0) == (wrong is None) and (wrong is None or wrong in r.out), r
