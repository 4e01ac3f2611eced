# SPDX-License-Identifier: MIT
"""A linked ELF: its functions, its noinstr text, its { } markers, and where its code comes from."""

import bisect
import os
import shutil
import struct
import subprocess
from collections import Counter
from typing import NamedTuple

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

MACHINES = {"EM_ARM": "arm", "EM_AARCH64": "arm64"}
RANGES = (("__entry_text_start", "__entry_text_end", ".entry.text"),
          ("__noinstr_text_start", "__noinstr_text_end", ".noinstr.text"))
ADDR2LINE = {"arm": ("arm-linux-gnueabihf-addr2line", "arm-none-eabi-addr2line", "llvm-addr2line"),
             "arm64": ("aarch64-linux-gnu-addr2line", "aarch64-none-elf-addr2line", "llvm-addr2line")}
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4


class Unusable(Exception):
    """There is nothing to check in this file, and why."""


class Function(NamedTuple):
    start: int
    end: int
    names: tuple
    sized: bool		# the symbol says where it ends

    @property
    def name(self):
        return self.names[0]


class Image:
    def __init__(self, path):
        self.path = path
        try:
            with open(path, "rb") as f:
                if f.read(4) != b"\x7fELF":
                    raise Unusable("not an ELF file")
                self._read(ELFFile(f))
        except Unusable:
            raise
        except OSError as e:
            raise Unusable(e.strerror.lower()) from e
        except Exception as e:		# pyelftools says of damage whatever it stumbles over
            raise Unusable("a damaged ELF file" + (" (%s)" % e if isinstance(e, ELFError) and str(e) else "")) from e

    def _read(self, elf):
        self.machine = MACHINES.get(elf["e_machine"])
        if not self.machine:
            raise Unusable("made for %s; only 32-bit ARM and AArch64 can be checked"
                           % elf.get_machine_arch())
        if not elf.little_endian:
            raise Unusable("big-endian, which is not known here")
        if elf["e_type"] == "ET_REL":
            raise Unusable("an object file: link it first, addresses are wanted")
        self.pointer = 4 if self.machine == "arm" else 8
        sections = [s for s in elf.iter_sections() if s["sh_flags"] & SHF_ALLOC]
        self.memory = [(s["sh_addr"], s.data(), s["sh_flags"]) for s in sections
                       if s["sh_type"] != "SHT_NOBITS" and s["sh_size"]]
        self._symbols(elf)
        self._noinstr(elf)
        self.begin, self.end, self.needed = (Counter(a & ~1 for a in self._markers(elf, ".instr_" + n))
                                             for n in ("begin", "end", "needed"))
        pairs = self._markers(elf, ".instr_target")
        self.target = sorted(zip((a & ~1 for a in pairs[::2]), pairs[1::2]))

    def _symbols(self, elf):
        table = elf.get_section_by_name(".symtab")
        if not table or table.num_symbols() < 2:
            raise Unusable("no symbols: it was stripped")
        self.symbol, self.mapping, starts = {}, [], {}
        for s in table.iter_symbols():
            if s["st_shndx"] == "SHN_UNDEF" or not s.name:
                continue
            value, kind = s["st_value"], s["st_info"]["type"]
            if s.name[0] == "$" and s.name[1:2] in "atdx":
                self.mapping.append((value, s.name[1]))
                continue
            self.symbol.setdefault(s.name, value)
            if kind == "STT_FUNC":
                value &= ~1 if self.machine == "arm" else ~0
                names, size, order = starts.setdefault(value, ([], 0, []))
                names.append(s.name)
                starts[value] = names, max(size, s["st_size"]), order
        if not starts:
            raise Unusable("no function has a symbol: it was stripped")
        self.mapping.sort()
        self._mapped = [m[0] for m in self.mapping]
        self.functions, order = [], sorted(starts)
        for i, start in enumerate(order):
            names, size, _ = starts[start]
            limit = next((a + len(d) for a, d, _ in self.memory if a <= start < a + len(d)), start)
            if size:
                end = min(limit, start + size)
            else:
                end = min([limit] + order[i + 1:i + 2])
            self.functions.append(Function(start, end, tuple(sorted(names)), bool(size)))
        self._starts = [f.start for f in self.functions]

    def _noinstr(self, elf):
        found = []
        for start, end, name in RANGES:
            if start in self.symbol and end in self.symbol:
                found.append((self.symbol[start], self.symbol[end]))
            found += [(s["sh_addr"], s["sh_addr"] + s["sh_size"]) for s in elf.iter_sections()
                      if s.name == name or s.name.startswith(name + ".")]
        self.noinstr = sorted({r for r in found if r[0] < r[1]})
        if not self.noinstr:
            raise Unusable("no noinstr text: neither the symbols __noinstr_text_start and "
                           "__entry_text_start nor sections .noinstr.text and .entry.text")

    def _markers(self, elf, name):
        """The addresses of the markers of one kind, which stand in front of instructions."""
        section = elf.get_section_by_name(name)
        data = section.data() if section else b""
        return struct.unpack("<%d%s" % (len(data) // self.pointer, "IQ"[self.pointer == 8]), data)

    def is_noinstr(self, address):
        return any(a <= address < b for a, b in self.noinstr)

    def function(self, address):
        """The function that this address is in, or None."""
        i = bisect.bisect_right(self._starts, address) - 1
        f = self.functions[i] if i >= 0 else None
        return f if f and address < f.end else None

    def named(self, *names):
        """Addresses of these functions, clones that the compiler made of them included."""
        return {f.start for f in self.functions for n in f.names if n.split(".")[0] in names}

    def name(self, address):
        f = self.function(address)
        if not f:
            return "%#x" % address
        return f.name if address == f.start else "%s+%#x" % (f.name, address - f.start)

    def mode(self, address):
        """'a' ARM, 't' Thumb, 'x' AArch64, 'd' data; and where this ends, if there is a next one."""
        i = bisect.bisect_right(self._mapped, address) - 1
        kind = self.mapping[i][1] if i >= 0 else "ax"[self.machine == "arm64"]
        return kind, self._mapped[i + 1] if i + 1 < len(self._mapped) else None

    def read(self, address, size, constant=False):
        """Bytes as they are in the file, or None; constant: only where nothing is ever written."""
        for start, data, flags in self.memory:
            if start <= address and address + size <= start + len(data):
                if constant and flags & SHF_WRITE:
                    return None
                return data[address - start:address - start + size]
        return None

    def lines(self, addresses):
        """{address: [(function, "file:line"), the one it is inlined in, ...]}, as far as known."""
        tools = [os.environ.get("ADDR2LINE")] + list(ADDR2LINE[self.machine])
        tool = next((t for t in tools if t and shutil.which(t)), None)
        if not tool or not addresses:
            return {}
        cmd = [tool, "-a", "-f", "-i", "-e", self.path] + ["%#x" % a for a in addresses]
        out = subprocess.run(cmd, capture_output=True, text=True, check=False).stdout.splitlines()
        found, at, i = {}, None, 0
        while i < len(out):
            if out[i].startswith("0x"):
                at = int(out[i], 16)
                i += 1
            elif i + 1 < len(out) and at is not None:
                where = os.path.normpath(out[i + 1].split(" (")[0])
                if not where.startswith("??"):
                    found.setdefault(at, []).append((out[i], os.path.relpath(where)))
                i += 2
            else:
                break
        return found
