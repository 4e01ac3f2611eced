# SPDX-License-Identifier: MIT
"""The documents' figures are those of entry/order.def, and no document has an order of its own."""

import re
import shutil
import sys
import xml.etree.ElementTree as ET

import pytest

from conftest import TOP, run

sys.path[:0] = [str(TOP / "tools"), str(TOP / "tools/figures")]
# pylint: disable=wrong-import-position
import lanes
from order import Line, read_alphabet, read_def

pytestmark = pytest.mark.quick
SYSCALL = '"A L- R+ { T- } { Tp Lp L+ ... } { ... } { ... L- T- ... } { Tp Lp } R- L+ X"'


@pytest.fixture
def tree(tmp_path):
    """A copy of what the figures are made of and from."""
    for d in ("docs", "entry", "include/lintel"):
        shutil.copytree(TOP / d, tmp_path / d)
    shutil.copy(TOP / "README.md", tmp_path)
    return tmp_path


def figures(*args):
    return run(["/usr/bin/python3", TOP / "tools/figures", *args])


def change(path, old, new):
    text = path.read_text()
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1))


def contents(tree):
    return {p: p.read_bytes() for p in sorted(tree.rglob("*")) if p.is_file()}


def test_nothing_is_stale():
    r = run(["make", "figures", "CHECK=1"])
    assert r.status == 0, r
    n = re.search(r"^figures: (\d+) files from (\d+) lines of entry/order.def, 0 wrong$", r.out, re.M)
    assert n and int(n.group(1)) > 20 and int(n.group(2)) == (TOP / "entry/order.def").read_text().count("\nORDER(")


def test_made_again_they_are_the_same(tree):
    before = contents(tree)
    shutil.rmtree(tree / "docs/figures")
    assert figures(tree).status == 0
    assert contents(tree) == before


def test_a_changed_line_makes_them_stale(tree):
    change(tree / "entry/order.def", SYSCALL, SYSCALL.replace("R+ { T- }", "{ T- } R+"))
    r = figures("--check", tree)
    assert r.status == 1, r
    for stale in ("README.md", "docs/order.md", "docs/crossings.md", "docs/figures/syscall-user.svg"):
        assert "figures: %s is stale: run `make figures`\n" % stale in r.out, r
    assert "irq-user.svg" not in r.out, r
    assert figures(tree).status == 0 and figures("--check", tree).status == 0


def test_a_meaning_makes_them_stale(tree):
    change(tree / "include/lintel/evlog.h", "tracking: RCU watches", "tracking: RCU looks")
    r = figures("--check", tree)
    assert r.status == 1 and "README.md is stale" in r.out, r


def test_a_figure_of_nothing_is_found(tree):
    (tree / "docs/figures/old.svg").write_text("<svg/>")
    r = figures("--check", tree)
    assert r.status == 1 and "nothing makes docs/figures/old.svg any more" in r.out, r
    assert figures(tree).status == 0 and not (tree / "docs/figures/old.svg").exists()


@pytest.mark.parametrize("new, says", [
    (SYSCALL.replace("R+", "Q+"), "Q+ is no event of evlog.h"),
    (SYSCALL.replace("X", "W(lunch)"), "W(lunch) is no event of evlog.h"),
    (SYSCALL.replace("R+ {", "R+"), "} closes nothing"),
    (SYSCALL.replace("T- } {", "T- {"), "{ inside { }"),
    (SYSCALL.replace("Lp } R-", "Lp R-"), "{ is not closed"),
    (SYSCALL.replace("R+", "[ R+"), "[ is not closed"),
    (SYSCALL.replace("A L-", "A  L-"), "not one space between any two words"),
    (SYSCALL.replace("X", "X "), "not one space between any two words"),
    (SYSCALL.replace("R+", "R+ >"), "> closes nothing"),
    (SYSCALL.replace("R+", "[ R+ >"), "> closes nothing"),
    (SYSCALL.replace("R+", "[ < R+ > ]"), "< inside ["),
    (SYSCALL.replace("R+ { T- }", "R+ < { > T- }"), "> closes nothing"),
    (SYSCALL.replace(" X", ""), "no X or W(exit) at the end"),
    ('""', "no X or W(exit) at the end"),
    (SYSCALL.strip('"'), 'neither a comment nor ORDER(door, context, "events")'),
])
def test_a_bad_line_is_named(tree, new, says):
    change(tree / "entry/order.def", SYSCALL, new)
    number = next(i for i, row in enumerate((tree / "entry/order.def").read_text().split("\n"), 1)
                  if row.startswith("ORDER(SYSCALL"))
    r = figures("--check", tree)
    assert r.status == 2 and "figures: entry/order.def:%d: %s" % (number, says) in r.out, r


@pytest.mark.parametrize("path, old, new, says", [
    ("entry/order.def", "ORDER(FIQ, NMI", "ORDER(FIG, NMI", "FIG is no door of evlog.h"),
    ("entry/order.def", "ORDER(FIQ, NMI", "ORDER(FIQ, MNI", "MNI is no context of evlog.h"),
    ("include/lintel/evlog.h", 'E(WORK,', 'E(NEW, "Q")\t/* keeper: something */\t\\\n\tE(WORK,',
     "tools/figures/lanes.py does not know what event Q does"),
    ("include/lintel/evlog.h", "/* tracer: the period ends */", "", "event Tp has no comment `keeper: meaning`"),
    ("include/lintel/evlog.h", "\tNR_CONTEXTS", "\tCTX_GUEST,\n\tNR_CONTEXTS",
     "tools/figures/lanes.py does not know the state in context GUEST"),
])
def test_a_name_that_is_not_known_is_named(tree, path, old, new, says):
    change(tree / path, old, new)
    r = figures("--check", tree)
    assert r.status == 2 and re.search(r"^figures: %s:\d+: %s" % (path, re.escape(says)), r.out, re.M), r


@pytest.mark.parametrize("text, found", [
    ("it does `L- R+ { T- }` first", True),
    ("`A` `L-` `R+`", True),
    ("    V    the door\n    A    the frame\n    L-   lockdep\n", True),
    ("| `V` | begins |\n| `A` | checks |\n| `L-` | is off |\n", True),
    ("<!-- output: make run -->\nA L- R+\n<!-- end -->", False),
    ("<!-- any: thing -->\nA L- R+\n<!-- end -->", True),
    ("between `Tp Lp` and `R-` nothing happens", False),
    ("F, and on AArch64 A and D", False),
    ("A C function", False),
])
def test_an_order_written_by_hand_is_found(tree, text, found):
    with open(tree / "docs/masking.md", "a") as f:
        f.write("\n" + text + "\n")
    r = figures("--check", tree)
    assert (r.status == 1 and "figures: docs/masking.md:" in r.out) == found, r


@pytest.mark.parametrize("old, new, says", [
    ("figure: alphabet", "figure: alphabets", "no figure is called `alphabets`"),
    ("SYSCALL USER", "SYSCALL IDLE", "no line for SYSCALL from IDLE"),
    ("<!-- end -->", "", "without <!-- end -->"),
])
def test_a_bad_marker_is_named(tree, old, new, says):
    text = (tree / "docs/order.md").read_text()
    (tree / "docs/order.md").write_text(text.replace(old, new))
    r = figures("--check", tree)
    assert r.status == 2 and re.search(r"^figures: docs/order.md:\d+: .*" + re.escape(says), r.out, re.M), r


def test_each_line_is_drawn_and_shown():
    """Every figure is whole, shows its line's letters in their order, and is in docs/crossings.md."""
    shown = (TOP / "docs/crossings.md").read_text()
    alphabet = read_alphabet(TOP / "include/lintel/evlog.h")
    texts = {line.text for line in read_def(TOP / "entry/order.def", alphabet)}
    drawn = set()
    for svg in (TOP / "docs/figures").glob("*.svg"):
        root = ET.parse(svg).getroot()
        text = " ".join(t.text for t in root.iter("{http://www.w3.org/2000/svg}text")
                        if "mono" in t.get("class", "") and "small" not in t.get("class"))
        assert "](figures/%s)" % svg.name in shown
        drawn.add(text.replace("…", "...").removeprefix("V "))
        assert "prefers-color-scheme: dark" in svg.read_text()
    assert drawn == texts
    assert all("\n%s\n" % t in shown for t in texts)


def state(text, lane, contexts):
    """What a lane may be after each word: - off, / about to be, # on, ? one or the other."""
    cols = lanes.columns(Line("IRQ", "KERNEL", text))
    one = next(x for x in lanes.LANES if x.key == lane)
    return "".join("-/#"[min(v)] if len(v) == 1 else "?" for v in lanes.states(cols, one, contexts))


def test_lanes():
    assert state("L- R+ R- Lp L+ X", "irqs", ["USER"]) == "#---/##"
    assert state("L- R+ R- L+ X", "rcu", ["USER"]) == "--#---"
    assert state("L- R+ R- L+ X", "rcu", ["IDLE"]) == "######"		# it watched before: R- leaves it so
    assert state("L- R+ R- L+ X", "rcu", ["IDLE", "EQS"]) == "??#???"
    assert state("N+ R+ N- X", "nmi", ["USER"]) == "?##??"			# an NMI may come to any state
    assert state("L- < L+ > X", "irqs", ["KERNEL"]) == "?--???"


def test_a_line_that_is_there_already_is_named(tree):
    change(tree / "entry/order.def", SYSCALL, SYSCALL + ")\nORDER(SYSCALL, USER, " + SYSCALL)
    number = (tree / "entry/order.def").read_text().split(SYSCALL)[0].count("\n") + 1
    r = figures("--check", tree)
    assert r.status == 2 and "entry/order.def:%d: line %d once more in" % (number + 1, number) in r.out, r
