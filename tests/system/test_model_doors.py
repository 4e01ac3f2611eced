# SPDX-License-Identifier: MIT
"""
The model has doors of its own (tests/model/doors.c), for those of an architecture do not compile on the
host. So they are read: each function of the one must make the same calls of entry/ as some function of the
other, in the same order. Some doors no boot ever opens (an SError, a BRK in the kernel): only this sees them.
"""

import re

import pytest

from conftest import ARCHES, TOP

pytestmark = pytest.mark.quick

STEPS = {"enter_from_user_mode", "irqentry_enter_from_user_mode", "irqentry_exit_to_user_mode", "irqentry_enter",
         "irqentry_exit", "irqentry_nmi_enter", "irqentry_nmi_exit", "syscall_enter_from_user_mode",
         "syscall_exit_to_user_mode", "irq_enter_rcu", "irq_exit_rcu", "local_irq_enable", "local_irq_disable",
         "regs_irqs_disabled", "schedule_tail", "instrumentation_begin", "instrumentation_end"}
NO_CALLS = {"if", "switch", "while", "do", "likely", "unlikely", "on_thread_stack", "esr_class", "sizeof"}
SERVICE = "service"


def calls(body):
    """The steps of a function; whatever else it calls in one go is its service."""
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    # what dies, in a function of its own
    body = re.sub(r"if \(unlikely\(.*?\)\)\s[^;{]*;", "", body, flags=re.S)
    found = []
    for m in re.finditer(r"\b(\w+)\(|\bservice;", body):
        word = m.group(1) if m.group(1) in STEPS else SERVICE
        if m.group(1) not in NO_CALLS and found[-1:] + [word] != [SERVICE, SERVICE]:
            found.append(word)
    return tuple(found)


def doors(text):
    """{function: its steps}, of those that have any."""
    text = text.replace("\\\n", "\n")
    text = re.sub(r"^#define (\w+)\(.*?\)\s*do \{(.*?)\} while \(0\)", r"\1()\n{\2\n}", text, flags=re.S | re.M)
    found = {}
    for m in re.finditer(r"^([a-zA-Z][^\n;=]*\([^;{]*?\))\s*\{([^\n]*\}$|.*?\n\}$)", text, re.S | re.M):
        steps = calls(m.group(2))
        if set(steps) - {SERVICE, "regs_irqs_disabled"}:
            found[re.search(r"(?:DEFINE_DOOR(?:_AROUND)?\()?(\w+)(?=[(,])", m.group(1)).group(1)] = steps
    return found


def arch(name):
    return (TOP / "arch" / name / "doors.c").read_text()


MODEL = doors((TOP / "tests/model/doors.c").read_text())


def strangers(text):
    return {name: steps for name, steps in doors(text).items() if steps not in MODEL.values()}


@pytest.mark.parametrize("name", ARCHES)
def test_the_model_has_every_door(name):
    assert len(doors(arch(name))) >= 8, doors(arch(name))
    for function, steps in strangers(arch(name)).items():
        pytest.fail("arch/%s/doors.c: %s: no door of tests/model/doors.c has these steps: %s" %
                    (name, function, " ".join(steps)))


def test_the_model_has_no_other():
    real = {steps for name in ARCHES for steps in doors(arch(name)).values()}
    for function, steps in MODEL.items():
        assert steps in real, "tests/model/doors.c: %s: no architecture has these steps" % function


@pytest.mark.parametrize("name, function", [(n, f) for n in ARCHES for f in doors(arch(n))])
def test_each_step_counts(name, function):
    """Without any of its steps a door is a stranger."""
    text = arch(name)
    at = re.search(r"\b%s\b[^;]*?\)\s*(?:\\\n\s*do )?\{" % function, text).end()
    end = text.index("\n}", at) if "\n}" in text[at:] else len(text)
    steps = [m for m in re.finditer(r"\b(\w+)\(", text[at:end]) if m.group(1) in STEPS]
    assert steps, function
    for m in steps:
        assert strangers(text[:at + m.start()] + text[at + m.end() - 1:]), m.group(1)
