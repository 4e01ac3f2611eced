# SPDX-License-Identifier: MIT
"""
Every path through the noinstr and entry text, with what is true on it:

	depth	how many { are open
	masked	interrupts are certainly masked: by I, by PMR, or by both
	watched	RCU certainly watches: a call has said so, or interrupts were opened inside { },
		which is the code's own claim

Each function is walked once for every state it is entered with; a callee gets its caller's state.
One that nobody here calls is taken as the first of a path, in the worst states: no {, masked by one
thing only, not watched. At a vector that is I.
"""

from typing import NamedTuple

import insn as I
import rules
from values import Values


class State(NamedTuple):
    depth: int
    masked: int		# of I.MASK_I and I.MASK_PMR
    watched: bool


WORST = State(0, I.MASK_I, False)
WORST_BY_PMR = State(0, I.MASK_PMR, False)


class Step(NamedTuple):
    """One link of a call path: the instruction, and what it does."""
    at: int
    does: str


class Finding(NamedTuple):
    kind: str
    text: str
    path: tuple		# of Step; the last one is the place itself
    function: str


class Activation:
    """One function, entered in one state."""

    def __init__(self, entry, state, path):
        self.entry, self.depth, self.path = entry, state.depth, path
        self.todo, self.held = [(None, entry, state, False)], []
        self.depths, self.seen, self.exits = {}, {}, set()


class Walk:
    def __init__(self, image):
        self.image, self.code = image, I.Code(image)
        self.watch, self.unwatch = image.named(*rules.WATCH), image.named(*rules.UNWATCH)
        self.findings, self.excused, self.paths, self.functions = {}, {}, 0, set()
        self._done, self._values, self._returns = {}, {}, {}
        self.by_pmr = False		# does it write PMR at all?

    # ---- all of it ----

    def check(self, roots):
        for name, at in roots:
            self.run(at, WORST, (Step(at, name),))
        for at in self._starts():
            if at not in self.functions:
                self.run(at, WORST, ())
                if self.by_pmr:
                    self.run(at, WORST_BY_PMR, ())
        present = {n for f in self.image.functions for n in f.names}
        for e in rules.EXCUSES:
            if e.function in present and e not in self.excused:
                at = self.image.symbol[e.function]
                self._find("stale", "%s is excused (%s), but does no such thing" % (e.function, e.kind), (), at)
        return list(self.findings.values())

    def _starts(self):
        """Every function here; first those that no other one here calls: they are somebody's doors."""
        mine = [f for f in self.image.functions if self.image.is_noinstr(f.start) and self.code.at(f.start)
                and not rules.is_veneer(f.names)]
        called = {i.target for f in mine for i in self.code.all(f) if not f.start <= (i.target or 0) < f.end}
        self.by_pmr = any(i.which == I.MASK_PMR for f in mine for i in self.code.all(f))
        return [f.start for f in sorted(mine, key=lambda f: f.start in called)]

    def run(self, entry, state, path):
        """Walks a function; returns the states in which it goes back to its caller."""
        key = entry, state
        if key not in self._done:
            self._done[key] = {state}	# what a recursive call is taken to do
            self.functions.add((self.image.function(entry) or (entry,))[0])
            a = Activation(entry, state, path)
            while a.todo or a.held:
                if not a.todo:
                    a.todo.append(self._settle(a, a.held.pop()))
                self._visit(a, *a.todo.pop())
            self._done[key] = a.exits
            self.paths += count_paths(a.seen, entry)
        return self._done[key]

    def _visit(self, a, came, at, state, jumped):
        state = self._markers(a, came, at, state, jumped)
        if state is None:
            return
        if self.image.needed[at] and state.depth == 0:
            self._find("lock", "a lock is taken outside { }", a.path, at)
        before, whence = a.depths.setdefault(at, (state.depth, came))
        if before != state.depth:
            ways = tuple(Step(w[0] if w else a.entry, "comes with " + braces(d))
                         for w, d in ((whence, before), (came, state.depth)))
            self._find("join", "two ways meet that differ in { }", a.path + ways, at)
            return
        if came is not None:
            a.seen.setdefault(came, set()).add((at, state))
        if (at, state) in a.seen:
            return
        a.seen[at, state] = set()
        insn = self.code.at(at)
        if insn is None:
            if not (self.image.is_noinstr(at) and I.is_trap(self.image, at)):
                self._find("lost", "runs into what is no code", a.path, came[0] if came else at)
            return
        for to, after, jump in self._step(a, insn, state):
            a.todo.append(((at, state), to, after, jump))

    # ---- { and } ----

    def _markers(self, a, came, at, state, jumped):
        net = self.image.begin[at] - self.image.end[at]
        if not net or jumped is None:
            return state
        if jumped and self._ambiguous(at):
            a.held.append((came, at, state))
            return None
        if state.depth + net < a.depth:
            self._find("unbalanced", "} without {", a.path, at)
            net = a.depth - state.depth
        return state._replace(depth=state.depth + net)

    def _ambiguous(self, at):
        """A marker takes no room. Between two blocks it may be the end of the first or the beginning
        of the second: only a jump to the second can tell, unless the marker has a NOP of its own."""
        here, f = self.code.at(at), self.image.function(at)
        if here is None or here.is_nop or (f and at == f.start):
            return False
        return any(self.code.at(at - n) and self.code.at(at - n).next == at for n in (2, 4))

    def _settle(self, a, held):
        """The reading of such a marker that agrees with the other ways to this place."""
        came, at, state = held
        net = self.image.begin[at] - self.image.end[at]
        known = a.depths.get(at)
        skip = known[0] == state.depth if known else state.depth + net < a.depth
        if not skip:
            state = state._replace(depth=max(a.depth, state.depth + net))
        return came, at, state, None	# the markers have been looked at

    # ---- one instruction ----

    def _step(self, a, insn, state):
        """The (address, state, jumped) that come next in this activation."""
        if insn.irq:
            state = self._mask(a, insn, state)
        if insn.kind == I.RETURN:
            self._leave(a, insn, state)
        elif insn.kind == I.ERET:
            self._eret(a, insn, state)
        elif insn.kind == I.CALL:
            yield from self._calls(a, insn, state, [insn.target], "calls")
        elif insn.kind == I.ICALL:
            yield from self._calls(a, insn, state, self._targets(insn), "calls, by pointer,")
        elif insn.kind == I.JUMP:
            yield from self._jump(a, insn, state, insn.target, "goes on in")
        elif insn.kind == I.IJUMP:
            targets = self._targets(insn)
            for to in targets:
                yield from self._jump(a, insn, state, to, "goes on, by pointer, in")
            if not targets:
                self._unknown(a, insn, state)
                self._leave(a, insn, state)
        if insn.kind == I.NEXT or (insn.cond and insn.kind not in (I.CALL, I.ICALL)):
            yield from self._fall(a, insn, state)

    def _fall(self, a, insn, state):
        here, there = self.image.function(insn.address), self.image.function(insn.next)
        if here and here.sized and insn.next >= here.end:
            self._find("lost", "runs off the end of %s%s" % (
                here.name, " into " + there.name if there else ""), a.path, insn.address)
        else:
            yield insn.next, state, False

    def _jump(self, a, insn, state, to, does):
        here = self.image.function(insn.address)
        if here and here.start <= to < here.end:
            yield to, state, True
            return
        for after in self._enter(a, insn, state, to, does):
            self._leave(a, insn, after)

    def _calls(self, a, insn, state, targets, does):
        for to in targets:
            for after in self._enter(a, insn, state, to, does):
                yield from self._fall(a, insn, after)
        if not targets:
            self._unknown(a, insn, state)
        if not targets or insn.cond:
            yield from self._fall(a, insn, state)

    def _unknown(self, a, insn, state):
        if state.depth == 0:
            self._find("pointer", "`%s` goes where a pointer says, outside { }" % insn, a.path, insn.address)

    # ---- other functions ----

    def _enter(self, a, insn, state, to, does):
        """A call, or a jump that is one: the states in which it comes back."""
        at, to, through = insn.address, *self._veneers(to)
        path = a.path + (Step(at, "%s %s%s" % (does, through, self.image.name(to))),)
        if self.image.is_noinstr(to):
            if to in self.unwatch:
                self._unwatched(state, path)
                state = state._replace(watched=False)
            if to in self.watch and not state.masked and not state.watched:
                self._find("open", "RCU begins to watch with interrupts open", path, at)
            for after in self.run(to, state, path):
                yield after._replace(watched=after.watched or to in self.watch)
            return
        if state.depth == 0:
            self._leaks(insn, to, does, path)
        if self.returns(to):
            yield state

    def _veneers(self, to):
        """Through what linkers put in between, wherever they put it: the real target."""
        through = ""
        while self._is_veneer(to):
            f, insn = self.image.function(to), self.code.at(to)
            while insn and insn.kind == I.NEXT:
                insn = self.code.at(insn.next)
            targets = [insn.target] if insn and insn.kind == I.JUMP else insn and self._targets(insn)
            if not targets:
                break
            through += "%s, a veneer, and so " % f.name
            to = targets[0]
        return to, through

    def _is_veneer(self, at):
        f = self.image.function(at)
        return f is not None and at == f.start and rules.is_veneer(f.names)

    def _leaks(self, insn, to, does, path):
        f = self.image.function(to)
        name, what = self.image.name(to), f and rules.compiler_made(f.names)
        if what:
            self._find("compiler", "%s is called outside { }: compilers make such calls by themselves (%s)"
                       % (name, what), path, insn.address)
        elif insn.kind in (I.ICALL, I.IJUMP):
            self._find("pointer", "%s is called through a pointer outside { }" % name, path, insn.address)
        elif insn.kind == I.JUMP:
            self._find("tail call", "%s is called outside { }, as a tail call" % name, path, insn.address)
        else:
            self._find("call", "%s is called outside { }" % name, path, insn.address)

    def returns(self, to):
        """Does this function, of any section, ever come back?"""
        if to not in self._returns:
            self._returns[to] = True	# of a recursive call
            self._returns[to] = self._has_return(to)
        return self._returns[to]

    def _has_return(self, entry):
        f, todo, seen = self.image.function(entry), [entry], set()
        while todo:
            at = todo.pop()
            insn = self.code.at(at)
            if at in seen or (insn is None and I.is_trap(self.image, at)):
                continue
            seen.add(at)
            if insn is None or insn.kind in (I.RETURN, I.IJUMP, I.ERET):
                return True		# or nobody can tell
            if insn.kind == I.JUMP and f and not f.start <= insn.target < f.end:
                if self.returns(insn.target):
                    return True
            elif insn.kind == I.JUMP:
                todo.append(insn.target)
            if insn.kind in (I.NEXT, I.ICALL) or insn.cond or (insn.kind == I.CALL and self.returns(insn.target)):
                todo.append(insn.next)
        return False

    # ---- interrupts ----

    def _mask(self, a, insn, state):
        masked = insn.irq == "mask"
        if isinstance(insn.irq, I.Constant):
            masked = bool(insn.irq >> I.I_BIT & 1)
        elif isinstance(insn.irq, int):
            masked = self._bit(insn, I.reg_name(insn, insn.irq))
            if insn.which == I.MASK_PMR and masked is not None:
                masked = not masked
        if insn.cond and masked:
            masked = state.masked & insn.which
        if masked:
            return state._replace(masked=state.masked | insn.which)
        left = state.masked & ~insn.which
        if left:
            return state._replace(masked=left)
        if state.depth:
            return State(state.depth, 0, True)
        if not state.watched:
            may = "opens" if insn.irq == "open" or masked is False else "may open"
            if self._find("unmasked", "`%s` %s interrupts where RCU need not watch" % (insn, may), a.path,
                          insn.address, insn.which):
                return state	# said once: what follows from it would only hide it
        return state._replace(masked=0)

    def _unwatched(self, state, path):
        if not state.masked:
            self._find("open", "RCU stops watching with interrupts open", path, path[-1].at)
        if state.depth:
            self._find("unwatched", "RCU stops watching inside { }", path, path[-1].at)

    def _eret(self, a, insn, state):
        if not state.masked:
            self._find("open", "interrupts are open where the frame is reloaded", a.path, insn.address)
        if state.depth:
            self._find("unbalanced", "exception return inside {", a.path, insn.address)

    def _leave(self, a, insn, state):
        if state.depth != a.depth:
            self._find("unbalanced", "{ without }: returns inside it", a.path, insn.address)
            state = state._replace(depth=a.depth)
        a.exits.add(state)

    # ---- values ----

    def _targets(self, insn):
        f = self.image.function(insn.address)
        return (self._of(f).targets(insn) or self._annotated(f, insn)) if f else []

    def _annotated(self, f, insn):
        """What the source says of a pointer, in front of this call and behind the one before it."""
        start = max((i.next for i in self.code.all(f) if i.address < insn.address and i.kind in (I.CALL, I.ICALL)),
                    default=f.start)
        thumb = ~1 if self.image.machine == "arm" else ~0
        return [to & thumb for at, to in self.image.target if start <= at <= insn.address]

    def _bit(self, insn, reg):
        f = self.image.function(insn.address)
        return self._of(f).bit(insn.address, reg, I.I_BIT) if f else None

    def _of(self, f):
        if f not in self._values:
            self._values[f] = Values(self.code, f)
        return self._values[f]

    # ---- findings ----

    def _find(self, kind, text, path, at, which=None):
        """False: it is excused, which each is for one instruction (of each mask)."""
        f = self.image.function(at)
        for e in rules.EXCUSES:
            if e.kind == kind and f and e.function in f.names and \
               self.excused.setdefault(e, {}).setdefault(which, at) == at:
                return False
        if not path or path[-1].at != at:
            path += (Step(at, ""),)
        self.findings.setdefault((kind, at), Finding(kind, text, path, f.name if f else "?"))
        return True


def braces(depth):
    return "%d { open" % depth if depth else "no { open"


def count_paths(graph, entry):
    """Ways through an activation from its start to an end, each loop taken once."""
    total, start = {}, [n for n in graph if n[0] == entry][:1]
    stack = [(n, False) for n in start]
    on_path = set()
    while stack:
        node, done = stack.pop()
        if done:
            on_path.discard(node)
            total[node] = sum(total.get(n, 0) for n in graph.get(node, ())) or 1
        elif node not in total and node not in on_path:
            on_path.add(node)
            stack.append((node, True))
            stack += [(n, False) for n in graph.get(node, ()) if n not in total and n not in on_path]
    return total[start[0]] if start else 0
