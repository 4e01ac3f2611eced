#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
noinstr ELF: proves that no path leaves the noinstr and entry text outside { }, that { and } balance,
and that interrupts stay masked where RCU need not watch. docs/noinstr.md has the rules.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

# pylint: disable=wrong-import-position
from image import Image, Unusable
from rules import EXCUSES
from walk import Walk

SLOTS = {"arm": (8, 4), "arm64": (16, 128)}


def roots(image):
    """The vector slots. All else is taken as a root too, but these make the paths worth reading."""
    count, size = SLOTS[image.machine]
    if "vectors" in image.symbol:
        for n in range(count):
            yield "vector slot %d:" % n, image.symbol["vectors"] + n * size


def show(image, finding, lines):
    """The finding, then the path to it: function and line, and what that line is inlined in."""
    print("noinstr: %s" % finding.text)
    for step in finding.path:
        inlined = lines.get(step.at, [])
        where = inlined[0][1] if inlined else "?"
        where += " from " + inlined[-1][1] if len(inlined) > 1 else ""
        print("    %-28s %s%s" % (image.name(step.at), where, step.does and "   " + step.does))


def main(args):
    if len(args) != 1:
        print("usage: noinstr ELF", file=sys.stderr)
        return 2
    try:
        image = Image(args[0])
        walk = Walk(image)
        findings = walk.check(roots(image))
    except Unusable as e:
        print("noinstr: %s: %s" % (args[0], e), file=sys.stderr)
        return 2
    lines = image.lines(sorted({s.at for f in findings for s in f.path}))
    for f in findings:
        show(image, f, lines)
    for e in EXCUSES:
        if e in walk.excused:
            print("noinstr: excused: %s (%s): %s" % (e.function, e.kind, e.reason))
    print("noinstr %s: %d functions, %d paths, %d violations"
          % (image.machine, len(walk.functions), walk.paths, len(findings)))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
