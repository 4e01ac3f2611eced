# SPDX-License-Identifier: MIT
"""
Every mutant is killed by the check that its header names: a copy of the tree, the patch, the check.
tests/mutants/README.md has the format; KILLERS has the checks that are known here.
"""

import re
import shutil

import pytest

from conftest import TOP, build, run

MUTANTS = sorted((TOP / "tests/mutants").glob("*.patch"))
ROOMS = ("entry", "include", "kernel", "rcu", "tests")
# The command; what it prints when it judges (and not its compiler, or the time-out).
KILLERS = {
    "tests/host/test_entry": (["make", "-s", "-C", "tests/host", "O=out", "run-entry"], "[ RUN "),
    "make noinstr": (["make", "-s", "noinstr", "ARCH=arm"], " violations"),
}


def header(patch):
    """The fields above the diff."""
    return dict(re.findall(r"^([A-Z][a-z-]*): (.*)$", patch.read_text().split("\n\n")[0], re.M))


def tree(tmp_path, killers):
    """What the killers need of the tree; for the kernel itself with what is built, to build less."""
    rooms = ROOMS
    if any(k.startswith("make ") for k in killers):
        build("arm")
        rooms = [p.name for p in TOP.iterdir() if p.is_dir() and p.name not in (".git", "build")] + ["build/arm/debug"]
        shutil.copy2(TOP / "Makefile", tmp_path)
    for room in rooms:
        shutil.copytree(TOP / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_checks_pass_without_a_mutant(tmp_path):
    tree(tmp_path, KILLERS)
    for killer, (command, _) in KILLERS.items():
        r = run(command, 120, cwd=tmp_path)
        assert r.status == 0, (killer, r)


@pytest.mark.parametrize("patch", MUTANTS, ids=lambda p: p.stem)
def test_mutant_is_killed(patch, tmp_path):
    fields = header(patch)
    assert set(fields) == {"Row", "Breaks", "Killed-by"}, fields
    killers = fields["Killed-by"].split(", ")
    r = run(["patch", "-p1", "-s", "-i", patch], cwd=tree(tmp_path, killers))
    assert r.status == 0, r
    for killer in killers:
        command, judges = KILLERS[killer]
        r = run(command, 120, cwd=tmp_path)
        assert r.status not in (0, 124) and judges in r.out, "%s survives %s\n%s" % (patch.stem, killer, r)
