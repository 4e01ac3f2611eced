# SPDX-License-Identifier: MIT
"""
entry/order.def in Python, for tools/figures and gdb's commands: its lines, and the following of a
crossing through them. Who reads a kernel instead of the file brings the strings and the alphabet along.
"""

import re
from typing import NamedTuple

ANY = "..."
CONDITIONS = {"[": "]", "<": ">"}
ENDS = ("X", "W(exit)")


class Wrong(Exception):
    """What is wrong in a file, and where: `file:line: what`."""

    def __init__(self, path, line, what):
        super().__init__("%s:%d: %s" % (path, line, what))


class Event(NamedTuple):
    letter: str
    keeper: str = ""
    meaning: str = ""
    line: int = 0		# of evlog.h


class Alphabet(NamedTuple):
    """Each by name, in the order of the file."""
    events: dict		# letter -> Event
    works: tuple
    doors: dict		# name -> what it is
    contexts: dict

    def knows(self, word):
        work = re.fullmatch(r"W\((\w+)\)", word)
        return work.group(1) in self.works if work else word in self.events


class Step(NamedTuple):
    """A word of a line, without the conditions' brackets: an event or ANY."""
    word: str
    only: str = ""		# "[" or "<": the condition under which it is there
    tracked: bool = False	# R+, R- of user mode: only there if user mode is tracked


class Line(NamedTuple):
    door: str
    context: str
    text: str
    note: str = ""		# the comment above it
    where: tuple = ("order.def", 0)

    @property
    def words(self):
        return self.text.split()


# ---- reading ----

def _enum(text, name, prefix):
    """The constants of an enum, with their comments: {name without prefix: comment}."""
    body = re.search(r"enum %s \{(.*?)\};" % name, text, re.S).group(1)
    found = re.findall(r"%s(\w+)\s*,?[ \t]*(?:/\* (.*?) \*/)?" % prefix, body)
    return {n: meaning for n, meaning in found if not n.startswith("NR_")}


def read_alphabet(path, name=None):
    """The alphabet of evlog.h (which errors call by `name`). Each event has a comment, `keeper: meaning; what else`."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    events = {}
    for number, row in enumerate(text.splitlines(), 1):
        m = re.match(r'\s*E\(\w+,\s*"(.+?)"\)\s*(?:/\* (.*?) \*/)?', row)
        if not m:
            continue
        said = re.match(r"([^:;]+): ([^;]+)", m.group(2) or "")
        if not said:
            raise Wrong(name or path, number, "event %s has no comment `keeper: meaning`" % m.group(1))
        events[m.group(1)] = Event(m.group(1), *said.groups(), number)
    works = tuple(w.lower() for w in _enum(text, "ev_work", "EV_WORK_"))
    return Alphabet(events, works, _enum(text, "door", "DOOR_"), _enum(text, "context", "CTX_"))


def check_line(line, alphabet):
    """Raises Wrong unless the words are known, the brackets match, and the crossing ends."""
    def wrong(what):
        raise Wrong(*line.where, what + ' in "%s"' % line.text)

    depth, only = 0, ""
    for word in line.words:
        if word in CONDITIONS:
            if only:
                wrong("%s inside %s" % (word, only))
            only, at = word, depth
        elif word in CONDITIONS.values():
            if CONDITIONS.get(only) != word or depth != at:
                wrong("%s closes nothing" % word)
            only = ""
        elif word != ANY and not alphabet.knows(word):
            wrong("%s is no event of evlog.h" % word)
        depth += (word == "{") - (word == "}")
        if depth not in (0, 1):
            wrong("} closes nothing" if depth < 0 else "{ inside { }")
    if only or line.words[-1:] == ["X"] and depth:
        wrong("%s is not closed" % (only or "{"))
    if line.text != " ".join(line.words):
        wrong("not one space between any two words")
    if not line.words or line.words[-1] not in ENDS:
        wrong("no %s at the end" % " or ".join(ENDS))


def read_def(path, alphabet, name=None):
    """The lines of order.def, checked. Errors call it by `name`."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    lines, note, end = [], "", 0
    pattern = r'/\*(.*?)\*/|ORDER\(\s*(\w+)\s*,\s*(\w+)\s*,\s*"(.*?)"\s*\)|(\S[^\n]*)'
    for m in re.finditer(pattern, text, re.S):
        comment, door, context, string, other = m.groups()
        where = name or path, text.count("\n", 0, m.start()) + 1
        if text.count("\n", end, m.start()) > 1:
            note = ""
        end = m.end()
        if comment is not None:
            note = re.sub(r"\s+(\* )?", " ", comment).strip()
            continue
        if other:
            raise Wrong(*where, 'neither a comment nor ORDER(door, context, "events"): %s' % other)
        for word, known, kind in ((door, alphabet.doors, "door"), (context, alphabet.contexts, "context")):
            if word not in known:
                raise Wrong(*where, "%s is no %s of evlog.h" % (word, kind))
        line = Line(door, context, string, note, where)
        check_line(line, alphabet)
        for old in lines:
            if (old.door, old.context, old.words) == (door, context, line.words):
                raise Wrong(*where, 'line %d once more in "%s"' % (old.where[1], string))
        lines.append(line)
    return lines


# ---- following ----

def steps_of(line, absent=()):
    """The steps of a line; the events in `absent` belong to keepers that are not configured."""
    steps, only, in_nmi = [], "", False
    to_user = line.context == "USER" or line.door == "FORK"
    for word in line.words:
        if word in CONDITIONS or word in CONDITIONS.values():
            only = word if word in CONDITIONS else ""
            continue
        if word in ("N+", "N-"):
            in_nmi = word == "N+"
        if word not in absent:
            tracked = word in ("R+", "R-") and to_user and not in_nmi
            steps.append(Step(word, only, tracked))
    return steps


class Way:
    """One line, followed: the set of steps that may come next."""

    def __init__(self, line, holds, absent=()):
        """holds: those of "[", "<" and "tracked" that hold for this crossing."""
        self.steps = [s for s in steps_of(line, absent)
                      if (not s.only or s.only in holds) and (not s.tracked or "tracked" in holds)]
        self.at = self._skip({0})

    def _skip(self, at):
        """Adds what may come behind "...", which may be nothing."""
        for i in sorted(at):
            while i < len(self.steps) and self.steps[i].word == ANY:
                i += 1
                at.add(i)
        return at

    def take(self, event):
        """The event comes. False, and nothing changes, if it must not."""
        nxt = set()
        for i in self.at:
            word = self.steps[i].word if i < len(self.steps) else None
            if word == event or word == "W" and event.startswith("W("):
                nxt.add(i + 1)
            elif word == ANY and event not in ("{", "}", "X"):
                nxt.add(i)		# what ends a bracket or the crossing is no service event
        if nxt:
            self.at = self._skip(nxt)
        return bool(nxt)

    @property
    def expected(self):
        return [self.steps[i].word for i in sorted(self.at) if i < len(self.steps)]

    @property
    def may_end(self):
        return len(self.steps) in self.at

    def marked(self):
        """The line as it reads for this crossing, and below it a mark under all that may come next."""
        text, marks = "", ""
        for i, s in enumerate(self.steps):
            marks += " " * (len(text) - len(marks)) + "^" * (i in self.at)
            text += s.word + " "
        return text.rstrip(), marks.rstrip()


class Crossing:
    """One crossing, followed through all lines for its door and context."""

    def __init__(self, door, context, ways, what=None):
        self.door, self.context, self.ways, self.what = door, context, ways, what
        self.came = []
        self.judged = bool(ways)	# no more behind its first wrong event, or without a line

    def take(self, event):
        """False if no line allows the event now, or allows the crossing to end with it."""
        self.came.append(event)
        if not self.judged:
            return True
        taken = [w for w in self.ways if w.take(event)]
        if not taken or event in ENDS and not any(w.may_end for w in taken):
            self.judged = False
            return False
        self.ways = taken
        return True

    @property
    def expected(self):
        """What may come next, by any line."""
        return list(dict.fromkeys(e for w in self.ways for e in w.expected))


class Open:
    """The crossings of each task that have begun and not ended, the outermost first."""

    def __init__(self, lines, absent=()):
        self.lines, self.absent, self.of = {}, absent, {}
        for line in lines:
            self.lines.setdefault((line.door, line.context), []).append(line)

    def door(self, task, door, context, holds, what=None):
        """V. holds: the conditions that hold, or several such sets if nobody knows. Returns as event() does:
        what comes from user mode must not find another crossing open."""
        levels, wrong = self.of.setdefault(task, []), None
        if context == "USER" and levels:
            wrong = levels[-1] if levels[-1].judged else None
            levels[-1].came.append("V")
            levels.clear()
        ways = [Way(line, h, self.absent) for line in self.lines.get((door, context), []) for h in holds]
        levels.append(Crossing(door, context, ways, what))
        return wrong

    def event(self, task, event):
        """Any other event. The crossing, if the event must not come in it now; None if all is well, or if
        nobody saw the crossing begin."""
        levels = self.of.get(task)
        if not levels:
            return None
        crossing = levels[-1]
        fine = crossing.take(event)
        if event == "X":
            levels.pop()
        elif event in ENDS:		# a task's last
            levels.clear()
        return None if fine else crossing
