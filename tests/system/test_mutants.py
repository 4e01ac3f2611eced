# SPDX-License-Identifier: MIT
"""
Every mutant is killed by the check that its header names: a copy of the tree, the patch, the check.
tests/mutants/README.md has the format. Killers that are known here: tests/host/test_entry.
"""

import re
import shutil

import pytest

from conftest import TOP, run

MUTANTS = sorted((TOP / "tests/mutants").glob("*.patch"))
ROOMS = ("entry", "include", "kernel", "rcu", "tests")
KILLERS = {"tests/host/test_entry": ["make", "-s", "-C", "tests/host", "O=out", "run-entry"]}


def header(patch):
    """The fields above the diff."""
    return dict(re.findall(r"^([A-Z][a-z-]*): (.*)$", patch.read_text().split("\n\n")[0], re.M))


def tree(tmp_path):
    for room in ROOMS:
        shutil.copytree(TOP / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_checks_pass_without_a_mutant(tmp_path):
    for killer, command in KILLERS.items():
        r = run(command, 120, cwd=tree(tmp_path))
        assert r.status == 0, (killer, r)


@pytest.mark.parametrize("patch", MUTANTS, ids=lambda p: p.stem)
def test_mutant_is_killed(patch, tmp_path):
    fields = header(patch)
    assert set(fields) == {"Row", "Breaks", "Killed-by"}, fields
    r = run(["patch", "-p1", "-s", "-i", patch], cwd=tree(tmp_path))
    assert r.status == 0, r
    for killer in fields["Killed-by"].split(", "):
        r = run(KILLERS[killer], 120, cwd=tmp_path)
        # Killed by an assertion, not by a compiler's error or the time-out.
        assert r.status not in (0, 124) and "[ RUN " in r.out, "%s survives %s\n%s" % (patch.stem, killer, r)
