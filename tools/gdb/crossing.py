# SPDX-License-Identifier: MIT
"""
gdb's half of the order: `entry order`, `entry crossing`, `entry assert`. The lines and the alphabet are read
from the kernel that is debugged (kernel/trace/order.c), what happened from its event ring.
"""

import struct
import sys
import time
from pathlib import Path

import gdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# pylint: disable=wrong-import-position
from order import Alphabet, Event, Line, Open

# A function that is there only with the keeper, and the events that the keeper emits.
KEEPERS = {"lockdep_hardirqs_off": "L- Lp L+ h+ h-", "trace_hardirqs_off_finish": "T- Tp F", "monitor_event": "A"}
LATEST = 24		# events of a crossing that are shown
SLOWER = 50		# how many times longer the tick is while gdb follows


def symbol(name):
    return gdb.lookup_global_symbol(name)


def in_user_mode():
    arm64 = "aarch64" in gdb.selected_frame().architecture().name()
    psr = int(gdb.parse_and_eval("(unsigned)$cpsr"))
    return not psr & 0xc if arm64 and not psr & 0x10 else psr & 0x1f == 0x10


class Specification:
    """What kernel/trace/order.c holds, and which keepers this kernel has."""

    def __init__(self):
        self.letters, works, self.doors, self.contexts = (
            self.strings(name) for name in ("letters", "works", "doors", "contexts"))
        self.works = works
        self.alphabet = Alphabet({e: Event(e) for e in self.letters}, tuple(works), dict.fromkeys(self.doors),
                                 dict.fromkeys(self.contexts))
        self.lines = [Line(self.doors[int(e["door"])].upper(), self.contexts[int(e["ctx"])].upper(),
                           e["text"].string()) for e in self.table("lines")]
        self.absent = {e for f, events in KEEPERS.items() if not symbol(f) for e in events.split()}

    @staticmethod
    def table(name):
        v = gdb.parse_and_eval("'kernel/trace/order.c'::" + name)
        return [v[i] for i in range(v.type.range()[1] + 1)]

    def strings(self, name):
        return [s.string() for s in self.table(name)]

    def word(self, event, arg):
        letter = self.letters[event]
        return "W(%s)" % self.works[arg] if letter == "W" and arg < len(self.works) else letter

    def lacking(self):
        absent = " ".join(e for e in self.letters if e in self.absent)
        return "; this kernel has no keeper for " + absent if absent else ""

    def find(self, door, context):
        """The lines for a door and a context; either may be empty: all."""
        for name, known, kind in ((door, self.doors, "door"), (context, self.contexts, "context")):
            if name and name.lower() not in known:
                raise gdb.GdbError("%s is no %s: there is %s" % (name, kind, ", ".join(known)))
        return [line for line in self.lines if (not door or line.door == door.upper())
                and (not context or line.context == context.upper())]


_specification = []


def specification():
    """Read once: before the machine runs it can only be had from the file."""
    if not _specification:
        try:
            _specification.append(Specification())
        except gdb.error as e:
            raise gdb.GdbError("this is no Lintel kernel, or not up yet: %s" % e)
    return _specification[0]


# ---- the machine ----

class Task:
    """The task that the stopped CPU runs."""

    def __init__(self):
        if not gdb.selected_inferior().pid:
            raise gdb.GdbError("no machine runs")
        at = 0
        for register in ("$TPIDR_EL1", "$TPIDRPRW"):
            value = gdb.parse_and_eval(register)
            if value.type.code != gdb.TYPE_CODE_VOID:
                at = int(value) & (1 << 8 * gdb.lookup_type("long").sizeof) - 1
        if not at:
            raise gdb.GdbError("no task runs yet: the kernel has not been reached")
        self.at = at
        if in_user_mode():
            raise gdb.GdbError("in user mode: no crossing is open, and the kernel's memory cannot be read")
        self.pid, self.cpu, self.percpu = self.fields()

    FIELDS = (("task_struct", "pid"), ("thread_info", "cpu"), ("thread_info", "percpu_offset"))
    places = []

    def fields(self):
        """FIELDS, in one go: the watch asks at every event. A thread_info is the head of its task."""
        if not self.places:
            for name, field in self.FIELDS:
                f = gdb.lookup_type("struct " + name)[field]
                self.places.append((f.bitpos // 8, f.type.sizeof))
        try:
            raw = bytes(gdb.selected_inferior().read_memory(self.at, max(map(sum, self.places))))
        except gdb.MemoryError as e:
            raise gdb.GdbError("no task runs yet: the kernel has not been reached") from e
        return [int.from_bytes(raw[at:at + size], "little") for at, size in self.places]

    @property
    def key(self):
        return self.name(self.pid, self.cpu)

    @staticmethod
    def name(pid, cpu):
        return pid if pid else "idle %d" % cpu		# each CPU has an idle task, all are number 0

    def __str__(self):
        task = gdb.Value(self.at).cast(gdb.lookup_type("struct task_struct").pointer())
        return "%s[%d]" % (task["comm"].string(), self.pid)


class Record:
    """Where the fields of struct evrec are, and one of it."""
    FIELDS = ("seq", "event", "ctx", "cpu", "pid", "ct_state", "lockdep", "pc", "arg")

    def __init__(self, values):
        for name, value in zip(self.FIELDS, values):
            setattr(self, name, value)

    @classmethod
    def layout(cls):
        record = gdb.lookup_type("struct evrec")
        code, at = "<", 0
        for f in record.fields():
            if f.name in cls.FIELDS:
                code += "%dx" % (f.bitpos // 8 - at) + {1: "B", 2: "H", 4: "I", 8: "Q"}[f.type.sizeof]
                at = f.bitpos // 8 + f.type.sizeof
        return struct.Struct(code.replace("<0x", "<") + "%dx" % (record.sizeof - at))


class Ring:
    """The event ring of the CPU that a task runs on."""

    def __init__(self, task):
        if not symbol("__evlog"):
            raise gdb.GdbError("this kernel has no event ring: build with CONFIG=release-traced or CONFIG=debug")
        boot = gdb.parse_and_eval("boot_ring")
        self.size = boot.type.range()[1] + 1
        self.layout = Record.layout()
        at = int(gdb.parse_and_eval("(unsigned long)&evring")) + task.percpu
        ring = gdb.Value(at).cast(gdb.lookup_type("struct evring").pointer())
        self.head_at, self.records = int(ring["head"].address), int(ring["rec"])
        self.memory = gdb.selected_inferior()

    def head(self):
        return struct.unpack("<I", self.memory.read_memory(self.head_at, 4))[0]

    def read(self, first, last):
        """Records first ... last - 1, None for one that is being written (or is written over)."""
        found, step = [], self.layout.size
        while first < last:
            slot = first % self.size
            n = min(last - first, self.size - slot, 4096)
            raw = self.memory.read_memory(self.records + slot * step, n * step)
            for i, values in enumerate(self.layout.iter_unpack(bytes(raw))):
                found.append(Record(values) if values[0] == first + i + 1 else None)
            first += n
        return found


# ---- following ----

class Followed:
    """The open crossings, by the ring. Before its oldest record nobody knows."""

    def __init__(self, spec, ring):
        self.spec, self.ring, self.open = spec, ring, Open(spec.lines, spec.absent)
        self.late = []			# numbers of records that were not written yet
        self.ahead = {}			# by task: (stack pointer, event) that were judged before they were recorded
        head = ring.head()
        self.next = max(0, head - ring.size)
        self.catch_up()

    def holds(self, r):
        """What may hold for the crossing that begins with this V. Whether user mode is tracked is seen when
        it is left, and is not known before."""
        holds = ("[" if r.lockdep else "") + ("<" if r.arg >> 16 & 1 else "")
        watching, state, user = r.ct_state >> 2 & 1, r.ct_state & 3, 2
        known = [state == user and not watching] if self.spec.contexts[r.ctx] == "user" else [True, False]
        return [set(holds) | ({"tracked"} if tracked else set()) for tracked in known]

    def record(self, r):
        """A record, in its turn. The crossing that it must not come in, or None."""
        task = Task.name(r.pid, r.cpu)
        word = self.spec.word(r.event, r.arg)
        ahead = self.ahead.get(task, [])
        for judged in reversed(ahead):		# what came in between is recorded first
            if judged[1] == word:
                ahead.remove(judged)
                return None
        if word != "V":
            return self.open.event(task, word)
        door, context = self.spec.doors[r.arg & 0xff].upper(), self.spec.contexts[r.ctx].upper()
        return self.open.door(task, door, context, self.holds(r), r)

    def catch_up(self):
        """Takes what is new in the ring; the crossings that something was wrong in."""
        head = self.ring.head()
        if head == self.next:
            return []
        if head - self.next > self.ring.size:		# too late: start again with what there is
            self.next, self.late, self.ahead = head - self.ring.size, [], {}
            self.open = Open(self.spec.lines, self.spec.absent)
        # An NMI that came into the writing of a record is over when that record can be read.
        again, self.late = self.late, []
        wrong = []
        for n, r in [(n, self.ring.read(n, n + 1)[0]) for n in again] + list(
                enumerate(self.ring.read(self.next, head), self.next)):
            if r is None:
                self.late.append(n)
            else:
                wrong.append(self.record(r))
        self.next = head
        return [w for w in wrong if w]

    def judge(self, task, sp, word):
        """An event that is about to be recorded."""
        ahead = self.ahead.setdefault(task, [])
        if (sp, word) in ahead:		# an NMI came in front of it: seen twice
            return None
        ahead.append((sp, word))
        return self.open.event(task, word)


def came(crossing):
    left_out = len(crossing.came) - LATEST
    return " ".join((["(%d earlier)" % left_out] if left_out > 0 else []) + crossing.came[-LATEST:])


def show(crossing, wrong=None):
    """A crossing: what came, the lines that it may be on, and a mark under what may come next."""
    left = ", left at " + place(crossing.what.pc) if crossing.what.pc else ""
    print("%s from %s%s" % (crossing.door.lower(), crossing.context.lower(), left))
    print("  came  " + came(crossing))
    if wrong:
        print("        " + " " * (len(came(crossing)) - len(wrong)) + "^" * len(wrong) + " must not come now")
    if not crossing.ways:
        print("  order.def has no line for it")
    for text, marks in dict.fromkeys(w.marked() for w in crossing.ways):
        print("  line  " + text)
        print("        " + marks)
    if crossing.ways:
        print("  next  " + " or ".join(crossing.expected))


def place(pc):
    text = gdb.execute("info symbol %#x" % pc, to_string=True).split(" in section")[0].strip()
    return "%#x" % pc + ("" if text.startswith("No symbol") else " <%s>" % text.replace(" + ", "+"))


# ---- the commands ----

class EntryOrder(gdb.Command):
    """entry order [DOOR [CONTEXT]]: the specification that this kernel was built with.
... stands for whatever the service does, [ ] is there only if lockdep believed interrupts on when the crossing
began, < > only if the frame says that they were on. docs/order.md has the alphabet."""

    def __init__(self):
        super().__init__("entry order", gdb.COMMAND_STATUS)

    def invoke(self, arg, from_tty):
        args = gdb.string_to_argv(arg)
        spec = specification()
        found = spec.find(*(args + ["", ""])[:2])
        for line in found:
            print("%-8s %-8s %s" % (line.door.lower(), line.context.lower(), line.text))
        print("%d lines%s" % (len(found), spec.lacking()))

    def complete(self, text, word):
        names = specification().doors if not text.split()[:-1 if word else None] else specification().contexts
        return [n for n in names if n.startswith(word)]


class EntryCrossing(gdb.Command):
    """entry crossing: the open crossings of the task that runs, the innermost last: where each came from, its
events so far, the lines of the specification that it may be on, and a mark under what may come next. What
happened is in the event ring, so CONFIG=debug or release-traced is needed."""

    def __init__(self):
        super().__init__("entry crossing", gdb.COMMAND_STATUS)

    def invoke(self, arg, from_tty):
        task = Task()
        followed = Followed(specification(), Ring(task))
        levels = followed.open.of.get(task.key, [])
        print("%s: %d open crossing%s" % (task, len(levels), "" if len(levels) == 1 else "s"))
        for crossing in levels:
            show(crossing)
        if not levels and followed.next > followed.ring.size:
            print("(or one that began before the oldest event in the ring)")


class Watch(gdb.Breakpoint):
    """Where all events but V go through. V is read in the ring, by the event behind it."""

    def __init__(self):
        task = Task()
        self.followed = Followed(specification(), Ring(task))
        self.registers = ("$x0", "$x1", "$sp") if gdb.lookup_type("long").sizeof == 8 else ("$r0", "$r1", "$sp")
        super().__init__("*__evlog", internal=True)
        self.silent = True
        self.slow_tick(task, SLOWER, 1)
        self.events, self.since = 0, time.monotonic()

    @staticmethod
    def slow_tick(task, by, less):
        """Time does not stand still while gdb looks at an event: a tick of the usual length would be over before
        its own interrupt is, and nothing but ticks would ever happen."""
        at = int(gdb.parse_and_eval("(unsigned long)&'kernel/time.c'::tick")) + task.percpu
        period = gdb.Value(at).cast(gdb.lookup_type("struct tick").pointer())["period"]
        gdb.execute("set variable *(unsigned long long *)%d = %d" % (int(period.address), int(period) * by // less))

    def end(self):
        if gdb.selected_inferior().pid:
            self.slow_tick(Task(), 1, SLOWER)
        self.delete()

    def stop(self):
        task = Task()
        event, arg, sp = (int(gdb.parse_and_eval("(unsigned long)" + r)) for r in self.registers)
        word = self.followed.spec.word(event, arg)
        self.events += 1
        wrong = [(c, c.came[-1]) for c in self.followed.catch_up()]
        crossing = self.followed.judge(task.key, sp, word)
        if crossing:
            wrong.append((crossing, word))
        for crossing, came_last in wrong:
            print("entry assert: %s: %s must not come now" % (task, came_last))
            show(crossing, came_last)
        if wrong:
            gdb.execute("backtrace -frame-arguments presence 12")
        return bool(wrong)

    def rate(self):
        seconds = time.monotonic() - self.since
        return "%d events followed, %d a second" % (self.events, self.events / max(seconds, .001))


class EntryAssert(gdb.Command):
    """entry assert on: from now on gdb follows every event, and stops at the first one that must not come now.
It says what came, what may come, and from where, and does so without the kernel's own monitor: also in
CONFIG=release-traced. Crossings that are open already are picked up from the event ring. Some hundreds of
events a second can be followed, so the machine falls behind its clock: the tick comes more rarely meanwhile,
and what the tour wants at a certain moment is missed.
entry assert off: no longer. Like on, in the kernel: user mode cannot see the kernel's memory.
entry assert: whether it is on, and how fast it was."""

    watch = None

    def __init__(self):
        super().__init__("entry assert", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, arg, from_tty):
        if arg not in ("", "on", "off"):
            raise gdb.GdbError("entry assert on, or off")
        if arg == "on" and not self.watch:
            self.watch = Watch()
        elif arg == "off" and self.watch:
            print(self.watch.rate())
            self.watch.end()
            self.watch = None
        if not self.watch:
            print("nothing is asserted")
        else:
            followed = self.watch.followed
            levels = sum(map(len, followed.open.of.values()))
            print("asserting %d lines; %d open crossings picked up%s" % (
                len(followed.spec.lines), levels, followed.spec.lacking()) if arg else self.watch.rate())

    def complete(self, text, word):
        return [w for w in ("on", "off") if w.startswith(word)]


EntryOrder()
EntryCrossing()
EntryAssert()
try:
    specification()
except gdb.GdbError:
    pass		# when first asked for
