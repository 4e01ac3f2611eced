# SPDX-License-Identifier: MIT
"""tools/order.py, which gdb and the figures read the order with: following, on the real lines."""

import sys

import pytest

from conftest import TOP

sys.path.insert(0, str(TOP / "tools"))
# pylint: disable=wrong-import-position
from order import Line, Open, Way, read_alphabet, read_def

pytestmark = pytest.mark.quick
LINES = read_def(TOP / "entry/order.def", read_alphabet(TOP / "include/lintel/evlog.h"))
LOCKDEP = ("L-", "Lp", "L+", "h+", "h-")
ALL = {"[", "<", "tracked"}


def follow(text, events, holds=ALL, absent=(), user=("IRQ", "USER")):
    """How many events one line takes, and whether it may end there."""
    way, n = Way(Line(*user, text), holds, absent), 0
    for n, event in enumerate(events.split(), 1):
        if not way.take(event):
            return n - 1, False
    return n, way.may_end


@pytest.mark.parametrize("text, events, result", [
    ("A L- X", "A L- X", (3, True)),
    ("A L- X", "A X", (1, False)),
    ("A L- X", "A L-", (2, False)),
    ("{ ... } X", "{ } X", (3, True)),
    ("{ ... } X", "{ L- T- C } X", (6, True)),
    ("{ ... } X", "{ { } X", (1, False)),			# brackets are no service events
    ("{ ... } X", "{ X", (1, False)),
    ("{ ... L- ... } X", "{ L- L+ L- } X", (6, True)),		# which L- is the line's is open until the end
    ("{ ... W(exit)", "{ W(signal) W(exit)", (3, True)),
    ("{ W X", "{ W(resched) X", (3, True)),
    ("{ W(signal) X", "{ W(resched) X", (1, False)),
])
def test_one_line(text, events, result):
    assert follow(text, events) == result


def test_conditions():
    line = "L- [ Lp ] < L+ > X"
    assert follow(line, "L- Lp L+ X", {"[", "<"}) == (4, True)
    assert follow(line, "L- Lp X", {"["}) == (3, True)
    assert follow(line, "L- L+ X", {"<"}) == (3, True)
    assert follow(line, "L- X", set()) == (2, True)
    assert follow(line, "L- X", {"["}) == (1, False) and follow(line, "L- Lp X", set()) == (1, False)


def test_keepers_that_are_not_there_leave_their_events_out():
    assert follow("A L- R+ { Lp ... h+ } X", "A R+ { } X", absent=LOCKDEP) == (5, True)


def test_user_mode_is_tracked_or_not():
    """R+ and R- of user mode are there on request; those of an NMI, also inside, always."""
    line = "R+ N+ R+ R- N- R- X"
    assert follow(line, "N+ R+ R- N- X", set()) == (5, True)
    assert follow(line, "R+ N+ R+ R- N- R- X", {"tracked"}) == (7, True)
    assert follow("R+ R- X", "X", set(), user=("IRQ", "IDLE")) == (0, False)
    assert follow("R- X", "X", set(), user=("FORK", "KERNEL")) == (1, True)


@pytest.mark.parametrize("line", LINES, ids=lambda x: "%s-%s-%d" % (x.door, x.context, x.where[1]))
def test_each_line_takes_its_own(line):
    """With nothing in its "...", by itself; and none of its events can stay away."""
    own = [w for w in line.words if w not in ("...", "[", "]", "<", ">")]
    assert follow(line.text, " ".join(own), user=(line.door, line.context)) == (len(own), True)
    for i in range(len(own)):
        events = own[:i] + own[i + 1:]
        assert follow(line.text, " ".join(events), user=(line.door, line.context)) != (len(events), True), own[i]


def test_marks():
    way = Way(Line("IRQ", "USER", "L- { ... } X"), ALL)
    assert way.marked() == ("L- { ... } X", "^")
    assert way.take("L-") and way.take("{")
    assert way.marked() == ("L- { ... } X", "     ^   ^")
    assert way.expected == ["...", "}"]


# ---- several crossings, several tasks ----

@pytest.fixture
def open_():
    return Open([Line("SYSCALL", "USER", "L- { ... } X"), Line("SYSCALL", "USER", "L- { ... W(exit)"),
                 Line("FIQ", "KERNEL", "N+ N- X")])


def feed(open_, events, task=1):
    """The first event that is found wrong, or None."""
    for word in events.split():
        if word in ("SYSCALL", "FIQ"):
            open_.door(task, word, "USER" if word == "SYSCALL" else "KERNEL", [set()])
        elif open_.event(task, word):
            return word
    return None


def test_a_nested_crossing_is_its_own(open_):
    assert feed(open_, "SYSCALL L- FIQ N+") is None
    assert [c.door for c in open_.of[1]] == ["SYSCALL", "FIQ"]
    assert feed(open_, "N- X { } X") is None and not open_.of[1]


def test_tasks_do_not_mix(open_):
    assert feed(open_, "SYSCALL L-", 1) is None and feed(open_, "SYSCALL", 2) is None
    assert feed(open_, "{", 1) is None and feed(open_, "{", 2) == "{"


def test_of_several_lines_one_fits(open_):
    assert feed(open_, "SYSCALL L- { W(exit)") is None and not open_.of[1]
    assert feed(open_, "SYSCALL L- { }") is None
    assert feed(open_, "W(exit)") == "W(exit)"


def test_one_finding_for_each_crossing(open_):
    assert feed(open_, "SYSCALL L- N+") == "N+"
    assert feed(open_, "N+ X SYSCALL L- { }") is None
    assert feed(open_, "{") == "{"


def test_what_nobody_saw_begin_is_not_judged(open_):
    assert feed(open_, "N+ X } FIQ N+ N- X L-") is None
    open_.door(3, "UNDEF", "EQS", [set()])		# no line speaks of it
    assert feed(open_, "L- L- L- X", 3) is None and not open_.of[3]


def test_a_crossing_from_user_mode_finds_none_open(open_):
    assert open_.door(1, "SYSCALL", "USER", [set()]) is None
    assert feed(open_, "L-") is None
    left = open_.door(1, "SYSCALL", "USER", [set()])
    assert left.came == ["L-", "V"] and len(open_.of[1]) == 1


def test_what_is_not_known_may_be_either(open_):
    either = Open([Line("FORK", "KERNEL", "{ } R- X")])
    for events in ("{ } R- X", "{ } X"):
        either.door(1, "FORK", "KERNEL", [set(), {"tracked"}])
        assert feed(either, events) is None
