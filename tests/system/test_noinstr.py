# SPDX-License-Identifier: MIT
"""
The noinstr checker: it finds every seeded violation of tests/noinstr, on each instruction set and
with both compilers, and nothing in clean code; and it says plainly what it cannot check.
"""

import contextlib
import importlib.util
import io
import re
import struct
import sys

import pytest
from elftools.elf.elffile import ELFFile

from conftest import TOP, Result, build, run

CHECKER = TOP / "tools/noinstr/__main__.py"
sys.path.insert(0, str(CHECKER.parent))
SPEC = importlib.util.spec_from_file_location("noinstr_main", CHECKER)
noinstr = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(noinstr)

SEEDS = sorted(p for p in (TOP / "tests/noinstr").iterdir() if p.suffix in (".c", ".S"))
GCC = {"arm": "arm-linux-gnueabihf-gcc", "arm64": "aarch64-linux-gnu-gcc"}
A32 = ["-march=armv7-a", "-mfloat-abi=soft"]
TARGETS = {	# name: architecture, flags of gcc, flags of clang
	"arm": ("arm", A32 + ["-marm"], ["--target=arm-linux-gnueabi"] + A32 + ["-marm"]),
	"thumb": ("arm", A32 + ["-mthumb"], ["--target=arm-linux-gnueabi"] + A32 + ["-mthumb"]),
	"arm64": ("arm64", ["-mgeneral-regs-only"], ["--target=aarch64-linux-gnu", "-mgeneral-regs-only"]),
}
VARIANTS = [pytest.param(c, t, id="%s-%s" % (c, t), marks=[pytest.mark.quick] * (c == "gcc" and t != "thumb"))
            for c in ("gcc", "clang") for t in TARGETS]
# A seed that a compiler cannot plant.
IMPOSSIBLE = {("clang", "stack-protector"): "clang protects all functions of a file or none"}


def expected(seed):
    """({finding}, [path], [flag]) of the comment on top."""
    head = re.sub(r"\n \* ?", "\n", seed.read_text().split("*/")[1])
    return (re.findall(r"^finds: (.*)$", head, re.M), " ".join(re.findall(r"^path: (.*)$", head, re.M)).split(),
            " ".join(re.findall(r"^flags: (.*)$", head, re.M)).split())


def link(seed, compiler, target, out, flags=()):
    arch, gcc, clang = TARGETS[target]
    cmd = [GCC[arch]] + gcc + ["-Wl,--no-warn-mismatch"] if compiler == "gcc" else \
        ["clang", "-fuse-ld=lld", "-fno-sanitize-link-runtime", "-Qunused-arguments"] + clang
    cmd += ["-std=gnu11", "-O2", "-g", "-ffreestanding", "-fno-pic", "-static", "-nostdlib", "-fno-builtin",
            "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-DCONFIG_DEBUG_ENTRY=1",
            "-I%s/include" % TOP, "-I%s/arch/%s/include" % (TOP, arch), "-Wl,-edoor", "-Wl,--build-id=none"]
    r = run(cmd + list(flags) + [seed, "-o", out], 60)
    assert r.status == 0, r
    return out


def check(elf):
    """What `tools/noinstr ELF` does, without the start of another Python."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = noinstr.main([str(elf)])
    return Result(["noinstr", elf], out.getvalue(), status)


def closing(r):
    """(functions, paths, violations) of the last line."""
    m = re.search(r"^noinstr \w+: (\d+) functions, (\d+) paths, (\d+) violations$", r.lines[-1])
    assert m, r
    return tuple(map(int, m.groups()))


def fits(seed, target):
    return seed.suffix == ".c" or seed.stem.split("-")[0] == target


@pytest.mark.parametrize("compiler,target", VARIANTS)
def test_seeded_violations_are_found(compiler, target, tmp_path):
    """Each of them, with the path that leads there, file and line; and nothing else."""
    wrong = []
    for seed in (s for s in SEEDS if fits(s, target) and (compiler, s.stem) not in IMPOSSIBLE):
        finds, path, flags = expected(seed)
        r = check(link(seed, compiler, target, tmp_path / seed.stem, flags))
        texts = [line for line in r.lines if line.startswith("noinstr: ")]
        right = (r.status == bool(finds) and len(texts) == closing(r)[2] == len(finds)
                 and all(any(f in t for t in texts for f in fs.split(" | ")) for fs in finds)
                 and [x for x in path if re.search(r"^    %s\b.*\b%s:\d+" % (x, seed.name), r.out, re.M)] == path)
        if not right:
            wrong.append("%s: wanted %s through %s\n%s" % (seed.stem, finds, path, r))
    assert not wrong, "\n\n".join(wrong)


# ---- the kernel ----

@pytest.mark.quick
def test_kernel_is_clean(arch):
    build(arch)
    r = run(["make", "-s", "noinstr", "ARCH=" + arch])
    assert r.status == 0 and closing(r)[2] == 0, r
    assert closing(r)[0] > 40 and closing(r)[1] > 500
    assert "excused: sleep_irqs_on (unmasked)" in r.out


@pytest.mark.parametrize("config,llvm", [("debug", True), ("sweep", False), ("release", False), ("release", True),
                                         ("release-traced", False), ("release-traced", True)])
def test_every_build_is_clean(arch, config, llvm):
    r = check(build(arch, config, llvm) / "lintel.elf")
    assert r.status == 0 and closing(r)[2] == 0, r


@pytest.mark.quick
def test_an_excuse_that_nobody_needs_is_a_violation(monkeypatch):
    rules = sys.modules["rules"]
    monkeypatch.setattr(rules, "EXCUSES", rules.EXCUSES + (rules.Excuse("ct_user_exit", "call", "once"),))
    r = check(build("arm") / "lintel.elf")
    assert r.status == 1 and "ct_user_exit is excused (call), but does no such thing" in r.out


# ---- what cannot be checked ----

def objcopy(tmp_path, *args):
    out = tmp_path / "copy"
    r = run(["arm-linux-gnueabihf-objcopy", *args, build("arm") / "lintel.elf", out])
    assert r.status == 0, r
    return out


def headers_apart(elf):
    """The section with the names is the second one, the third is behind the file's end."""
    offset, = struct.unpack_from("<I", elf, 32)
    names, = struct.unpack_from("<H", elf, 50)
    damaged = bytearray(elf)
    struct.pack_into("<I", damaged, 32, offset + 40 * names - 4096)
    struct.pack_into("<HHH", damaged, 46, 4096, 3, 1)
    return bytes(damaged)


def bad_files(tmp_path):
    """(file, what must be said about it)"""
    elf = (build("arm") / "lintel.elf").read_bytes()
    def damaged(name, data):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name
    yield TOP / "README.md", "not an ELF file"
    yield tmp_path / "nowhere", "no such file or directory"
    yield tmp_path, "is a directory"
    yield damaged("empty", b""), "not an ELF file"
    yield damaged("short", elf[:40]), "a damaged ELF file"
    yield damaged("cut", elf[:len(elf) // 2]), "a damaged ELF file"
    yield damaged("headers", headers_apart(elf)), "a damaged ELF file"
    yield damaged("x86", elf[:18] + b"\x3e" + elf[19:]), "made for x64; only 32-bit ARM and AArch64"
    yield damaged("big", elf[:5] + b"\x02" + elf[6:]), "a damaged ELF file|big-endian|made for"
    yield objcopy(tmp_path, "--strip-all"), "no symbols: it was stripped"
    yield next((build("arm") / "entry").glob("*.o")), "an object file"
    yield build("arm") / "user/init", "no noinstr text"


@pytest.mark.quick
def test_bad_files(tmp_path):
    """One line that says why, and status 2."""
    for path, what in bad_files(tmp_path):
        r = check(path)
        assert r.status == 2 and len(r.lines) == 1 and re.search(what, r.out), r
        assert r.out.startswith("noinstr: %s: " % path)


@pytest.mark.quick
def test_a_size_that_cannot_be_is_cut_off(tmp_path):
    """A function as long as the address space ends with its section: the checker ends, too."""
    with open(build("arm") / "lintel.elf", "rb") as f:
        table = ELFFile(f).get_section_by_name(".symtab")
        n = next(n for n, s in enumerate(table.iter_symbols()) if s.name == "ct_user_exit")
        size = table["sh_offset"] + n * table["sh_entsize"] + 8
        f.seek(0)
        elf = bytearray(f.read())
    elf[size:size + 4] = b"\xff\xff\xff\x7f"
    (tmp_path / "long").write_bytes(elf)
    r = run([sys.executable, TOP / "tools/noinstr", tmp_path / "long"], 20)
    assert closing(r)[0] > 40, r


@pytest.mark.quick
def test_make_passes_the_file_and_the_verdict(tmp_path):
    """Of any architecture, whatever ARCH says, and whatever its name is."""
    out = link(TOP / "tests/noinstr/call.c", "gcc", "arm64", tmp_path / "a call")
    r = run(["make", "-s", "noinstr", "ELF=%s" % out])
    assert r.status == 2 and "traced is called outside { }" in r.out and "noinstr arm64:" in r.out, r
