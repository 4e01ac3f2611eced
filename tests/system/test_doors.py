# SPDX-License-Identifier: MIT
"""The door census: every way into C has exactly one contract, and a kernel where one has not is not built."""

import re
import shutil
import struct

import pytest
from elftools.elf.elffile import ELFFile

from conftest import ARCHES, TOP, build, qemu, run

TOOLS = {"arm": "arm-linux-gnueabihf-", "arm64": "aarch64-linux-gnu-"}
WAYS = dict.fromkeys(("arm", "arm64"), 16 + 1 + 1 + 3 + 2)	# vectors, fork, CPU start, idle (and a self-test's); stack overflow, firmware
FORMAT = {"arm": "<IIBBBx", "arm64": "<QQBBB5x"}		# struct door_entry
pytestmark = pytest.mark.quick


class Kernel:
    """A copy of a kernel, to be spoilt: its table of doors, its branches."""

    def __init__(self, arch, tmp_path):
        self.arch, self.path = arch, tmp_path / "lintel.elf"
        self.data = bytearray((build(arch) / "lintel.elf").read_bytes())
        with open(build(arch) / "lintel.elf", "rb") as f:
            elf = ELFFile(f)
            self.symbol = {s.name: s["st_value"] for s in elf.get_section_by_name(".symtab").iter_symbols()}
            self.segments = [s.header for s in elf.iter_segments() if s["p_type"] == "PT_LOAD"]
        self.size = struct.calcsize(FORMAT[arch])

    def offset(self, address):
        return next(address - s.p_vaddr + s.p_offset for s in self.segments
                    if s.p_vaddr <= address < s.p_vaddr + s.p_filesz)

    def door(self, name):
        """Where its entry is in the file."""
        start, end = (self.offset(self.symbol[s]) for s in ("__start_doors", "__stop_doors"))
        return next(at for at in range(start, end, self.size)
                    if struct.unpack_from(FORMAT[self.arch], self.data, at)[0] == self.symbol[name])

    def declare(self, at, **fields):
        names = ("fn", "name", "door", "contract", "slot")
        entry = dict(zip(names, struct.unpack_from(FORMAT[self.arch], self.data, at)))
        entry.update(fields)
        struct.pack_into(FORMAT[self.arch], self.data, at, *(entry[n] for n in names))

    def branch(self, where, to):
        """A plain branch at this address."""
        code = 0xea000000 | (to - where - 8) >> 2 & 0xffffff if self.arch == "arm" else \
            0x14000000 | (to - where) >> 2 & 0x3ffffff
        struct.pack_into("<I", self.data, self.offset(where), code)

    def census(self, mode="check"):
        self.path.write_bytes(self.data)
        return run(["env", "NM=%snm" % TOOLS[self.arch], "OBJCOPY=%sobjcopy" % TOOLS[self.arch],
                    "tools/census", mode, self.path])


@pytest.fixture
def kernel(arch, tmp_path):
    return Kernel(arch, tmp_path)


IRQ = {"arm": "arm_svc_irq", "arm64": "el1h_64_irq"}
USER_IRQ = {"arm": "arm_usr_irq", "arm64": "el0t_64_irq"}
SLOT = {"arm": "slot-6-kernel", "arm64": "slot-5"}
CONTRACT = {"arm": "kernel", "arm64": "kernel_or_nmi"}	# with nmi=pmr and nmi=nmi an NMI comes as an IRQ


def test_map(arch):
    build(arch)
    r = run(["make", "-s", "doors", "ARCH=" + arch])
    assert r.status == 0 and r.lines[-1] == "doors: %d ways in, 0 without exactly one contract" % WAYS[arch], r
    rows = [re.split(r"\s{2,}", line) for line in r.lines[1:-3]]	# (two ways in that no kernel has yet)
    assert all(re.fullmatch(r"[0-9a-f]{8,16}", row[0]) and re.fullmatch(r"[\w./]+:\d+", row[5]) for row in rows), r
    contracts = {row[1]: (row[2], row[4]) for row in rows}
    assert contracts[SLOT[arch]] == (IRQ[arch], CONTRACT[arch])
    assert [c[1] for way, c in contracts.items() if way.startswith("ret_from_fork")] == ["fork"]
    assert contracts["firmware_event_entry"] == ("firmware_event", "nmi")
    for row in rows:		# the place is the function's own
        name, line = row[5].split(":")
        text = "\n".join((TOP / name).read_text().splitlines()[int(line) - 6:int(line) + 1])
        assert row[2] in text or "DOOR(" in text, (row, text)


def test_the_untouched_kernel_passes(kernel):
    r = kernel.census()
    assert r.status == 0 and not r.out, r


def test_a_slot_without_a_contract(kernel):
    """Its entry now declares another function."""
    kernel.declare(kernel.door(IRQ[kernel.arch]), fn=kernel.symbol["schedule"])
    r = kernel.census()
    assert r.status == 1, r
    assert re.search(r"^census: [0-9a-f]{8,16} %s: leads to %s, which declares no contract$"
                     % (SLOT[kernel.arch], IRQ[kernel.arch]), r.out, re.M), r
    assert "schedule: declares a contract, but nothing leads to it" in r.out


def test_a_function_with_two_contracts(kernel):
    other = USER_IRQ[kernel.arch]
    kernel.declare(kernel.door(other), fn=kernel.symbol[IRQ[kernel.arch]])
    r = kernel.census()
    assert r.status == 1, r
    assert "%s: leads to %s, which declares 2 contracts" % (SLOT[kernel.arch], IRQ[kernel.arch]) in r.out
    assert "leads to %s, which declares no contract" % other in r.out


def test_a_contract_for_another_slot(kernel):
    kernel.declare(kernel.door(IRQ[kernel.arch]), slot=3)
    r = kernel.census()
    assert r.status == 1 and "leads to %s, which is declared for slot 3" % IRQ[kernel.arch] in r.out, r


def test_a_slot_that_goes_elsewhere(kernel):
    """The table's branch is what counts, whatever the names say: the data abort's way taken by IRQ."""
    size, irq, abort = (4, 6, 4) if kernel.arch == "arm" else (128, 5, 4)
    vectors = kernel.symbol["vectors"]
    kernel.branch(vectors + irq * size, vectors + abort * size)
    r = kernel.census()
    assert r.status == 1 and re.search(r"slot-%d\S*: leads to \w+, which is declared for slot" % irq, r.out), r
    assert "%s: declares a contract, but nothing leads to it" % IRQ[kernel.arch] in r.out


def test_a_slot_that_goes_nowhere(kernel):
    size = 4 if kernel.arch == "arm" else 128
    at = kernel.symbol["vectors"] + size
    kernel.branch(at, at)
    r = kernel.census()
    assert r.status == 1 and "%x slot-1: leads to no C function" % at in r.out, r


def test_an_idle_exit_without_a_contract(kernel):
    kernel.declare(kernel.door("sleep_irqs_on"), fn=kernel.symbol["schedule"])
    r = kernel.census()
    assert r.status == 1 and "idle-exit: sleep_irqs_on comes back from idle, and declares no contract" in r.out, r


def test_an_idle_exit_with_two_contracts(kernel):
    kernel.declare(kernel.door("sleep_irqs_off"), fn=kernel.symbol["sleep_irqs_on"])
    r = kernel.census()
    assert r.status == 1 and "idle-exit: sleep_irqs_on comes back from idle, and declares 2 contracts\n" in r.out, r


def test_bad_input(tmp_path):
    for path, what in ((TOP / "README.md", "not an ELF file"), (tmp_path / "nowhere", "not an ELF file")):
        r = run(["tools/census", "check", path])
        assert r.status == 2 and what in r.out, r
    r = run(["env", "OBJCOPY=arm-linux-gnueabihf-objcopy", "NM=arm-linux-gnueabihf-nm", "tools/census", "check",
             build("arm") / "user/init"])
    assert r.status == 1 and "not a kernel of ours, or stripped" in r.out, r


@pytest.mark.parametrize("symbol, way", [(b"ct_guest_exit", "guest-exit")])
def test_a_way_in_that_nobody_follows(kernel, symbol, way):
    """There is none yet, and the map says so; a kernel that has one needs its census first."""
    assert re.search("^%s: this kernel has none$" % way, kernel.census("map").out, re.M)
    old = b"\0call_on_irq_stack\0"
    kernel.data = kernel.data.replace(old, b"\0" + symbol.ljust(len(old) - 1, b"\0"))
    r = kernel.census()
    at = kernel.symbol["call_on_irq_stack"]
    assert r.status == 1 and r.lines[0] == "census: %08x %s: %s is a way in that the census does not follow" % (
        at, way, symbol.decode()), r


@pytest.mark.parametrize("name", ARCHES)
def test_the_build_fails(name, tmp_path):
    """A door that forgets its contract: no kernel comes out of make."""
    build(name)
    for room in (p.name for p in TOP.iterdir() if p.is_dir() and p.name not in (".git", "build", "tests")):
        shutil.copytree(TOP / room, tmp_path / room)
    shutil.copytree(TOP / "build" / name / "debug", tmp_path / "build" / name / "debug")
    shutil.copytree(TOP / "tests/kernel", tmp_path / "tests/kernel")
    shutil.copy2(TOP / "Makefile", tmp_path)
    doors = tmp_path / "arch" / name / "doors.c"
    doors.write_text(re.sub(r"DEFINE_DOOR\((%s), \w+, .*\)\n" % IRQ[name],
                            r"void \1(struct pt_regs *, ulong, ulong);\nvoid noinstr \1(struct pt_regs *regs, ulong syndrome, ulong far)\n",
                            doors.read_text()))
    r = run(["make", "-s", "-j2", "ARCH=" + name], 120, cwd=tmp_path)
    assert r.status != 0 and "leads to %s, which declares no contract" % IRQ[name] in r.out, r
    assert not (tmp_path / "build" / name / "debug/lintel.elf").exists()


# ---- what the kernel does not survive is named, and is no matter of the order ----

# For the first instructions of kernel_init(): push more than a little and call that again; jump to 0.
RECURSION = {"arm": (0xe92d4fff, 0xebfffffd), "arm64": (0xa9b07bfd, 0x97ffffff)}
WILD_JUMP = {"arm": (0xe3a00000, 0xe12fff10), "arm64": (0xd2800000, 0xd61f0000)}


@pytest.mark.parametrize("code, says", [
    (RECURSION, {"arm": "kernel stack overflow", "arm64": "kernel stack overflow"}),
    (WILD_JUMP, {"arm": "the kernel executed what is no code", "arm64": ""}),
], ids=["recursion", "wild-jump"])
def test_the_end_of_the_kernel(kernel, code, says, tmp_path):
    image = bytearray((build(kernel.arch) / "Image").read_bytes())
    struct.pack_into("<II", image, kernel.symbol["kernel_init"] - kernel.symbol["_text"], *code[kernel.arch])
    (tmp_path / "Image").write_bytes(image)
    r = qemu(kernel.arch, kernel=tmp_path / "Image")
    assert r.status == 1 and not r.timed_out, r
    assert re.search(r"^Panic: .*" + says[kernel.arch], r.out, re.M) and "entry order" not in r.out, r
