# SPDX-License-Identifier: MIT
"""
What a crossing does to the state that the keepers hold. Here is what each event does, never an order:
a line of order.def is played through, event by event, under every condition it may be read under.
"""

from typing import NamedTuple

from order import CONDITIONS, Wrong

OFF, HALF, ON = 0, 1, 2


class Lane(NamedTuple):
    key: str
    title: str
    always: bool = False	# drawn even if no event of the line changes it
    service: bool = False	# a service may change it and change it back: "..."


LANES = (
    Lane("traced", "may be traced", always=True),
    Lane("irqs", "interrupts on", always=True, service=True),
    Lane("rcu", "RCU watches", always=True),
    Lane("period", "interrupts-off period", service=True),
    Lane("nmi", "NMI level"),
    Lane("hardirq", "HARDIRQ level"),
    Lane("context", "in hardirq context"),
)

# event: (lane, what becomes of it). "back" is what it was before the last "up", "same" leaves it.
EFFECTS = {
    "V": None, "X": None, "A": None, "W": None,
    "{": ("traced", ON), "}": ("traced", OFF),
    "L-": ("irqs", OFF), "Lp": ("irqs", HALF), "L+": ("irqs", ON),
    "R+": ("rcu", "up"), "R-": ("rcu", "back"), "C": ("rcu", "same"),
    "T-": ("period", ON), "Tp": ("period", OFF), "F": ("period", "same"),
    "N+": ("nmi", "up"), "N-": ("nmi", "back"),
    "H+": ("hardirq", "up"), "H-": ("hardirq", "back"),
    "h+": ("context", "up"), "h-": ("context", "back"),
}

# What is so at V, by context: True, False, or None: either. Not named: False.
AT_DOOR = {
    "USER": {"irqs": True},
    "KERNEL": {"irqs": None, "rcu": True},
    "IDLE": {"irqs": None, "rcu": True},
    "EQS": {"irqs": None},
    "SOFTIRQ": {"irqs": None, "rcu": True},
    "IRQ": {"irqs": None, "rcu": True, "hardirq": True, "context": True},
    "NMI": {"irqs": None, "rcu": None, "nmi": True, "hardirq": None, "context": None},
}


def check_alphabet(alphabet, path):
    """Every event has an effect, every context a state; else the figures would be silent about it."""
    for letter, event in alphabet.events.items():
        if letter not in EFFECTS:
            raise Wrong(path, event.line, "tools/figures/lanes.py does not know what event %s does" % letter)
    for context in alphabet.contexts:
        if context not in AT_DOOR:
            raise Wrong(path, 1, "tools/figures/lanes.py does not know the state in context %s" % context)


def effect(word):
    return EFFECTS.get("W" if word.startswith("W(") else word)


class Column(NamedTuple):
    word: str
    only: str		# the condition that it is under, "[", "<" or none


def columns(line):
    """The words of the crossing with V in front; a condition's brackets are columns too."""
    found, only = [Column("V", "")], ""
    for word in line.words:
        only = word if word in CONDITIONS else only
        found.append(Column(word, only))
        only = "" if word in CONDITIONS.values() else only
    return found


def _at_door(lane, contexts, anywhere):
    """The values the lane may have at V. What counts as an NMI may come at any instruction."""
    if anywhere and lane != "traced":
        return {True, False}
    values = {AT_DOOR[c].get(lane, False) for c in contexts}
    return {True, False} if None in values or len(values) > 1 else values


def _play(cols, lane, start, irqs_on):
    """The lane's value after each column. Conditions hold if interrupts were on."""
    now, before, values = start, [], []
    for word, only in cols:
        change = effect(word)
        if change and change[0] == lane and (irqs_on or not only):
            what = change[1]
            if what == "up":
                before.append(now)
                now = ON
            elif what == "back":
                now = before.pop() if before else OFF
            elif what != "same":
                now = what
        values.append(now)
    return values


def states(cols, lane, contexts):
    """For each column the set of values that the lane may have after it."""
    anywhere = cols[1].word == "N+"
    runs = []
    for irqs in _at_door("irqs", contexts, anywhere):
        start = {"irqs": {irqs}, "period": {not irqs}}.get(lane.key)
        for on in start or _at_door(lane.key, contexts, anywhere):
            runs.append(_play(cols, lane.key, ON if on else OFF, irqs))
    return [frozenset(r[i] for r in runs) for i in range(len(cols))]


def shown(cols):
    """The lanes that a figure of these columns has."""
    changed = {e[0] for e in (effect(c.word) for c in cols) if e}
    return [lane for lane in LANES if lane.always or lane.key in changed]

