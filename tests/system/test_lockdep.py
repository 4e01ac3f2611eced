# SPDX-License-Identifier: MIT
"""Lockdep: its grid, its reports, and that it is not there when it is configured out."""

import re

import pytest

from conftest import TOP, build, make_run, run

pytestmark = pytest.mark.quick

DOCS = TOP / "docs/lockdep.md"
CLOSING = r"^lockdep %s: (\d+) cases, (\d+) as expected, (\d+) clean programs, (\d+) wrong$"


def lockdep(arch, row="grid", config="debug", timeout=60):
    build(arch, config)
    return run(["make", "-s", "lockdep", "ARCH=" + arch, "CONFIG=" + config, "ROW=" + row, "TIMEOUT=%d" % timeout], timeout + 30)


def table(out):
    """{(section, row): [orders, cell...]}"""
    found, section = {}, None
    for line in out.splitlines():
        m = re.match(r"^(\S.*?) +orders\b", line)
        if m:
            section = m[1]
        m = section and re.match(r"^  (\S.*?) +(\d+)((?:  \S+ *)+)$", line)
        if m:
            found[section, m[1]] = [int(m[2])] + m[3].split()
    return found


def test_grid(arch):
    r = lockdep(arch)
    m = re.search(CLOSING % arch, r.out, re.M)
    assert r.status == 0 and m, r
    cases, expected, clean, wrong = map(int, m.groups())
    assert cases == expected >= 300 and clean >= 100 and wrong == 0, r
    assert "WRONG" not in r.out.replace("WRONG: neither", "") and "Warning at" not in r.out, r
    assert m[0].replace("arm:", "arm64:") in DOCS.read_text(), r
    t = table(r.out)
    # Counted again, from what the table shows.
    bad = sum(row[0] * sum(c not in ("ok", "-") for c in row[1:]) for row in t.values())
    good = sum(row[0] * row[1:].count("ok") for row in t.values())
    assert (bad, good) == (cases, clean), r
    # Some that a reader would look for first.
    assert t["of one kind", "AA"] == [1] + 5 * ["recursion"], r
    assert t["of one kind", "AB-BC-CA"] == [6] + 5 * ["circle"], r
    assert t["of one kind", "irq-chain"] == [12] + 3 * ["interrupt"] + ["ok", "wait"], r
    assert t["of one kind", "unlock-order"] == [1] + 5 * ["ok"], r
    assert t["of one kind", "return-held"] == [1] + 5 * ["held"], r
    assert t["wait: y inside x", "raw"] == [1, "ok"] + 4 * ["wait"] + ["ok"], r


def test_example(arch):
    """What docs/lockdep.md explains: the chain, its places, the contexts."""
    r = lockdep(arch, "example")
    assert r.status == 0, r
    place = r"\+0x[0-9a-f]+/0x[0-9a-f]+"
    said = r.out[r.out.index("===="):r.out.index("Warning at")]
    explained = re.search(r"^```\n(====.*?)^```$", DOCS.read_text(), re.M | re.S)[1]
    assert re.sub(place, "+", said) == re.sub(place, "+", explained), r
    assert len(set(re.findall(r"(?:pay_in|audit)" + place, said))) == 4, r


@pytest.mark.parametrize("row, says", [
    ("AA", ["possible recursive locking", "A: it holds a lock of this class", "The other is A, taken at"]),
    ("irq", ["possible deadlock with an interrupt", "and an interrupt may come, which takes A",
             "CPU 0 holds A, its interrupt waits for A", "Then each waits for the next, for ever."]),
    ("softirq-chain", ["and a softirq may come, which takes A", "CPU 0 holds B, its softirq waits for A",
                       "CPU 1 holds A and waits for B"]),
    ("nmi-chain", ["and an NMI may come, which takes B", "its NMI waits for B"]),
    ("irq-reads-held-w", ["which takes A to read"]),
    ("rcu-mutex", ["invalid wait context", "A: whoever waits for the other one must not wait that long",
                   "The other is RCU, to read, taken at"]),
    ("rcu-sync-in-irq", ["invalid wait context", "in interrupt context", "one must not wait that long in an interrupt"]),
    ("rcu-sync-irqs-off", ["invalid wait context", "one must not sleep with interrupts off"]),
    ("rcu-sync-spin", ["invalid wait context", "The other is A, taken at"]),
    ("unlock-twice", ["bad unlock", "A: it does not hold it"]),
    ("unlock-in-irq", ["bad unlock", "A: it was taken in another context"]),
    ("init-held", ["bad lock initialisation", "A: it is initialised, and held"]),
    ("return-held", ["#0 A, taken at", "returns to user mode with 1 locks held"]),
    ("rcu-in-irq", ["lockdep: nothing is wrong with it"]),
])
def test_reports(row, says):
    r = lockdep("arm64", row)
    assert r.status == 0 and all(s in r.out for s in says), r
    assert r.out.count("========") == (0 if row in ("return-held", "rcu-in-irq") else 2), r


def test_unknown_row(arch):
    r = lockdep(arch, "nosuch")
    assert r.status != 0 and "lockdep=nosuch: no row of the grid has that name" in r.out, r


def test_the_kernels_own_locks(arch):
    """The whole tour, with nothing to report."""
    r = make_run(ARCH=arch)
    assert r.status == 0 and "========" not in r.out, r


@pytest.mark.parametrize("what", ["selftest=lockdep_classes_full", "selftest=lockdep_edges_full", "selftest=lockdep_held_full",
                                  "selftest=lockdep_never_initialised"])
def test_full(arch, what):
    r = make_run(ARCH=arch, APPEND=what)
    assert r.status == 0 and "\nok 1 - " in r.out, r
    said = {"classes": "lock classes: the table is full", "edges": "edges of the lock graph: the table is full",
            "held": "locks held by one task: the table is full", "never": "it was never initialised"}
    assert said[what.split("_")[1]] in r.out and r.out.count("Warning at") == 1, r


def test_not_there(arch):
    """Configured out it leaves no code, and says so to who asks."""
    out = build(arch, "release")
    r = run(["nm", "-C", out / "lintel.elf"])
    assert not re.search(r"lock_(acquire|release|circle)|held_locks|lock_classes|lockdep_report", r.out), r
    r = lockdep(arch, config="release")
    assert r.status != 0 and "this kernel has no CONFIG_LOCKDEP" in r.out, r
