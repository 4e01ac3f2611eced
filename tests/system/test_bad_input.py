# SPDX-License-Identifier: MIT
"""
Bad input: each gets a message that names what is wrong and where, and the kernel goes on or
stops with a non-zero status. Nothing hangs: a boot that runs into the time-out fails the test.
"""

import re
import struct

import pytest

from conftest import build, compile_tree, cpio, device_tree, make_run, qemu, raw_boot, without_node

ET_EXEC, PT_LOAD = 2, 1
OTHER = {"arm": "arm64", "arm64": "arm"}
LIMIT = 20	# seconds


def stopped(r, *patterns):
    """Non-zero status, no time-out, and every pattern said."""
    assert not r.timed_out, r
    assert r.status != 0, r
    for p in patterns:
        assert re.search(p, r.out, re.I), "nothing says %r\n%s" % (p, r)


def tree_bytes(arch, tmp_path, source):
    return compile_tree(source, tmp_path / "changed.dtb").read_bytes()


# --- the device tree ---

def test_no_tree(arch, tmp_path):
    stopped(raw_boot(arch, tmp_path, None, timeout=LIMIT), "device tree")


def test_tree_with_bad_magic(arch, tmp_path):
    good = tree_bytes(arch, tmp_path, device_tree(arch, tmp_path))
    stopped(raw_boot(arch, tmp_path, b"\xde\xad\xbe\xef" + good[4:], timeout=LIMIT),
            "device tree.*magic|magic.*device tree", "deadbeef")


@pytest.mark.parametrize("part", (0.05, 0.3, 0.6))
def test_truncated_tree(arch, tmp_path, part):
    """The rest of memory is zero, which is no token of a structure block and no string."""
    good = tree_bytes(arch, tmp_path, device_tree(arch, tmp_path))
    stopped(raw_boot(arch, tmp_path, good[:int(len(good) * part)], timeout=LIMIT), "device tree")


@pytest.mark.parametrize("field", (2, 3, 8, 9))
def test_tree_whose_header_points_outside(arch, tmp_path, field):
    """Offsets and sizes of the structure and string blocks (words of the header) gone wild."""
    good = bytearray(tree_bytes(arch, tmp_path, device_tree(arch, tmp_path)))
    good[4 * field:4 * field + 4] = struct.pack(">I", 0x7ffffff0)
    stopped(raw_boot(arch, tmp_path, bytes(good), timeout=LIMIT), "device tree")


def test_tree_without_memory(arch, tmp_path):
    """Not through QEMU's loader, which would put the node back."""
    source = without_node(device_tree(arch, tmp_path), "memory@[0-9a-f]+")
    stopped(raw_boot(arch, tmp_path, tree_bytes(arch, tmp_path, source), timeout=LIMIT), "memory")


@pytest.mark.parametrize("node, says", (("intc@[0-9a-f]+", "GIC|interrupt controller"),
                                        ("timer", "timer"), ("pl011@[0-9a-f]+", "PL011|UART")))
def test_tree_without_node(arch, tmp_path, node, says):
    dtb = compile_tree(without_node(device_tree(arch, tmp_path), node), tmp_path / "changed.dtb")
    stopped(qemu(arch, dtb=dtb, timeout=LIMIT), says)


def test_unknown_gic(arch, tmp_path):
    source = device_tree(arch, tmp_path)
    changed = re.sub(r'"arm,(cortex-a15-gic|gic-v3)"', '"arm,gic-v9"', source)
    assert changed != source
    dtb = compile_tree(changed, tmp_path / "changed.dtb")
    stopped(qemu(arch, dtb=dtb, timeout=LIMIT), "GIC|interrupt controller")


# --- the initramfs ---

def test_no_initramfs(arch):
    stopped(qemu(arch, initrd=False, timeout=LIMIT), "initramfs", "no |missing|none")


@pytest.mark.parametrize("keep", (60, 300, -2000))
def test_truncated_initramfs(arch, tmp_path, keep):
    whole = (build(arch) / "initramfs.cpio").read_bytes()
    (tmp_path / "short.cpio").write_bytes(whole[:keep])
    stopped(qemu(arch, initrd=tmp_path / "short.cpio", timeout=LIMIT), "initramfs", "truncated|ends|past|short")


def test_not_cpio(arch, tmp_path):
    (tmp_path / "text").write_bytes(b"this is not an archive\n" * 100)
    stopped(qemu(arch, initrd=tmp_path / "text", timeout=LIMIT), "initramfs", "cpio|newc|magic")


def test_wild_sizes_in_cpio(arch, tmp_path):
    whole = bytearray(cpio([("init", 0o100755, b"x" * 100)]))
    whole[54:62] = b"FFFFFFF0"
    (tmp_path / "wild.cpio").write_bytes(whole)
    stopped(qemu(arch, initrd=tmp_path / "wild.cpio", timeout=LIMIT), "initramfs")


# --- init ---

def elf(arch, segments, entry=None, machine=None):
    """An executable with these (vaddr, filesz, memsz, offset) segments."""
    wide = arch == "arm64"
    machine = machine or (183 if wide else 40)
    flags = 0 if wide else 0x05000400
    ehsize, phsize = (64, 56) if wide else (52, 32)
    ident = b"\x7fELF" + bytes((2 if wide else 1, 1, 1)) + b"\0" * 9
    entry = segments[0][0] if entry is None else entry
    mask = (1 << 64) - 1 if wide else (1 << 32) - 1
    head = ident + struct.pack("<HHI" + ("QQQ" if wide else "III") + "IHHHHHH", ET_EXEC, machine, 1,
                               entry & mask, ehsize, 0, flags, ehsize, phsize, len(segments), 0, 0, 0)
    ph = b""
    for vaddr, filesz, memsz, offset in segments:
        if wide:
            ph += struct.pack("<IIQQQQQQ", PT_LOAD, 7, offset, vaddr & mask, vaddr & mask, filesz & mask,
                              memsz & mask, 0x1000)
        else:
            ph += struct.pack("<IIIIIIII", PT_LOAD, offset, vaddr & mask, vaddr & mask, filesz & mask,
                              memsz & mask, 7, 0x1000)
    return (head + ph).ljust(0x1000, b"\0") + b"\0" * 0x1000


def boot_init(arch, tmp_path, data, name="init", append=None):
    path = tmp_path / "bad.cpio"
    path.write_bytes(cpio([(name, 0o100755, data)]))
    return qemu(arch, initrd=path, append=append, timeout=LIMIT)


def test_no_init(arch, tmp_path):
    stopped(boot_init(arch, tmp_path, b"x", name="other"), "/init")


def test_named_init_missing(arch):
    stopped(qemu(arch, append="init=/nowhere", timeout=LIMIT), "/nowhere")


def test_init_not_elf(arch, tmp_path):
    stopped(boot_init(arch, tmp_path, b"#!/bin/sh\necho no\n"), "/init", "ELF")


def test_empty_init(arch, tmp_path):
    stopped(boot_init(arch, tmp_path, b""), "/init", "ELF")


def test_init_of_the_other_architecture(arch, tmp_path):
    data = (build(OTHER[arch]) / "user/init").read_bytes()
    stopped(boot_init(arch, tmp_path, data), "/init", "architecture|machine")


def base(arch):
    return 0x10000 if arch == "arm" else 0x400000


KERNEL = {"arm": 0xc0000000, "arm64": 0xffff800000000000}
LAST_PAGE = {"arm": 0xfffff000, "arm64": 0xfffffffffffff000}
SEGMENTS = {
    "over the kernel": lambda a: [(KERNEL[a], 0x100, 0x1000, 0x1000)],
    "into the kernel": lambda a: [(base(a), 0x100, KERNEL[a], 0x1000)],
    "around the end": lambda a: [(LAST_PAGE[a], 0x100, 0x2000, 0x1000)],
    "size around the end": lambda a: [(base(a), 0x100, LAST_PAGE[a] + 0xfff, 0x1000)],
    "data outside the file": lambda a: [(base(a), 0x100000, 0x100000, 0x1000)],
    "file offset around the end": lambda a: [(base(a), 0x1000, 0x1000, LAST_PAGE[a])],
    "more data than memory": lambda a: [(base(a), 0x1000, 0x100, 0x1000)],
    "over each other": lambda a: [(base(a), 0x800, 0x2000, 0x1000), (base(a) + 0x1000, 0x800, 0x1000, 0x1000)],
    "non-canonical": lambda a: [(1 << (31 if a == "arm" else 60), 0x100, 1 << 31, 0x1000)],
}


@pytest.mark.parametrize("kind", SEGMENTS)
def test_bad_segments(arch, tmp_path, kind):
    stopped(boot_init(arch, tmp_path, elf(arch, SEGMENTS[kind](arch))), "/init", "segment")


def test_entry_outside(arch, tmp_path):
    """Loads, and dies at its first instruction: the death of init is an end with a message."""
    data = elf(arch, [(base(arch), 0x100, 0x1000, 0x1000)], entry=KERNEL[arch] + 0x1000)
    stopped(boot_init(arch, tmp_path, data), "init")


def test_truncated_program_headers(arch, tmp_path):
    stopped(boot_init(arch, tmp_path, elf(arch, [(base(arch), 0x100, 0x1000, 0x1000)])[:70]), "/init")


# --- the machine and its arguments ---

@pytest.mark.parametrize("mem", ("1M", "2M", "4M", "6M", "8M", "12M", "16M", "24M"))
def test_small_memory(arch, mem):
    """Too small is said; large enough runs. QEMU itself refuses an image that does not fit."""
    r = qemu(arch, mem=mem, timeout=30)
    if re.search(r"qemu-system.*(too large|could not load|overlap|not enough|Failed)", r.out, re.I):
        pytest.skip("QEMU refuses it: " + r.lines[0])
    if r.status != 0:
        stopped(r, "memory|initramfs|device tree")
    else:
        assert r.tour(), r


@pytest.mark.parametrize("argument", ("nosuch=" + "a" * 4096, "init=/" + "b" * 4096, "c" * 4096,
                                      " ".join("w%d=1" % i for i in range(600))),
                         ids=("unknown", "init", "word", "words"))
def test_long_argument(arch, argument):
    """A boot argument of 4 KiB: said, and the kernel goes on or stops, as the argument wants."""
    r = qemu(arch, append=argument, timeout=60)
    assert not r.timed_out, r
    assert re.search("argument|/bbb", r.out), r
    if r.status == 0:
        assert r.tour(), r


def test_unknown_argument_is_named(arch):
    r = make_run(ARCH=arch, APPEND="frobnicate=3 loglevel=banana")
    assert r.status == 0, r
    assert "frobnicate" in r.out and "banana" in r.out, r
