# SPDX-License-Identifier: MIT
"""
crash=: the kernel goes down on purpose, in every way that it knows, and says which, where, and from where;
and the watchdog, which must not see a lockup where there is none.
"""

import re

import pytest

from conftest import TOP, build, make_run, terminal

# What the panic says (arm, arm64), and functions of the trace, innermost first.
CRASHES = {
    "null": ("translation fault", "nothing mapped there", "null_read kernel_init kthread_start"),
    "undef": ("undefined instruction", "undefined instruction", "undefined_instruction kernel_init kthread_start"),
    "overflow": ("kernel stack overflow", "kernel stack overflow", "recurse crash_now kernel_init"),
    "overflow-in-overflow": ("kernel stack overflow", "kernel stack overflow", "enter_panic die handle_bad_stack recurse"),
    "overflow-irq": ("kernel stack overflow", "kernel stack overflow", "arch_at_stack_end crash_now kernel_init"),
    "overflow-undef": ("kernel stack overflow", "kernel stack overflow", "arch_at_stack_end crash_now kernel_init"),
    "overflow-brk": ("kernel stack overflow", "kernel stack overflow", "arch_at_stack_end crash_now kernel_init"),
    "fiq-in-overflow": ("kernel stack overflow", "kernel stack overflow", "recurse crash_now kernel_init"),
    "fiq-in-panic": ("the first one", "the first one", "crash_in_report fiq_panic crash_now"),
    "die-unwatched": ("crash=die-unwatched", "crash=die-unwatched", "die_unwatched crash_now kernel_init"),
    "brk-in-idle": ("breakpoint", "breakpoint", "break_in_idle cpu_idle_loop"),
    "brk-in-noinstr": ("breakpoint", "breakpoint", "break_unwatched kernel_init kthread_start"),
    "brk-in-brk": ("kernel stack overflow", "kernel stack overflow", "irqentry_nmi_enter"),
    "lockup": ("hard lockup: interrupts off for 1 s",) * 2 + ("lock_up kernel_init kthread_start",),
    "serror": ("asynchronous abort", "SError in the kernel", "arch_raise_serror serror crash_now"),
    "firmware-event": ("crash=firmware-event, in event 1",) * 2 + ("panic_in_event arch_firmware_event crash_now",),
    "panic-in-nmi": ("crash=panic-in-nmi",) * 2 + ("say_and_panic nmi_timer_handler wait_for_nmi kernel_init",),
    "panic-in-panic": ("the first one", "the first one", "crash_in_report panic_twice crash_now"),
}
TWICE = {"overflow-in-overflow": "kernel stack overflow", "panic-in-panic": "the second one",
         "fiq-in-panic": "the second one"}


def crash(arch, name, **variables):
    return make_run(timeout=10, ARCH=arch, APPEND="crash=" + name, **variables)


def functions(r):
    """Of the last trace."""
    return re.findall(r"^  \[<[0-9a-f]+>\] (\w+)", r.out.split("Call trace:")[-1], re.M)


@pytest.mark.parametrize("config", ("debug", "release"))
@pytest.mark.parametrize("name", CRASHES)
def test_crash(arch, name, config):
    r = crash(arch, name, CONFIG=config)
    arm, arm64, trace = CRASHES[name]
    assert r.status != 0 and not r.timed_out, r
    assert re.search(r"^crash=%s: " % name, r.out, re.M), r
    assert (arm if arch == "arm" else arm64) in re.search(r"^Panic: (.*)", r.out, re.M).group(1), r
    assert r.out.count("Call trace:") == 1 and len(set(functions(r))) >= 3, r
    if config == "debug":		# (release inlines, and leaves frames out)
        rest = iter(functions(r))
        assert all(f in rest for f in trace.split()), r
    if name in TWICE:
        assert re.search(r"^panic while reporting a panic: .*%s" % TWICE[name], r.out, re.M), r
    else:
        assert "while reporting" not in r.out, r


def test_overflow_shows_the_stack_pointer(arch):
    """As it was when the stack had run out; a recursion is one line."""
    r = crash(arch, "overflow")
    sp = int(re.search(r"\bsp +([0-9a-f]+)", r.out.split("Panic:")[1]).group(1), 16)
    assert sp % 0x8000 < 0x400 or sp % 0x8000 >= 0x7c00, r
    assert re.search(r"^  \.\.\. and \d\d+ times more$", r.out, re.M), r


@pytest.mark.parametrize("name", [n for n in CRASHES if "overflow" in n])
def test_overflow_shows_each_stack_pointer(arch, name):
    """The line and the registers say the same, and it is where the stack ends: also of the second one."""
    r = crash(arch, name)
    line = re.search(r"^Panic: kernel stack overflow, sp ([0-9a-f]+)", r.out, re.M).group(1)
    registers = re.search(r"\bsp +([0-9a-f]+)", r.out.split("Panic: ")[1].split("\n", 1)[1]).group(1)
    found = [line] + re.findall(r"^panic while .* overflow, sp ([0-9a-f]+)", r.out, re.M)
    assert line == registers and len(found) == 1 + (name in TWICE), r
    for sp in found:
        sp = int(sp, 16) % 0x8000
        assert sp < 0x400 or 0x7c00 <= sp or (arch, name) == ("arm", "overflow-in-overflow"), r
        assert name not in ("overflow-irq", "overflow-undef", "overflow-brk") or sp == 64, r


@pytest.mark.parametrize("name", ("fiq-in-overflow", "fiq-in-panic"))
def test_nmis_during_the_report(arch, name):
    """They do come, but where AArch64 keeps F masked: the path of an overflow."""
    r = crash(arch, name)
    masked = (arch, name) == ("arm64", "fiq-in-overflow")
    assert "NMIs in this report: %s\n" % ("masked here" if masked else "they come") in r.out, r


def test_death_where_rcu_does_not_watch(arch):
    """Row 46. Any other death, also in un-watched code, has come through a door that made it watch."""
    says = "suspicious RCU usage: it dies where RCU does not watch"
    assert says in crash(arch, "die-unwatched").out
    for name in ("null", "brk-in-idle", "brk-in-noinstr", "serror", "overflow"):
        r = crash(arch, name)
        assert says not in r.out, r


def test_contexts(arch):
    """Where RCU does not watch, an NMI's entry has made it watch; and knows in which context."""
    for name, context in (("brk-in-idle", "idle"), ("brk-in-noinstr", "user")):
        r = crash(arch, name)
        assert re.search(r"context: %s, watched .*nmi_nesting 0x1$" % context, r.out, re.M), r
        assert re.search(r"last events:.* N\+ L- h\+ R\+ \{ T- F \} \{$", r.out, re.M), r


def test_what_an_nmi_printed_comes_first(arch):
    """It waits in the NMI's buffer; the panic does not overtake it."""
    r = crash(arch, "panic-in-nmi")
    assert r.lines.count("said by the NMI, before") == 1, r
    assert r.out.index("said by the NMI, before") < r.out.index("Panic: "), r


def test_unknown(arch):
    r = crash(arch, "nosuch")
    assert 'boot argument "crash=nosuch": its value is not understood, ignored' in r.out and r.status == 0, r


# ---- the watchdog ----

def test_watchdog_leaves_others_alone(arch):
    """Two seconds asleep, most of them in an idle that masks interrupts: no lockup."""
    from test_abi import archive, passed
    passed(make_run(ARCH=arch, APPEND="watchdog=1", INITRD=archive(arch, "sleep")))
    r = make_run(ARCH=arch, APPEND="watchdog=1")		# the tour's own NMIs come from the same timer
    assert r.status == 0 and r.tour() and r.tour()[0] == r.tour()[1] and "watchdog" not in r.out, r


def test_watchdog_seconds(arch):
    r = crash(arch, "lockup watchdog=2")
    assert "Panic: hard lockup: interrupts off for 2 s" in r.out and r.status != 0 and not r.timed_out, r


@pytest.mark.parametrize("watchdog", ["", " watchdog=1"])
def test_watchdog_elsewhere(arch, watchdog):
    """The other CPUs go on; the one that hangs finds it out itself."""
    r = crash(arch, "lockup" + watchdog, SMP=4)
    assert "Panic: hard lockup: interrupts off for 1 s" in r.out and r.status != 0 and not r.timed_out, r
    assert re.search(r'^cpu 3, task \d+ "init"', r.out, re.M), r


def test_watchdog_leaves_several_alone(arch):
    r = make_run(ARCH=arch, SMP=4, APPEND="watchdog=1")
    assert r.status == 0 and r.tour()[0] == r.tour()[1] and "watchdog" not in r.out, r


def test_watchdog_bad_values(arch):
    for value in ("0", "601", "x", ""):
        r = make_run(ARCH=arch, APPEND="watchdog=" + value)
        assert "its value is not understood" in r.out and r.status == 0, r


def test_crashes_are_documented():
    text = (TOP / "docs/crash.md").read_text()
    assert all("`crash=%s`" % name in text for name in CRASHES)


# ---- where are you? (ctrl-\ and BREAK on the console) ----

BLOCK = r'cpu 0: backtrace\r+\n  pc [0-9a-f]+  lr [0-9a-f]+  psr [0-9a-f]+  task \d+ "\w+"\r+\nCall trace:\r+\n'


def ask(arch, key, append, ready, end, *variables, answer=""):
    """The machine on a terminal: the key when it is ready; its trace, which ends before `end`."""
    build(arch)
    p = terminal("make", ["shell", "ARCH=" + arch, "TIMEOUT=60", "APPEND=" + append, *variables], timeout=30)
    try:
        p.expect(ready)
        p.delaybeforesend = 0.3		# the shell goes to sleep behind its prompt
        p.send(key)
        p.expect(BLOCK)
        p.send(answer)
        p.expect(end)
        return p.before + p.after
    finally:
        p.close(force=True)


CTRL_BACKSLASH, BREAK = "\x1c", "\x01b"		# (QEMU's own key for a BREAK)


@pytest.mark.parametrize("append", ("shell", "shell sysrq=nmi"))
@pytest.mark.parametrize("gic", (2, 3))
def test_key_in_idle(arch, gic, append):
    """Through the UART's interrupt to what it found; and the terminal goes on."""
    for key in (CTRL_BACKSLASH, BREAK):
        out = ask(arch, key, append, r"[$#>] ", r"pid \d+, parent", "GIC=%d" % gic, answer="pid\r")
        names = re.findall(r"^  \[<[0-9a-f]+>\] (\w+)", out, re.M)
        assert ("pl011_interrupt" in names) == (append == "shell"), out
        assert "cpu_idle_loop" in names, out


def test_key_in_a_lockup(arch):
    """Interrupts are off for good: only an NMI can hear it."""
    out = ask(arch, CTRL_BACKSLASH, "crash=lockup watchdog=60 sysrq=nmi", "crash=lockup: ", r"ret_from_fork\+")
    assert re.search(r"^  \[<[0-9a-f]+>\] lock_up\+.*\s+.* (crash_now|kernel_init)\+", out, re.M), out


def test_sysrq_bad_value(arch):
    r = make_run(ARCH=arch, APPEND="sysrq=x")
    assert 'boot argument "sysrq=x": its value is not understood, ignored' in r.out and r.status == 0, r
