# SPDX-License-Identifier: MIT
"""Which registers an instruction stores or loads, and where, from its text and the registers before it."""

import re

NAMES = {"sb": 9, "sl": 10, "fp": 11, "ip": 12, "sp": 13, "lr": 14, "pc": 15}
NAMES64 = {"fp": 29, "lr": 30, "sp": 31}
ONE = re.compile(r"(.*?)\[(\w+)(?:, ([^\]]+))?\](!?)")
MANY = re.compile(r"(?:(\w+)!?, )?\{(.*)\}")


def number(name, machine):
    """xzr and all that is no register: None."""
    aliases = NAMES64 if machine.bits == 64 else NAMES
    if name in aliases:
        return aliases[name]
    return int(name[1:]) if re.fullmatch(r"[rxw]\d+", name) else None


def offset(text, machine, values):
    """What stands behind the base in [ ]."""
    if not text:
        return 0
    register, _, how = text.partition(", ")
    if register.startswith("#"):
        return int(register[1:], 0)
    value = values[number(register.lstrip("-"), machine)]
    if "sxtw" in how and value & 1 << 31:
        value -= 1 << 32
    shift = re.search(r"#(\w+)", how)
    value <<= int(shift[1], 0) if shift else 0
    return -value if register[0] == "-" else value


def accesses(text, machine, values):
    """("st" or "ld" or None, {register: address}, bytes each)."""
    mnemonic, _, operands = text.partition(" ")
    kind = {"st": "st", "pu": "st", "ld": "ld", "po": "ld"}.get(mnemonic[:2])
    if not kind:
        return None, {}, 0
    many = MANY.match(operands)
    if many:
        return (kind, *multiple(mnemonic, many, operands, machine, values), 4)
    one = ONE.match(operands)
    if not one or number(one[2], machine) is None:
        return None, {}, 0
    names = [n for n in one[1].split(", ") if n]
    if re.match(r"st[l]?x", mnemonic) or machine.bits == 32 and mnemonic.startswith("strex"):
        names = names[1:]
    size = 8 if names and names[0][0] == "x" else 4
    base = values[number(one[2], machine)] + offset(one[3], machine, values)
    return kind, {number(n, machine) if number(n, machine) is not None else -1 - i: base + size * i
                  for i, n in enumerate(names)}, {"b": 1, "h": 2}.get(mnemonic[-1] if machine.bits == 64 else mnemonic[3:4], size)


def multiple(mnemonic, found, operands, machine, values):
    registers = [number(n.strip(), machine) for n in found[2].split(",")]
    if operands.endswith("^") and 15 not in registers:
        registers = [r if r < 13 else -r for r in registers]		# user mode's
    base, down = values[number(found[1] or "sp", machine)], 4 * len(registers)
    start = {"db": -down, "da": 4 - down, "ib": 4}.get(mnemonic[3:5], -down if mnemonic.startswith("push") else 0)
    return ({r: base + start + 4 * i for i, r in enumerate(registers)},)


def copied_from(text, machine):
    found = re.match(r"mov (\w+), (\w+)$", text)
    return number(found[2], machine) if found else None


def macro_lines(where, text):
    """Debug information names the line that uses a macro. ", line n" of the macro, where that is certain."""
    path, _, line = where.partition(":")
    if not path.endswith(".S"):
        return ""
    with open(path) as f:
        lines = f.read().splitlines()
    macros, name = {}, None
    for n, source in enumerate(lines, 1):
        words = source.split()
        if words[:1] == [".macro"]:
            name = words[1]
        elif name and words:
            macros.setdefault(name, []).append((n, source))
            name = None if words[0] == ".endm" else name
    todo, found, exact, seen = [lines[int(line) - 1]], [], [], set()
    while todo:
        name = (todo.pop().split() or [""])[0]
        for n, source in macros.get(name, []) if name not in seen else ():
            todo.append(source)
            if shape(source) == shape(text):
                (exact if source.split()[1:] == text.split()[1:] else found).append("%d" % n)
        seen.add(name)
    found = exact or found
    return ", line " + " or ".join(sorted(found, key=int)) if found else ""


def shape(text):
    """An instruction without its constants and its names' varieties."""
    text = re.sub(r"@.*|/\*.*|^\s*\w+:", "", text).strip()
    mnemonic, _, operands = text.replace("\t", " ").partition(" ")
    registers = [{"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12"}.get(w, w) for w in
                 re.findall(r"\b(?:[rxw]\d+|xzr|sb|sl|fp|ip|sp|lr|pc|\w+_el1|daif\w+)\b", operands)]
    numbers = re.findall(r"#(0x[0-9a-f]+|\d+)$", operands)
    return {"movz": "mov", "stmia": "stm", "ldmia": "ldm"}.get(mnemonic, mnemonic), registers, [int(n, 0) for n in numbers]
