# SPDX-License-Identifier: MIT
"""
`make mutants`: the quick subset whole; and that the tool itself notices what it should: a mutant that
lives, a patch that does not apply, a proof for nothing.
"""

import re

import pytest

from conftest import TOP, run

LATE = """Row: 2
Breaks: enter_from_user_mode: R+ before L-
Killed-by: tests/host/test_entry

"""


def mutants(*args, timeout=900):
    return run(["tools/mutants"] + list(args), timeout)


def closing(r):
    m = re.search(r"^mutants: (\d+) made, (\d+) killed, (\d+) equivalent, (\d+) survived\Z", r.out.rstrip(), re.M)
    assert m, r
    return tuple(map(int, m.groups()))


def test_quick():
    r = run(["make", "mutants", "QUICK=1"], 1800)
    made, killed, equivalent, survived = closing(r)
    assert r.status == 0 and survived == 0 and made == killed + equivalent, r
    assert made >= 150 and equivalent * 20 <= made, r


@pytest.mark.quick
def test_every_patch_applies():
    """All at once is many minutes; whoever moves a line is told now."""
    stale = []
    for patch in sorted((TOP / "tests/mutants").glob("*.patch")):
        r = run(["patch", "-p1", "-s", "-F0", "--dry-run", "-i", patch], 20)
        stale += [] if r.status == 0 else ["%s: %s" % (patch.name, r.out)]
    assert not stale, "\n".join(stale)


def test_one_by_name():
    r = run(["make", "mutants", "MUTANTS=enter_from_user_mode.swap.lockdep_hardirqs_off-CALLER_ADDR"], 300)
    assert r.status == 0 and closing(r) == (1, 1, 0, 0), r
    assert re.search(r"^killed +enter_from_user_mode\.swap\.\S+  by tests/host/test_entry$", r.out, re.M), r


def diff(old, new):
    return LATE + """--- a/entry/user.c
+++ b/entry/user.c
@@ -1,2 +1,2 @@
-%s
+%s
 #include <entry/user.h>
""" % (old, new)


@pytest.mark.parametrize("old, new, word", [
    ("// SPDX-License-Identifier: MIT", "// SPDX-License-Identifier:  MIT", "survived"),
    ("// SPDX-License-Identifier: GPL", "// SPDX-License-Identifier: MIT", "stale"),
    ("// SPDX-License-Identifier: MIT", "#error no", "does not compile"),
])
def test_what_fails(tmp_path, old, new, word):
    (tmp_path / "one.patch").write_text(diff(old, new))
    r = mutants("-d", tmp_path)
    assert r.status == 1 and re.search(r"^%s +one\b" % word, r.out, re.M), r
    assert closing(r) == (1, 0, 0, 1 if word == "survived" else 0), r


def test_bad_input(tmp_path):
    (tmp_path / "one.patch").write_text("Row: 2\n\n")
    r = mutants("-d", tmp_path)
    assert r.status == 1 and "one.patch: its header" in r.out, r
    r = mutants("no-such-mutant")
    assert r.status == 1 and "there is no no-such-mutant" in r.out, r


def test_pending_names_rows_and_verifiers():
    lines = (TOP / "tests/mutants/pending").read_text().splitlines()
    for line in (ln for ln in lines if ln and not ln.startswith("#")):
        assert re.match(r"\d+\t\S.*\t\S", line), line
