# SPDX-License-Identifier: MIT
"""Row 29: a state that CPUs share, and the warning at CPU 0's next idle. Each time with two CPUs, never otherwise."""

import re

import pytest

from conftest import TOP, make_run, run

LINE = re.compile(r"^row29: +(\d+) us  CPU (\d)  nmi_nesting (\S+) +(.*)$", re.M)


def timelines(text):
    """By case: [(time, CPU, nmi_nesting, events)]."""
    parts = re.split(r"^row29 \w+: (state [\w ]+), as recorded:\n", text, flags=re.M)[1:]
    return dict(zip(parts[::2], (LINE.findall(part) for part in parts[1::2])))


def check_timelines(text):
    cases = timelines(text)
    assert set(cases) == {"state local", "state in globals"}, text
    for state, lines in cases.items():
        assert [int(t) for t, *_ in lines] == sorted(int(t) for t, *_ in lines), text
        zero = " ".join(events for _, cpu, _, events in lines if cpu == "0")
        one = " ".join(events for _, cpu, _, events in lines if cpu == "1")
        inside = re.search(r"V \(from idle\)(.*?) X", zero)[1].split()
        assert one.startswith("V (from kernel) L- { C T- } { H+ h+") and one.endswith(" X"), text
        assert inside[:2] == ["L-", "R+"] and inside.count("R+") == 1, text
        assert inside[-4:] == (["Lp", "}", "R-", "L+"] if state == "state local" else ["Tp", "Lp", "L+", "}"]), text
        assert inside.count("R-") == (state == "state local"), text
        # CPU 1 comes while CPU 0's handler waits; what CPU 0 goes to sleep with
        order = [cpu + events.split()[-1] for _, cpu, _, events in lines]
        assert "0h+" in order and order.index("0h+") < [cpu for _, cpu, *_ in lines].index("1"), text
        asleep = [nesting for _, cpu, nesting, _ in lines if cpu == "0"]
        assert asleep[-1] == "0" and asleep[-2] == ("NONIDLE+0" if state == "state local" else "NONIDLE+2"), text


@pytest.mark.parametrize("smp, more", [(2, []), (2, ["QEMU_ARGS="]), (4, ["QEMU_ARGS="])], ids=["turns", "2", "4"])
def test_row29(arch, smp, more):
    """CPUs that take turns record the same each time. The host's moods decide how long the others wait, and for what."""
    r = run(["make", "-s", "row29", "ARCH=" + arch, "SMP=%d" % smp] + more, 240)
    assert r.status == 0, r
    assert r.lines[-3:] == ["row29 %s: state local, %d CPUs: 10 rounds, 0 with the warning" % (arch, smp),
                            "row29 %s: state in globals, %d CPUs: 10 rounds, 10 with the warning" % (arch, smp),
                            "row29 %s: state in globals, 1 CPU: 10 rounds, 0 with the warning" % arch], r
    assert "nmi_nesting != CT_NESTING_IRQ_NONIDLE\ncpu 0, task 0 \"idle\"\n" in r.out, r
    if not more:
        check_timelines(r.out)


def test_document():
    """Its timelines are recorded ones."""
    check_timelines((TOP / "docs/row29.md").read_text())


def test_alone(arch):
    r = make_run(ARCH=arch, APPEND="selftest=smp_row29")
    assert r.status == 0 and "# row29: 1 CPUs, 10 rounds, 0 of them with a warning\n" in r.out, r


@pytest.mark.parametrize("smp", ["1", "0"])
def test_takes_two(smp):
    r = run(["tools/row29", "arm", smp])
    assert r.status != 0 and "row29: SMP=%s: it takes two" % smp in r.out, r
