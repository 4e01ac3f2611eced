# SPDX-License-Identifier: MIT
"""What the documents show of the order in letters: the alphabet, one crossing, all of them."""

from itertools import zip_longest

from order import ANY

SECOND = 53		# where the second of two columns begins
REST = "whatever else is to be done"

HEAD = """\
# Every crossing

<!-- This file is made by `make figures` from entry/order.def and include/lintel/evlog.h. -->

Each door (how the kernel is entered) and each context (from where) has its lines in `entry/order.def`; of several
lines a crossing follows one. Here they are, with what they do to the state that the keepers hold. Time runs from
left to right, one event after the other; `docs/order.md` has the alphabet. Crossings nested inside are left out:
they have figures of their own. Configurations without a keeper do not have its events.

"""


def alphabet_table(alphabet):
    yield "| event | keeper | meaning |"
    yield "|---|---|---|"
    for e in alphabet.events.values():
        letter = "W(what)" if e.letter == "W" else e.letter
        what = " (%s)" % ", ".join("`%s`" % w for w in alphabet.works) if e.letter == "W" else ""
        yield "| `%s` | %s | %s%s |" % (letter, e.keeper, e.meaning, what)


# ---- one crossing, in two columns ----

def _rows(words, alphabet):
    """(bar, word, meaning) of each word; the bar is for what stands between { and }."""
    rows, bar = [], " "
    for w in words:
        if w == "{" and rows and bar == " " and rows[-1][0] != " ":
            rows.append((" ", "", ""))		# two brackets, and a moment between them
        if w in "{}":
            bar = "│" if w == "{" else " "
        elif w == ANY:
            rows.append((bar, w, REST))
        else:
            e = alphabet.events[w.split("(")[0]]
            rows.append((bar, w, "%s: %s" % (e.keeper, e.meaning)))
    return rows


def two_columns(line, alphabet):
    """The way in, downwards, beside the way out, upwards, and the service at the bottom."""
    words = ["V"] + line.words
    at = next((i for i in range(len(words)) if words[i:i + 3] == ["{", ANY, "}"]), len(words))
    way_in, way_out = _rows(words[:at], alphabet), _rows(words[at + 3:], alphabet)[::-1]
    yield "                  user mode".ljust(SECOND + 14) + "user mode goes on"
    yield "    " + "═" * 18 + "╤" + "═" * 48 + "▲" + "═" * 26
    yield (" " * 22 + "│ the registers are saved").ljust(SECOND + 18) + "│ and loaded again"
    for left, right in zip_longest(way_in, way_out, fillvalue=(" ", "", "")):
        yield (("    %-3s  %s  %s" % (left[1], left[0], left[2])).ljust(SECOND)
               + "%-3s  %s  %s" % (right[1], right[0], right[2])).rstrip()
    yield " " * 22 + "│" + " " * 48 + "│"
    yield " " * 22 + "╰" + "─" * 16 + "▶ the service, traced " + "─" * 10 + "╯"


def reading(line, alphabet):
    """One event a line, as it is read aloud; what stands between { and } is set in."""
    depth = 0
    for w in ["V"] + line.words:
        depth -= w == "}"
        e = alphabet.events.get(w.split("(")[0])
        yield ("%s%-4s%s" % ("  " * depth, w, " " * (4 - 2 * depth)
                             + ("%s: %s" % (e.keeper, e.meaning) if e else REST))).rstrip()
        depth += w == "{"


# ---- all of them ----

def _from(contexts, alphabet):
    left = [c for c in alphabet.contexts if c not in contexts]
    if not left:
        return "anywhere"
    return "anywhere but " + left[0] if len(left) == 1 else ", ".join(contexts)


def title(users, alphabet):
    """`A, B from C; D from anywhere` for (door, context) pairs."""
    by_door, by_place = {}, {}
    for door, context in users:
        by_door.setdefault(door, []).append(context)
    for door, contexts in by_door.items():
        by_place.setdefault(_from(contexts, alphabet), []).append(door)
    return "; ".join("%s from %s" % (", ".join(doors), place) for place, doors in by_place.items())


def sections(lines):
    """[(users, lines)]: the (door, context) pairs that have the same lines, and these."""
    by_user, by_texts = {}, {}
    for line in lines:
        by_user.setdefault((line.door, line.context), []).append(line)
    for user, own in by_user.items():
        by_texts.setdefault(frozenset(x.text for x in own), ([], own))[0].append(user)
    return list(by_texts.values())


def _anchor(users):
    return "-".join(users[0]).lower()


def _matrix(parts, alphabet):
    """Doors by contexts, with a link to each section."""
    where = {user: _anchor(users) for users, _ in parts for user in users}
    yield "| | %s |" % " | ".join(alphabet.contexts)
    yield "|---|" + "---|" * len(alphabet.contexts)
    for door in alphabet.doors:
        cells = ["[→](#%s)" % where[door, c] if (door, c) in where else "" for c in alphabet.contexts]
        if any(cells):
            yield "| **%s** | %s |" % (door, " | ".join(cells))


def crossings(lines, figures, alphabet):
    """docs/crossings.md; figures: (file name, title) by text of a line."""
    parts = sections(lines)
    yield HEAD + "\n".join(_matrix(parts, alphabet)) + "\n\n"
    used = {name for line in lines for name in (line.door, line.context)}
    for kind in (alphabet.doors, alphabet.contexts):
        yield "".join("- **%s**: %s\n" % item for item in kind.items() if item[0] in used) + "\n"
    yield "A new task's crossing has no vector and no way in. What is in brackets `[ ]` and `< >` is there\n" \
          "only under a condition, which the figure names.\n"
    for users, own in parts:
        yield '\n<a id="%s"></a>\n\n## %s\n' % (_anchor(users), title(users, alphabet))
        note = ""
        for line in own:
            if line.note and line.note != note:
                yield "\n%s\n" % line.note
            note = line.note
            name, alt = figures[line.text]
            yield "\n```\n%s\n```\n\n![%s](figures/%s)\n" % (line.text, alt, name)
