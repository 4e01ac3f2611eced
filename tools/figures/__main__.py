#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
figures [--check] [DIRECTORY]: makes what the documents show of the order, from entry/order.def and the
alphabet in include/lintel/evlog.h: docs/crossings.md, docs/figures/, and in README.md and docs/*.md
what stands between <!-- figure: ... --> and <!-- end -->. --check only says what is stale, and fails if
something is, or if a document has an order that somebody wrote by hand. What a command printed stands
between <!-- session: ... --> (tests/system/test_gdb.py types it) or <!-- output: ... --> and <!-- end -->.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

# pylint: disable=wrong-import-position
import text
from lanes import check_alphabet
from order import Wrong, read_alphabet, read_def
from svg import Timeline

BLOCK = re.compile(r"(<!-- (figure|session|output): ([^\n]*?) -->\n)(.*?)(<!-- end -->)", re.S)


class Figures:
    def __init__(self, top):
        evlog = Path("include/lintel/evlog.h")
        self.top = top
        self.alphabet = read_alphabet(top / evlog, evlog)
        check_alphabet(self.alphabet, evlog)
        order = Path("entry/order.def")
        self.lines = read_def(top / order, self.alphabet, order)

    # ---- one for each text of a line ----

    def drawn(self):
        """{text of a line: (file name, title, contents)}"""
        found, names = {}, set()
        for line in self.lines:
            if line.text in found:
                continue
            users = [(x.door, x.context) for x in self.lines if x.text == line.text]
            contexts = [c for _, c in users]
            name = line.door.lower() + ("-" + line.context.lower() if set(contexts) == {line.context} else "")
            name = next(n for n in [name] + ["%s-%d" % (name, i) for i in range(2, 99)] if n not in names)
            names.add(name)
            title = text.title(users, self.alphabet)
            found[line.text] = name + ".svg", title, Timeline(line, contexts, self.alphabet).svg(title)
        return found

    # ---- between markers ----

    def figure(self, where, arguments):
        """What belongs behind <!-- figure: arguments -->."""
        kind, *user = arguments.split()
        if kind == "alphabet" and not user:
            return "\n".join(text.alphabet_table(self.alphabet))
        how = {"crossing": text.two_columns, "reading": text.reading}.get(kind)
        if not how or len(user) != 2:
            raise Wrong(*where, "no figure is called `%s`; there is alphabet, crossing DOOR CONTEXT, "
                        "reading DOOR CONTEXT" % arguments)
        line = next((x for x in self.lines if [x.door, x.context] == user), None)
        if not line:
            raise Wrong(*where, "entry/order.def has no line for %s from %s" % tuple(user))
        return "\n".join(["```", *how(line, self.alphabet), "```"])

    def document(self, path):
        """The document with what its markers ask for."""
        old = (self.top / path).read_text(encoding="utf-8")
        opened = [(path, old.count("\n", 0, m.start()) + 1) for m in re.finditer(r"<!-- figure:", old)]
        places = iter(opened)

        def fill(m):
            if m.group(2) != "figure":
                return m.group()
            return "%s\n%s\n\n%s" % (m.group(1), self.figure(next(places), m.group(3)), m.group(5))
        new, _ = BLOCK.subn(fill, old)
        for where in places:
            raise Wrong(*where, "<!-- figure: ... --> without <!-- end -->")
        return new

    def files(self):
        """{path: contents} of all that is made."""
        drawn = self.drawn()
        made = {Path("docs/figures") / name: svg for name, _, svg in drawn.values()}
        titles = {t: (name, title) for t, (name, title, _) in drawn.items()}
        made[Path("docs/crossings.md")] = "".join(text.crossings(self.lines, titles, self.alphabet))
        for path in self.documents():
            made[path] = self.document(path)
        return made

    def documents(self):
        docs = sorted(p.relative_to(self.top) for p in (self.top / "docs").glob("*.md"))
        return [Path("README.md")] + [p for p in docs if p.name != "crossings.md"]

    def leftovers(self, made):
        return [p.relative_to(self.top) for p in (self.top / "docs/figures").glob("*")
                if p.relative_to(self.top) not in made]

    # ---- written by hand ----

    def by_hand(self, path):
        """(line, what) of each order in a document that nobody made: three events in a row, in one line or
        one below the other."""
        def blank(m):
            return "\n" * m.group().count("\n")
        body = BLOCK.sub(blank, (self.top / path).read_text(encoding="utf-8"))
        letters = sorted(self.alphabet.events, key=len, reverse=True)
        event = r"(?<![\w-])(?:%s)(?![\w+-])(?:\(\w+\))?" % "|".join(map(re.escape, letters))
        row = re.compile(r"%s(?:[`\s|·→,]+%s){2,}" % (event, event))
        column = re.compile(r"(?:^[ \t]*(?:[-*|>] ?)?`?%s`?(?:\s.*)?\n){3,}" % event, re.M)
        for m in list(row.finditer(body)) + list(column.finditer(body)):
            yield body.count("\n", 0, m.start()) + 1, m.group().split("\n")[0].strip()


def check(figures, made):
    bad = 0
    for path, contents in made.items():
        there = figures.top / path
        if not there.exists() or there.read_text(encoding="utf-8") != contents:
            bad += 1
            print("figures: %s is stale: run `make figures`" % path)
    for path in figures.leftovers(made):
        bad += 1
        print("figures: nothing makes %s any more: run `make figures`" % path)
    for path in figures.documents():
        for line, what in figures.by_hand(path):
            bad += 1
            print("figures: %s:%d: an order written by hand: %s" % (path, line, what))
    return bad


def write(figures, made):
    for path in figures.leftovers(made):
        (figures.top / path).unlink()
    for path, contents in made.items():
        (figures.top / path).parent.mkdir(exist_ok=True)
        (figures.top / path).write_text(contents, encoding="utf-8")


def main(args):
    checking = args[:1] == ["--check"]
    args = args[checking:]
    if len(args) > 1 or args and args[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        figures = Figures(Path(args[0]) if args else HERE.parent.parent)
        made = figures.files()
    except (Wrong, OSError) as e:
        print("figures: %s" % e, file=sys.stderr)
        return 2
    bad = check(figures, made) if checking else write(figures, made) or 0
    print("figures: %d files from %d lines of entry/order.def, %s" % (
        len(made), len(figures.lines), "%d wrong" % bad if checking else "written"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
