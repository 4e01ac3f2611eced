# SPDX-License-Identifier: MIT
"""The build and the shape of the tree."""

import os
import re
import subprocess

import kconfiglib
import pexpect
import pytest
from elftools.elf.elffile import ELFFile

from conftest import ENV, TOP, build, run, terminal

CONFIGS = sorted(p.name for p in (TOP / "configs").iterdir() if p.is_file() and p.suffix != ".old")
DESIGNS = sorted(p.name for p in (TOP / "configs/design").iterdir())
GENERIC = ("entry", "rcu", "kernel", "mm", "fs", "lib", "drivers", "include/lintel")
ARCH_MACRO = re.compile(r"#\s*(?:el)?if.*\b(__arm__|__aarch64__|__ARM_ARCH\w*|CONFIG_ARM|CONFIG_ARM64|__LP64__)\b"
                        r"|IS_ENABLED\(CONFIG_ARM(64)?\)")
pytestmark = pytest.mark.quick


def sources(*rooms):
    for room in rooms:
        yield from (p for p in sorted((TOP / room).rglob("*")) if p.suffix in (".c", ".h", ".S", ".def"))


def test_generic_rooms_know_no_architecture():
    found = ["%s:%d: %s" % (p.relative_to(TOP), n, line) for p in sources(*GENERIC)
             for n, line in enumerate(p.read_text().splitlines(), 1) if ARCH_MACRO.search(line)]
    assert not found, "\n".join(found)


def test_entry_is_small_and_without_assembly():
    files = list(sources("entry"))
    assert sum(len(p.read_text().splitlines()) for p in files) < 750
    assert not [p for p in files if p.suffix == ".S"]
    assert not [p for p in files if re.search(r"\b(__)?asm(__)?\b\s*(volatile|\()", p.read_text())]


def test_keepers_do_not_know_entry():
    keepers = [p for p in sources("kernel/lockdep", "kernel/trace", "rcu", "lib")
               if re.search(r'#include\s*[<"]entry/(?!order\.def)', p.read_text())]
    assert not keepers


def test_licence_lines():
    rooms = GENERIC + ("include", "arch", "linker", "user", "tests", "tools")
    files = [str(p.relative_to(TOP)) for room in rooms for p in sorted((TOP / room).rglob("*"))]
    code = (".c", ".h", ".S", ".py", ".mk", ".def", ".dts", "Makefile")
    missing = [f for f in files if f.endswith(code)
               and "SPDX-License-Identifier: MIT" not in (TOP / f).read_text()[:200]]
    assert not missing


def kconfig(config):
    k = kconfiglib.Kconfig("Kconfig", warn_to_stderr=False)
    k.warn_assign_undef = k.warn_assign_override = k.warn_assign_redun = True
    k.load_config(str(TOP / "configs" / config))
    return k


@pytest.mark.parametrize("config", CONFIGS)
def test_config_is_consistent_with_kconfig(config, tmp_path, monkeypatch):
    """Each checked-in line took effect, nothing is unknown, and writing it again changes nothing."""
    monkeypatch.chdir(TOP)
    monkeypatch.setenv("KCONFIG_CONFIG_HEADER", "# SPDX-License-Identifier: MIT\n")
    k = kconfig(config)
    k.write_config(str(tmp_path / "again"))
    assert not k.warnings
    assert (tmp_path / "again").read_text() == (TOP / "configs" / config).read_text()


def said(path):
    """{symbol: value} of a configuration or a part of one; n is "is not set"."""
    return {m[1] or m[2]: m[3] or "n" for m in
            re.finditer(r"^(?:# CONFIG_(\w+) is not set|CONFIG_(\w+)=(\S+))$", path.read_text(), re.M)}


def built(out):
    """What the header of a build says of the symbols, as a compiler reads it."""
    r = run(["gcc", "-E", "-dM", "-undef", out / "include/autoconf.h"])
    assert r.status == 0, r
    return dict(re.findall(r"^#define CONFIG_(\w+) (\S+)$", r.out, re.M))


@pytest.mark.parametrize("design", DESIGNS)
def test_design_is_consistent_with_kconfig(design, monkeypatch):
    """On top of any configuration each of its lines takes effect, whole: nothing else has to change with it."""
    monkeypatch.chdir(TOP)
    lines = said(TOP / "configs/design" / design)
    assert lines
    for config in CONFIGS:
        k = kconfig(config)
        k.warn_assign_override = k.warn_assign_redun = False
        k.load_config(str(TOP / "configs/design" / design), replace=False)
        assert not k.warnings
        want = dict(said(TOP / "configs" / config), **lines)
        assert {s.name: s.str_value for s in k.unique_defined_syms if s.name in want} == want


def test_design_gets_into_the_build(arch):
    """The last one stands."""
    names = ["state-frame", "state-reference"]
    out = "build/%s/release-%s" % (arch, "-".join(names))
    r = run(["make", "ARCH=" + arch, "CONFIG=release", "DESIGN=" + " ".join(names), out + "/include/autoconf.h"])
    assert r.status == 0, r
    got = built(TOP / out)
    assert got["IRQENTRY_STATE_REFERENCE"] == "1" and "IRQENTRY_STATE_FRAME" not in got
    assert "IRQENTRY_STATE_VALUE" not in got and got["NR_CPUS"] == "64"


def test_every_used_symbol_is_in_kconfig():
    k = kconfiglib.Kconfig(str(TOP / "Kconfig"), warn=False)
    known = {"CONFIG_" + s.name for s in k.unique_defined_syms} | {"CONFIG_ARM", "CONFIG_ARM64", "CONFIG_X"}
    used = {(m, p) for p in sources(*GENERIC, "arch", "linker", "include", "tests/kernel")
            for m in re.findall(r"\bCONFIG_[A-Z0-9_]+", p.read_text())}
    assert not sorted((m, str(p)) for m, p in used if m not in known)


def test_products(arch):
    out = build(arch)
    for name in ("lintel.elf", "Image", "initramfs.cpio", "lintel.lst", "lintel.map", "lintel.sym", "lintel.size"):
        assert (out / name).stat().st_size > 0, name
    image = (out / "Image").read_bytes()
    if arch == "arm":
        assert image[0x24:0x28] == b"\x18\x28\x6f\x01"		# zImage
    else:
        assert image[0x38:0x3c] == b"ARM\x64"


def test_segments_are_writable_or_executable_never_both(arch):
    with open(build(arch) / "lintel.elf", "rb") as f:
        both = [s.header for s in ELFFile(f).iter_segments()
                if s["p_type"] == "PT_LOAD" and s["p_flags"] & 3 == 3]
    assert not both


def test_no_floating_point_in_the_kernel(arch):
    with open(build(arch) / "lintel.elf", "rb") as f:
        helpers = [s.name for s in ELFFile(f).get_section_by_name(".symtab").iter_symbols()
                   if re.match(r"__(aeabi_[fd](add|sub|mul|div|cmp|2)|(add|sub|mul|div)[dst]f3|atomic_|aarch64_(cas|swp|ld))",
                               s.name)]
    assert not helpers


def test_build_is_silent_and_complete(arch):
    """Nothing is made twice, and nothing but the closing line is said."""
    build(arch)
    r = run(["make", "ARCH=" + arch])
    assert r.status == 0 and len(r.lines) == 1, r
    before = (build(arch) / "lintel.elf").stat().st_mtime_ns
    run(["make", "ARCH=" + arch])
    assert (build(arch) / "lintel.elf").stat().st_mtime_ns == before


def test_archive_is_deterministic(arch, tmp_path):
    out = build(arch)
    programs = [p.name for p in sorted((out / "user").iterdir()) if p.is_file() and os.access(p, os.X_OK)]
    twice = [subprocess.run(["tools/mkcpio", str(out / "user")] + programs, cwd=TOP, capture_output=True,
                            check=True).stdout for _ in range(2)]
    assert twice[0] == twice[1] and twice[0].startswith(b"070701")


def test_symbol_table_is_right(arch):
    """The table inside the kernel, read back from the ELF, says what nm says."""
    with open(build(arch) / "lintel.elf", "rb") as f:
        elf = ELFFile(f)
        symbols = {s.name: s["st_value"] for s in elf.get_section_by_name(".symtab").iter_symbols()}

        def at(name, size):
            for s in elf.iter_segments():
                if s["p_type"] == "PT_LOAD" and 0 <= symbols[name] - s["p_vaddr"] < s["p_filesz"]:
                    start = symbols[name] - s["p_vaddr"]
                    return s.data()[start:start + size]
            raise AssertionError(name)

        def words(name, n):
            return [int.from_bytes(at(name, 4 * n)[i:i + 4], "little") for i in range(0, 4 * n, 4)]
        n = words("kallsyms_num", 1)[0]
        offsets = words("kallsyms_offsets", n)
        names = [at("kallsyms_names", 1 << 20)[o:].split(b"\0")[0].decode()
                 for o in words("kallsyms_name_offsets", n)]
        twice = duplicates(elf)
    assert n > 100 and offsets == sorted(offsets)
    wrong = [(name, hex(o)) for name, o in zip(names, offsets) if name.count("$") == 0
             and symbols.get(name) is not None and symbols[name] - symbols["_text"] != o
             and names.count(name) == 1 and name not in twice]
    assert not wrong
    assert "start_kernel" in names


def duplicates(elf):
    seen, twice = set(), set()
    for s in elf.get_section_by_name(".symtab").iter_symbols():
        (twice if s.name in seen else seen).add(s.name)
    return twice


def test_bad_variables_are_named():
    for args, says in ((["ARCH=vax"], "ARCH=vax"), (["CONFIG=nosuch"], "CONFIG=nosuch"),
                       (["CONFIG=design"], "CONFIG=design"),
                       (["DESIGN=state-frame nosuch"], "DESIGN=nosuch is unknown: there is preempt-full"),
                       (["CROSS_COMPILE=nosuch-"], "nosuch-gcc"), (["NEWLIB=/nosuch"], "/nosuch")):
        r = run(["make"] + args)
        assert r.status != 0 and says in r.out, r


def test_not_there_yet():
    for target in ("fuzz", "bench-linux", "trace", "replay"):
        r = run(["make", target])
        assert r.status and "make %s: not there yet" % target in r.out, r


@pytest.mark.parametrize("program, version, package", (
    ("qemu-system-arm", "QEMU emulator version 6.2.0 (Debian 1:6.2+dfsg-2)", "7.1"),
    ("arm-linux-gnueabihf-gcc", "11.4.0", "12.0"),
    ("gdb-multiarch", "GNU gdb (Debian 10.1-1.7) 10.1.90.20210103-git", "12.0")))
def test_old_tools_are_named(tmp_path, program, version, package):
    (tmp_path / program).write_text("#!/bin/sh\necho '%s'\n" % version)
    (tmp_path / program).chmod(0o755)
    r = run(["env", "PATH=%s:%s" % (tmp_path, os.environ["PATH"]), "./bootstrap", "--check"])
    assert r.status != 0 and re.search("%s is version .*%s or later" % (program, package), r.out), r


def test_bootstrap_without_apt(tmp_path):
    """Only the tools that bootstrap itself uses: the packages are listed by their names elsewhere."""
    for tool in ("sh", "dirname", "sort", "tr", "cat", "id", "sed"):
        real = subprocess.run(["sh", "-c", "command -v " + tool], capture_output=True, text=True, check=True)
        (tmp_path / tool).symlink_to(real.stdout.strip())
    r = run(["env", "PATH=%s" % tmp_path, "./bootstrap", "make", "run"])
    assert r.status == 1, r
    assert re.search(r"Fedora:.*qemu-system-arm.*\n.*Arch:.*\n.*Homebrew:.*qemu", r.out), r


def test_menuconfig():
    """The menu comes up, knows the symbols, and leaves a consistent configuration alone."""
    before = (TOP / "configs/debug").read_text()
    p = terminal("make", ["menuconfig"], env=dict(ENV, TERM="xterm"), timeout=20, dimensions=(40, 100))
    p.expect("Lintel")
    p.expect("event")
    p.send("q")
    p.expect(pexpect.EOF)
    p.close()
    assert p.exitstatus == 0 and (TOP / "configs/debug").read_text() == before
