# SPDX-License-Identifier: MIT
"""What the checker knows by name: who makes RCU watch, what compilers call, what is excused."""

import re
from typing import NamedTuple

# RCU watches when these have returned, and no longer when these are called.
WATCH = ("ct_user_exit", "ct_nmi_enter", "ct_irq_enter", "ct_idle_exit", "ct_guest_exit")
UNWATCH = ("ct_user_enter", "ct_nmi_exit", "ct_irq_exit", "ct_idle_enter", "ct_guest_enter")

# Calls that no source line asks for.
COMPILER = (
    (r"mem(set|cpy|move|cmp)|__aeabi_mem\w+|bcmp", "a structure is copied, cleared or compared"),
    (r"__aeabi_\w+|__\w*(div|mod|mul|ash[lr]|lshr|clz|ctz|ffs|popcount|parity|bswap)[a-z]*[sdt]i[234]",
     "libgcc's arithmetic"),
    (r"__aarch64_(cas|swp|ld(add|clr|eor|set))\w+|__atomic_\w+|__sync_\w+", "an atomic out of line"),
    (r"__stack_chk_fail\w*", "the stack protector"),
    (r"__ubsan_\w+", "the undefined-behaviour sanitizer"),
    (r"__(k?asan|kcsan|tsan|k?msan|hwasan|sanitizer)_\w+", "a sanitizer"),
    (r"_?_?mcount\w*|__gnu_mcount\w*|__fentry__|__cyg_profile_\w+", "function tracing"),
    (r"__gcov_\w+|llvm_gc\w+|__llvm_profile\w*", "coverage counting"),
    (r"__gnu_thumb1_case\w*", "a jump table's helper"),
)

# Code that linkers put between a call and its target.
VENEER = re.compile(r"__.+_veneer|__.+_from_(arm|thumb)|__(ARM|Thumb|AArch64)\w*Thunk_.+|__.+_long_branch.*")


class Excuse(NamedTuple):
    function: str
    kind: str
    reason: str


# Declared exceptions, each of one instruction. One whose function no longer does it is a violation itself.
EXCUSES = (
    Excuse("sleep_irqs_on", "unmasked",
           "the idle=irqs-on body takes its interrupt un-watched, so that the tour and the tests can "
           "show a crossing from there; irqentry_enter() counts it"),
)


def compiler_made(names):
    for name in names:
        for pattern, what in COMPILER:
            if re.fullmatch(pattern, name.split(".")[0]):
                return what
    return None


def is_veneer(names):
    return any(VENEER.fullmatch(n) for n in names)
