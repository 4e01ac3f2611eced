# SPDX-License-Identifier: MIT
"""
The context-tracking counter: its model (tools/counter) holds, and notices what is not so; and the
machine code has the barriers of the model (tools/barriers), whose absence in seeded code is found.
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import re

import pytest

from conftest import TOP, Result, build, run
from test_noinstr import GCC, TARGETS, bad_files


def tool(name):
    loader = importlib.machinery.SourceFileLoader(name, str(TOP / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


counter, barriers = tool("counter"), tool("barriers")


def call(main, *args):
    """What the command does, without the start of another Python."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main(*args)
    return Result(args, out.getvalue(), int(status))


# ---- the model ----

CLOSING = (r"^counter: (\d+) states, (\d+) transitions, depth (\d+), "
           r"(\d+) variants broken as they must be, (\d+) violations$")


def closing(r):
    m = re.search(CLOSING, r.lines[-1])
    assert m, r
    return tuple(map(int, m.groups()))


def test_the_model_holds_and_every_mistake_is_found():
    r = run(["tools/counter"], 580)
    states, _, _, broken, violations = closing(r)
    assert r.status == 0 and violations == 0 and broken == len(counter.MISTAKES) >= 19, r
    assert states > 3000000 and len(re.findall("holds;", r.out)) == 3, r


@pytest.mark.parametrize("mistake,says,last", (
    pytest.param("R_PLUS_DMB", "stale code is run", "kernel code", marks=pytest.mark.quick),
    ("NMI_ENTER_NO_BARRIER", "(freed memory|stale code) is r", "NMI 1 strikes")))
def test_a_mistake_taken_for_the_sound_model(tmp_path, mistake, says, last):
    """Is a violation, with the property and the shortest way there."""
    r = run(["tools/counter", "-o", tmp_path, mistake], 120)
    trail = [line for line in r.lines if line.startswith("    ")]
    assert r.status == 1 and closing(r)[3:] == (0, 1) and re.search(says, r.lines[0]), r
    assert 5 < len(trail) < 40 and any(re.search(last, line) for line in trail), r


def test_disagreement_fails(tmp_path, monkeypatch):
    """A mistake that changes nothing, one that breaks less than it is said to, and one that breaks more."""
    monkeypatch.setattr(counter, "MACHINES", {counter.SMALL: counter.MACHINES[counter.SMALL]})
    monkeypatch.setattr(counter, "MISTAKES", {
        "NONE_AT_ALL": (("FREED",), ""), "R_PLUS_NO_ISB": (("FREED", "STALE"), ""),
        "KICKS_THE_OTHERS": ((), ""), "R_PLUS_DMB": (("STALE",), "")})
    monkeypatch.setattr("sys.argv", ["counter", "-o", str(tmp_path)])
    r = call(counter.main)
    assert r.status == 1 and closing(r)[3:] == (1, 3), r
    assert "NONE_AT_ALL             FREED must be found, and is not" in r.out, r
    assert "R_PLUS_NO_ISB           FREED must be found, and is not" in r.out, r
    assert "KICKS_THE_OTHERS        STALE is found, and must not be" in r.out, r


@pytest.mark.quick
def test_every_mistake_is_known():
    """Those of the model, of the tool and of the document are the same."""
    model = (TOP / "tests/model/counter.pml").read_text()
    switches = {m for line in re.findall(r"^#if.*", model, re.M) for m in re.findall(r"\b[A-Z][A-Z_]+\b", line)}
    assert switches - {"CPUS", "NESTED", "GRACE_PERIOD_ONLY", "KICK_ONLY"} == set(counter.MISTAKES)
    table = re.findall(r"^\| (`[A-Z].*?) \|.*\| ([A-Z ]+) \|$", (TOP / "docs/counter.md").read_text(), re.M)
    assert {m: tuple(breaks.split()) for names, breaks in table for m in re.findall(r"`(\w+)`", names)} == \
        {m: must for m, (must, _) in counter.MISTAKES.items()}


SEARCHED = """State-vector 92 byte, depth reached 99, errors: 0
     10 states, stored
     20 states, matched
unreached in proctype cpu
\tcounter.pml:205, state 100, "-end-"
"""


@pytest.mark.quick
def test_only_a_whole_search_is_a_result():
    assert counter.read(SEARCHED) == ("", 10, 30, 99, [])
    assert counter.read(SEARCHED + '\tcounter.pml:9, state 3, "isb"\n').unreached == ['counter.pml:9, state 3, "isb"']
    for bad in ("error: max search depth too small\n" + SEARCHED, "pan: out of memory\n" + SEARCHED, "",
                "pan:1: invalid end state (at depth 3)\n" + SEARCHED, SEARCHED.replace("errors: 0", "errors: 1")):
        with pytest.raises(counter.Failed):
            counter.read(bad)


@pytest.mark.quick
def test_missing_spin_is_named():
    r = run(["env", "PATH=/nowhere", "/usr/bin/python3", "tools/counter"], 20)
    assert r.status == 2 and "no spin; install spin" in r.out, r


# ---- the machine code ----

def check(elf):
    return call(barriers.main, [str(elf)])


def places(r):
    m = re.search(r"^barriers (\w+): (\d+) places, (\d+) violations$", r.lines[-1])
    assert m, r
    return int(m.group(2)), int(m.group(3))


BUILDS = [pytest.param(c, llvm, marks=[pytest.mark.quick] * (c == "debug" and not llvm))
          for c in ("debug", "release", "release-traced") for llvm in (False, True)]


@pytest.mark.parametrize("config,llvm", BUILDS)
def test_kernels_have_the_barriers(arch, config, llvm):
    r = check(build(arch, config, llvm) / "lintel.elf")
    assert r.status == 0 and places(r)[0] >= 6 and places(r)[1] == 0, r


ADD = {"arm": "1: ldrex r3, [r0]\n add r3, r3, #4\n strex r2, r3, [r0]\n cmp r2, #0\n bne 1b",
       "arm64": "1: ldxr w3, [x0]\n add w3, w3, #4\n stxr w2, w3, [x0]\n cbnz w2, 1b"}
LOAD = {"arm": "ldr r1, [r0, #4]", "arm64": "ldr w1, [x0, #4]"}
STORE = {"arm": "str r1, [r0]", "arm64": "str w1, [x0]"}
SKIP = {"arm": "cmp r1, #0\n beq 9f", "arm64": "cbz w1, 9f"}
RET = {"arm": "9: bx lr", "arm64": "9: ret"}
RELEASE = {"arm": "dmb ish\n" + ADD["arm"], "arm64": ADD["arm64"].replace("stxr", "stlxr")}
DSB, DMB, ISB, SYNC, CALL = "dsb ish", "dmb ish", "isb", "dsb ish\n isb", "bl other"

# R+ or R-, its steps, and what must be found.
SEEDS = (
    ("ct_user_exit", (ADD, SYNC, LOAD, RET), None),
    ("ct_user_exit", (SYNC, RET), "nothing in it changes the counter"),
    ("ct_user_exit", (LOAD, STORE, SYNC, RET), "nothing in it changes the counter"),
    ("ct_user_exit", (ADD, LOAD, SYNC, RET), "ldr .*: before the barrier behind the increment"),
    ("ct_user_exit", (ADD, STORE, SYNC, RET), "str .*: before the barrier behind the increment"),
    ("ct_user_exit", (ADD, CALL, SYNC, RET), "bl .*: before the barrier behind the increment"),
    ("ct_user_exit", (ADD, RET), "(bx|ret).*: before the barrier behind the increment"),
    ("ct_user_exit", (SYNC, ADD, RET), "(bx|ret).*: before the barrier behind the increment"),
    ("ct_user_exit", (ADD, "dsb ishst", ISB, RET), "(bx|ret).*: before the barrier behind the increment"),
    ("ct_user_exit", (ADD, ADD, SYNC, RET), "ld.*x.*: before the barrier behind the increment"),
    ("ct_user_exit", (ADD, DMB, ISB, RET), "dmb ish: the isb does not wait"),
    ("ct_user_exit", (ADD, DSB, RET), "dsb ish: the next instruction is not isb"),
    ("ct_user_exit", (ADD, ISB, DSB, RET), "dsb ish: the next instruction is not isb"),
    ("ct_user_exit", (ADD, DSB, LOAD, ISB, RET), "dsb ish: the next instruction is not isb"),
    ("ct_nmi_enter", (SKIP, ADD, SYNC, RET), "(bx|ret).*: this way out has no barrier"),
    ("ct_nmi_enter", (SYNC, SKIP, ADD, SYNC, RET), None),
    ("ct_user_enter", (RELEASE, LOAD, RET), None),
    ("ct_user_enter", (DSB, ADD, RET), None),
    ("ct_user_enter", (ADD, RET), "stl?r?ex|stxr.*: neither a release nor behind a barrier"),
    ("ct_user_enter", (ADD, DMB, RET), "stl?r?ex|stxr.*: neither a release nor behind a barrier"),
    ("ct_user_enter", (DMB, LOAD, ADD, RET), "stl?r?ex|stxr.*: neither a release nor behind a barrier"),
    ("ct_user_enter", (DMB, CALL, ADD, RET), "stl?r?ex|stxr.*: neither a release nor behind a barrier"),
    ("ct_user_enter", ("dmb ishst", ADD, RET), "stl?r?ex|stxr.*: neither a release nor behind a barrier"),
    ("ct_nmi_exit", (SKIP, RELEASE, RET), "(bx|ret).*: this way out has no barrier"),
    ("ct_nmi_exit", (DMB, SKIP, RELEASE, RET), None),
    ("ct_other", (ADD, SYNC, RET), ".*: in a function that is neither"),
    ("ct_user_exit", (ADD, SYNC, ".inst 0xffffffff", RET), "no instruction that is known here"),
)


def assemble(arch, functions, tmp_path):
    """An ELF of (name, steps)."""
    source = tmp_path / "seeds.s"
    text = ".section .noinstr.text, \"ax\"\n"
    for name, steps in functions:
        body = "\n ".join(s if isinstance(s, str) else s[arch] for s in steps)
        text += ".type {0}, %function\n{0}: {1}\n.size {0}, . - {0}\n".format(name, body)
    source.write_text(text)
    cmd = [GCC[arch]] + TARGETS[arch][1] + ["-g", "-nostdlib", "-static", "-Wl,-eother"]
    r = run(cmd + [source, "-o", tmp_path / "elf"], 60)
    assert r.status == 0, r
    return tmp_path / "elf"


@pytest.mark.quick
def test_seeded_mistakes_are_found(arch, tmp_path):
    """Each of them, named with its function, file and line; and nothing in what is right."""
    functions = [("%s.%d" % (function, n), steps) for n, (function, steps, _) in enumerate(SEEDS)]
    r = check(assemble(arch, functions + [("other", (RET,))], tmp_path))
    wrong = []
    for (name, steps), (_, _, finds) in zip(functions, SEEDS):
        said = [line for line in r.lines if re.match(r"barriers: %s(\+0x\w+)? at " % name, line)]
        if len(said) != bool(finds) or finds and not re.search(r", \S*seeds\.s:\d+: (%s)" % finds, said[0]):
            wrong.append((name, steps, finds, said))
    assert not wrong, r
    assert r.status == 1 and places(r)[1] == sum(f is not None for _, _, f in SEEDS), r


@pytest.mark.quick
def test_bad_files(tmp_path):
    """One line that says why, and status 2."""
    nothing = assemble("arm64", [("ct_other", (RET,)), ("other", (RET,))], tmp_path)
    for path, what in list(bad_files(tmp_path)) + [(nothing, "none of the functions that make RCU watch")]:
        r = check(path)
        assert r.status == 2 and len(r.lines) == 1 and re.search(what, r.out), r
        assert r.out.startswith("barriers: %s: " % path)
