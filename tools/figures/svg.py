# SPDX-License-Identifier: MIT
"""A crossing as a timeline: one lane for each keeper's state, from V to X."""

from html import escape

from lanes import HALF, OFF, ON, columns, effect, shown, states
from order import ANY, CONDITIONS

LEFT, RIGHT, LETTERS, TOP, LANE, BAR = 196, 20, 66, 92, 40, 20
LANE_COLOUR = {"traced": ("#8250df", "#b083f0"), "irqs": ("#0969da", "#539bf5"), "rcu": ("#1a7f37", "#57ab5a"),
               "period": ("#bc4c00", "#e0823d"), "nmi": ("#cf222e", "#f47067"), "hardirq": ("#0f766e", "#39c5bb"),
               "context": ("#bf3989", "#e275ad")}
STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
.title { font-size: 17px; font-weight: 600 } .small { font-size: 11px } .mid { text-anchor: middle }
.letter { font-size: 15px; font-weight: 600 } .quiet { fill: #656d76 }
.card { fill: #ffffff; stroke: #d0d7de } .band { fill: #f6f8fa } .brace { fill: #8250df; opacity: .13 }
.rule, .off { stroke: #afb8c1; fill: none } .door { stroke: #1f2328; stroke-width: 1.5 } .off { stroke-width: 2 }
.if { fill: #9a6700; fill-opacity: .06; stroke: #9a6700; stroke-dasharray: 5 3 } text.cond { fill: #9a6700 }
.may { stroke-dasharray: 4 3; stroke-width: 1.5; fill-opacity: .12 } .open { fill: url(#hatch); stroke: none }
.hatch { stroke: #656d76; stroke-width: 1.5; opacity: .6 } .dot { stroke: #ffffff; stroke-width: 1.5 }
.ask { fill: #ffffff; stroke-width: 2 }"""
DARK = """\
text { fill: #d1d7e0 } .quiet { fill: #9198a1 } .card { fill: #212830; stroke: #3d444d } .band { fill: #2a313c }
.brace { fill: #b083f0; opacity: .2 } .rule, .off { stroke: #656c76 } .door { stroke: #d1d7e0 }
.if { fill: #daaa3f; stroke: #daaa3f } text.cond { fill: #daaa3f } .hatch { stroke: #d1d7e0 } .dot { stroke: #212830 }
.ask { fill: #212830 }"""


def _colours(dark):
    """The lanes' own rules: s-x the colour of strokes, f-x of fills."""
    return "\n".join(".s-%s { stroke: %s } .f-%s { fill: %s }" % (k, c[dark], k, c[dark])
                     for k, c in LANE_COLOUR.items())


def _width(word):
    if word == ANY:
        return 60
    if word in "{}[]<>":
        return 18
    return 34 if len(word) < 3 else 12 + 9 * len(word)


def _text(x, y, what, classes=""):
    return '<text x="%g" y="%g"%s>%s</text>' % (x, y, classes and ' class="%s"' % classes, escape(what))


def _rect(x, y, w, h, classes, r=0):
    corners = ' rx="%g"' % r if r else ""
    return '<rect x="%g" y="%g" width="%g" height="%g"%s class="%s"/>' % (x, y, w, h, corners, classes)


def _line(x1, y1, x2, y2, classes):
    return '<line x1="%g" y1="%g" x2="%g" y2="%g" class="%s"/>' % (x1, y1, x2, y2, classes)


class Timeline:
    def __init__(self, line, contexts, alphabet):
        self.cols, self.alphabet = columns(line), alphabet
        self.lanes = shown(self.cols)
        self.values = [states(self.cols, lane, contexts) for lane in self.lanes]
        self.left = [LEFT]		# of each column, and the end of the last
        for c in self.cols:
            self.left.append(self.left[-1] + _width(c.word))
        self.end = self.left[-1]
        self.bottom = TOP + LANE * len(self.lanes)

    def mid(self, i):
        return (self.left[i] + self.left[i + 1]) / 2

    def lane_y(self, n):
        """The base line of a lane's bar."""
        return TOP + LANE * n + (LANE + BAR) / 2

    def spans(self, opens, closes):
        """Columns from an opening word to its closing one; to the end if there is none."""
        start = None
        for i, c in enumerate(self.cols):
            if c.word == opens:
                start = i
            elif c.word == closes:
                yield start if start is not None else 0, i
                start = None
        if start is not None:
            yield start, len(self.cols) - 1

    def concerns(self, n, i):
        """Is the event of column i one of lane n's keeper?"""
        change = effect(self.cols[i].word)
        return bool(change) and change[0] == self.lanes[n].key

    def idle(self, n, i):
        return self.concerns(n, i) and self.values[n][i] == self.values[n][i - 1]

    # ---- what is drawn, from the back to the front ----

    def bands(self):
        for n in range(0, len(self.lanes), 2):
            yield _rect(12, TOP + LANE * n, self.end + RIGHT - 24, LANE, "band")
        for a, b in self.spans("{", "}"):
            yield _rect(self.left[a] + 1, LETTERS - 19, self.left[b + 1] - self.left[a] - 2, 27, "brace", 6)
        for opens, closes in CONDITIONS.items():
            for a, b in self.spans(opens, closes):
                yield _rect(self.left[a] + 2, LETTERS - 23, self.left[b + 1] - self.left[a] - 4,
                            self.bottom - LETTERS + 27, "if", 5)

    def letters(self):
        for i, c in enumerate(self.cols):
            change, box = effect(c.word), c.word in "{}[]<>"
            classes = "mono mid quiet" if box else "letter mono mid"
            classes += " cond" if c.word in "[]<>" else " f-" + change[0] if change else ""
            yield _text(self.mid(i), LETTERS, "…" if c.word == ANY else c.word, classes)
            if change:
                n = [lane.key for lane in self.lanes].index(change[0])
                yield _line(self.mid(i), LETTERS + 7, self.mid(i), self.lane_y(n) - BAR / 2, "rule")
        for i in {0, len(self.cols) - 1}:
            yield _line(self.mid(i), LETTERS + 7, self.mid(i), self.bottom, "door")

    def keeper(self, lane):
        """Who holds a lane's state, from the events that change it."""
        for letter, event in self.alphabet.events.items():
            change = effect(letter)
            if change and change[0] == lane.key:
                return event.keeper
        return ""

    def labels(self):
        for n, lane in enumerate(self.lanes):
            y = TOP + LANE * n
            yield _text(24, y + 18, lane.title, "f-" + lane.key)
            yield _text(24, y + 32, self.keeper(lane), "small quiet")

    @staticmethod
    def bar(lane, values, x1, x2, y):
        """One stretch in which the lane's value is the same. Of several possible ones the highest, dashed."""
        if values == {OFF}:
            return _line(x1, y - 1, x2, y - 1, "off")
        h = BAR if ON in values else BAR / 2
        solid = "f-%s s-%s" % (lane.key, lane.key)
        return _rect(x1, y - h, x2 - x1, h, solid if len(values) == 1 else solid + " may")

    def bars(self):
        last = len(self.cols) - 1
        for n, lane in enumerate(self.lanes):
            values, y, start = self.values[n], self.lane_y(n), 0
            for i in range(1, last + 1):
                if i == last or values[i] != values[start]:
                    yield self.bar(lane, values[start], self.mid(start), self.mid(i), y)
                    start = i
            for i, c in enumerate(self.cols):
                if c.word == ANY and lane.service:
                    yield _rect(self.left[i], y - BAR - 1, _width(ANY), BAR + 2, "card", 0)
                    yield _rect(self.left[i], y - BAR, _width(ANY), BAR, "open")
                if self.concerns(n, i):
                    shape = "ask s-" if self.idle(n, i) else "dot f-"
                    yield '<circle cx="%g" cy="%g" r="4" class="%s%s"/>' % (self.mid(i), y - BAR / 2, shape, lane.key)

    # ---- the legend ----

    def legend(self):
        """(swatch, text) of what the figure uses."""
        used = [v for lane in self.values for v in lane]
        words = [c.word for c in self.cols]
        yield "solid", "holds"
        if frozenset({HALF}) in used:
            yield "half", "is about to hold"
        yield "off", "does not hold"
        if any(len(v) > 1 for v in used):
            yield "may", "holds or not: as at V"
        if ANY in words:
            yield "open", "… the service may change it, and changes it back"
        if any(self.idle(n, i) for n in range(len(self.lanes)) for i in range(len(words))):
            yield "ask", "an event that leaves it as it is"
        if "[" in words:
            yield "[", "only if lockdep believed interrupts on at V"
        if "<" in words:
            yield "<", "only if the frame says that interrupts were on"

    @staticmethod
    def swatch(kind, x, y):
        if kind in CONDITIONS:
            return _rect(x, y - 10, 24, 13, "if", 3) \
                + _text(x + 12, y, kind + " " + CONDITIONS[kind], "mono mid small cond")
        if kind == "off":
            return _line(x, y - 2, x + 24, y - 2, "off")
        if kind == "ask":
            return '<circle cx="%g" cy="%g" r="4" class="ask s-rcu"/>' % (x + 18, y - 4)
        h = 6 if kind == "half" else 12
        classes = {"may": "f-irqs s-irqs may", "open": "open"}.get(kind, "f-irqs s-irqs")
        return _rect(x, y - h + 2, 24, h, classes)

    def legend_rows(self):
        """The legend, wrapped; (row, x, swatch, text). Widths are guessed: fonts differ."""
        row, x = 0, 24
        for kind, text in self.legend():
            w = 30 + 6 * len(text) + 20
            if x + w > self.end and x > 24:
                row, x = row + 1, 24
            yield row, x, kind, text
            x += w

    # ---- all of it ----

    def draw(self, title):
        legend = list(self.legend_rows())
        width, height = self.end + RIGHT, self.bottom + 26 + 20 * (legend[-1][0] + 1)
        yield '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img">' \
            % (width, height, width, height)
        yield "<!-- made by `make figures` from entry/order.def and include/lintel/evlog.h -->"
        yield "<title>%s: %s</title>" % (escape(title), escape(" ".join(c.word for c in self.cols)))
        yield "<style>\n%s\n%s\n@media (prefers-color-scheme: dark) {\n%s\n%s\n}\n</style>" \
            % (STYLE, _colours(False), DARK, _colours(True))
        yield '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" ' \
            'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>'
        yield _rect(.5, .5, width - 1, height - 1, "card", 10)
        yield _text(24, 30, title, "title")
        for part in (self.bands(), self.letters(), self.labels(), self.bars()):
            yield from part
        for row, x, kind, text in legend:
            y = self.bottom + 28 + 20 * row
            yield self.swatch(kind, x, y)
            yield _text(x + 30, y, text, "small quiet")
        yield "</svg>"

    def svg(self, title):
        return "\n".join(self.draw(title)) + "\n"
