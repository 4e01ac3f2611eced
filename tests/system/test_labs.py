# SPDX-License-Identifier: MIT
"""
The labs: the reference has full marks, what students get is made from the tree as it is, and each
wrong solution (tests/labs/LAB/wrong-*.h) loses what its header says, for the reason that it says.
"""

import configparser
import os
import re
import shutil
import sys

import pytest

from conftest import TOP, run

LABS = sorted(p.parent.name for p in TOP.glob("labs/*/lab.ini"))
WRONG = sorted(TOP.glob("tests/labs/*/wrong-*.h"))
MODES = {"user mode always tracked": "always", "tracked on request, and requested": "requested",
         "tracked on request, and not requested": "untracked"}


def grade(lab, solution=None, quick=True, top=TOP):
    env = ["env"] + ["MODEL=no", "BOOT=no"] * quick
    return run(env + ["make", "-s", "grade", "LAB=" + lab] + (["SOLUTION=%s" % solution] if solution else []), 180, cwd=top)


def points(r):
    m = re.fullmatch(r"grade: \S+: (\d+) of (\d+) points", [l for l in r.lines if not l.startswith("make")][-1])
    assert m, r
    return int(m.group(1)), int(m.group(2))


def lost(lab, r):
    """{mode: {case}} of the crossings that lost points."""
    ini = configparser.ConfigParser(comment_prefixes="#")
    ini.read(TOP / "labs" / lab / "lab.ini")
    mode, found = None, {}
    for line in r.lines:
        m = re.match(r"crossings, (.*):$", line)
        mode = MODES[m.group(1)] if m else mode
        for case, what in ini["cases"].items():
            if re.match(r" 0 of  1  %s(\. Reason|: reason|$)" % re.escape(what), line):
                found.setdefault(mode, set()).add(case)
    return found, set(ini["cases"])


@pytest.mark.parametrize("lab", LABS)
def test_reference_has_full_marks(lab):
    r = grade(lab, TOP / "labs" / lab / "reference.h", quick=False)
    assert r.status == 0 and points(r)[0] == points(r)[1] >= 40, r


@pytest.mark.parametrize("lab", LABS)
def test_the_starter_is_made_from_the_tree(lab):
    """The starter is the file without the bodies, and with the reference's it is the file again."""
    ini = configparser.ConfigParser(comment_prefixes="#")
    ini.read(TOP / "labs" / lab / "lab.ini")
    file, functions = ini["lab"]["file"], ini["lab"]["functions"].split()
    r = run(["tools/grade", "--starter", lab])
    text = (TOP / "labs" / lab / file).read_text()
    assert text == r.out, "%s is stale: tools/grade --starter %s >labs/%s/%s" % (file, lab, lab, file)
    reference = (TOP / "labs" / lab / "reference.h").read_text()
    for f in functions:
        pattern = r"^static [^\n]*\b%s\(.*?^\}" % f
        theirs = re.search(pattern, reference, re.M | re.S).group()
        empty = re.search(pattern, text, re.M | re.S).group()
        assert empty.splitlines()[1:] == ["{", "\t/* Your steps. */", "}"], empty
        text = text.replace(empty, theirs)
    assert text == (TOP / file).read_text(), "labs/%s/reference.h is stale: it is not what %s has" % (lab, file)


@pytest.mark.parametrize("lab", LABS)
def test_each_lab_has_ten_wrong_solutions(lab):
    assert sum(p.parent.name == lab for p in WRONG) >= 10


@pytest.mark.parametrize("wrong", WRONG, ids=lambda p: p.stem)
def test_wrong_solution_loses_its_points(wrong):
    """
    Loses: modes (*: every one), each with :case,case or :!case,case (all but these); or `compile`.
    Points: what is left; "of" how many, if the whole grader is wanted. Says: part of a reason.
    """
    head = wrong.read_text().split("*/")[1]
    fields = dict(re.findall(r"^ \* (Loses|Points|Says): ?(.*?) *$", head, re.M))
    assert set(fields) == {"Loses", "Points", "Says"}, head
    left, _, of = fields["Points"].partition(" of ")
    r = grade(wrong.parent.name, wrong, quick=not of)
    found, cases = lost(wrong.parent.name, r)
    if fields["Loses"] != "compile":
        wanted = {}
        for item in fields["Loses"].split():
            mode, _, some = item.partition(":")
            named = set(some.lstrip("!").split(",")) if some else cases
            for m in MODES.values() if mode == "*" else [mode]:
                wanted[m] = cases - named if some.startswith("!") else named
        assert found == wanted, r
    assert r.status != 0 and points(r)[0] == int(left) and of in ("", str(points(r)[1])), r
    assert fields["Says"] in r.out, r


def test_nothing_is_written_beside_the_copy():
    def state():
        return {p: p.stat().st_mtime_ns for room in ("entry", "labs", "tests/host") for p in (TOP / room).rglob("*")}
    before = state()
    grade(LABS[0])
    assert state() == before


@pytest.mark.parametrize("solution, says", [
    (None, "solution.h: no such file or directory"), (b"", "has no function enter_from_user_mode()"),
    (b"\xff\xfe\0", "solution.h: not a text file")])
def test_bad_solution(tmp_path, solution, says):
    path = tmp_path / "solution.h"
    if solution is not None:
        path.write_bytes(solution)
    r = grade("enter-from-user", path)
    assert r.status != 0 and says in r.out and "Traceback" not in r.out, r


def test_a_state_that_is_wrong_shows_the_events():
    """Nothing at all is done: the first event that has not come is shown even before the crossing ends."""
    r = grade("enter-from-user")
    assert re.search(r"enter_from_user_mode\(\) alone. Reason 1:\n +after enter_from_user_mode\(\): RCU does not watch.*\n"
                     r" +came *\n +expected A L- R\+ .*\n( +)\^ this comes next$", r.out, re.M), r


def test_unknown_lab():
    r = grade("no-such")
    assert r.status != 0 and "there is " + ", ".join(LABS) in r.out and "Traceback" not in r.out, r


def test_handout(tmp_path):
    """What students get: no history, no solutions; they write in the tree itself, and can have full marks."""
    tree = tmp_path / "given"
    r = run(["tools/grade", "--handout", "enter-from-user", tree])
    assert r.status == 0, r
    for gone in (".git", "build", "tests/mutants", "tests/labs", "labs/enter-from-user/reference.h"):
        assert not os.path.lexists(tree / gone), gone
    assert "ct_user_exit();" not in (tree / "entry/user.h").read_text()
    r = run([sys.executable, "-m", "pytest", "-q", "--collect-only", "tests"], 60, cwd=tree)
    assert r.status == 0, r
    shutil.copy(TOP / "entry/user.h", tree / "labs/enter-from-user/entry/user.h")
    r = grade("enter-from-user", top=tree)
    assert r.status == 0, r
