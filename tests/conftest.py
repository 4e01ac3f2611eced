# SPDX-License-Identifier: MIT
"""What every test uses: build a kernel once, boot it with a time-out, look at what it said."""

import fcntl
import os
import re
import signal
import struct
import subprocess
from pathlib import Path

import pexpect
import pytest

TOP = Path(__file__).resolve().parent.parent
ARCHES = ("arm", "arm64")
QEMU = {"arm": "qemu-system-arm", "arm64": "qemu-system-aarch64"}
RAM = 0x40000000
TIMEOUT = 60

# Variables that the caller may have exported for a `make` of their own.
ENV = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k not in
       ("ARCH", "CONFIG", "DESIGN", "LLVM", "GIC", "CPU", "SMP", "MEM", "APPEND", "INITRD", "QEMU_ARGS",
        "MACHINE", "O", "V", "CROSS_COMPILE", "TIMEOUT", "GDB", "NEWLIB", "QEMU")}


class Result(str):
    """
    What a command printed (both streams, in order) and how it ended. It is the text that a failed
    assertion shows, whole: pytest shortens anything but a string.
    """

    def __new__(cls, args, out, status):
        self = str.__new__(cls, "%s\nstatus %s, output:\n%s" % (" ".join(map(str, args)), status, out))
        self.out, self.status = out, status
        self.timed_out = status == 124 or "time-out" in out
        return self

    @property
    def lines(self):
        return self.out.splitlines()

    def tour(self):
        """(crossings, in order) of the closing line of the tour, or None."""
        m = re.search(r"^tour: (\d+) crossings, (\d+) in order", self.out, re.M)
        return m and (int(m.group(1)), int(m.group(2)))


def run(args, timeout=TIMEOUT, cwd=TOP, **kw):
    """Runs a command; on time-out ends its whole process group and says so in the output."""
    p = subprocess.Popen([str(a) for a in args], cwd=cwd, env=ENV, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **kw)
    try:
        out, _ = p.communicate(timeout=timeout)
        status = p.returncode
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        out, _ = p.communicate()
        out += b"\n[stopped by the test after %d s: time-out]\n" % timeout
        status = 124
    return Result(args, out.decode("utf-8", "replace").replace("\r\n", "\n"), status)


def terminal(command, args, **kw):
    """A command on a terminal of its own."""
    kw = dict(dict(cwd=str(TOP), env=dict(ENV, TERM="dumb"), encoding="utf-8"), **kw)
    try:
        return pexpect.spawn(command, args, **kw)
    except OSError as e:
        return pytest.skip("no terminal can be had here: %s" % e)


_built = {}


def build(arch, config="debug", llvm=False, design=""):
    """The directory of a build, made once; test processes take turns."""
    key = (arch, config, llvm, design)
    if key not in _built:
        (TOP / "build").mkdir(exist_ok=True)
        with open(TOP / "build/.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            r = run(["make", "-j2", "ARCH=" + arch, "CONFIG=" + config, "DESIGN=" + design] + ["LLVM=1"] * llvm, 300)
        assert r.status == 0, r
        _built[key] = TOP / "build" / arch / (config + "".join("-" + d for d in design.split()) + ("-llvm" if llvm else ""))
    return _built[key]


def make_run(timeout=TIMEOUT, **variables):
    """`make run VARIABLE=value...`, what a person types."""
    build(variables.get("ARCH", "arm"), variables.get("CONFIG", "debug"), "LLVM" in variables,
          variables.get("DESIGN", ""))
    args = ["make", "run", "TIMEOUT=%d" % timeout] + ["%s=%s" % kv for kv in variables.items()]
    return run(args, timeout + 30)


def machine(arch, gic=None, cpu=None, options=""):
    gic = gic or (2 if arch == "arm" else 3)
    cpu = cpu or ("cortex-a15" if arch == "arm" else "cortex-a57")
    return [QEMU[arch], "-M", "virt,gic-version=%d,dtb-randomness=off%s" % (gic, options), "-cpu", cpu]


CONSOLE = ["-nic", "none", "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot"]
SEMIHOSTING = ["-semihosting-config", "enable=on,target=native"]


def qemu(arch, *args, gic=None, cpu=None, options="", mem="128M", kernel=None, initrd=None,
         append=None, dtb=None, semihosting=True, timeout=TIMEOUT, config="debug"):
    """QEMU by hand. kernel and initrd: None for those of the build, False for none."""
    out = build(arch, config)
    cmd = machine(arch, gic, cpu, options) + CONSOLE + ["-m", mem]
    cmd += SEMIHOSTING if semihosting else []
    for option, value, default in (("-kernel", kernel, out / "Image"),
                                   ("-initrd", initrd, out / "initramfs.cpio")):
        if value is not False:
            cmd += [option, value or default]
    cmd += ["-append", append] if append else []
    cmd += ["-dtb", dtb] if dtb else []
    return run(cmd + list(args), timeout)


def raw_boot(arch, tmp_path, dtb, initrd=True, config="debug", mem="128M", **kw):
    """
    Boots without QEMU's loader, which refuses or repairs a broken device tree: the image, the
    tree (bytes; None: the register is zero) and a few instructions that pass its address. QEMU puts
    a tree of its own at the start of RAM: the image goes above that.
    """
    out = build(arch, config)
    image, tree, stub = RAM + (0x210000 if arch == "arm" else 0x200000), RAM + 0x4000000, RAM + 0x5000000
    if arch == "arm":		# mov r0, #0; ldr r2, =tree; ldr pc, =image
        code = struct.pack("<6I", 0xe3a00000, 0xe59f2004, 0xe59ff004, 0xe1a00000,
                           tree if dtb is not None else 0, image)
    else:			# ldr x0, =tree; ldr x16, =image; br x16
        code = struct.pack("<4I2Q", 0x58000080, 0x580000b0, 0xd61f0200, 0xd503201f,
                           tree if dtb is not None else 0, image)
    (tmp_path / "stub.bin").write_bytes(code)
    args = ["-device", "loader,file=%s,addr=%#x,force-raw=on" % (out / "Image", image),
            "-device", "loader,file=%s,addr=%#x,force-raw=on,cpu-num=0" % (tmp_path / "stub.bin", stub)]
    if dtb is not None:
        (tmp_path / "raw.dtb").write_bytes(dtb)
        args += ["-device", "loader,file=%s,addr=%#x,force-raw=on" % (tmp_path / "raw.dtb", tree)]
    return qemu(arch, *args, kernel=False, initrd=False, mem=mem, config=config, **kw)


def device_tree(arch, tmp_path, **kw):
    """The source of the tree that QEMU makes for this machine, as text."""
    dtb = tmp_path / "virt.dtb"
    opts = ",dumpdtb=%s" % dtb
    r = run(machine(arch, options=opts, **kw) + CONSOLE + ["-m", "128M"], 20)
    assert dtb.exists(), r
    r = run(["dtc", "-q", "-I", "dtb", "-O", "dts", dtb], 20)
    assert r.status == 0, r
    return r.out


def compile_tree(source, path):
    p = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(path)], input=source.encode(),
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert p.returncode == 0, p.stdout
    return path


def without_node(source, name):
    """The source without every node whose name matches, whole."""
    lines, out, skip = source.splitlines(), [], 0
    found = False
    for line in lines:
        if not skip and re.match(r"\s*(?:%s) \{" % name, line):
            skip, found = 1, True
            continue
        if skip:
            skip += line.count("{") - line.count("}")
            continue
        out.append(line)
    assert found, "no node %s in the tree" % name
    return "\n".join(out) + "\n"


def cpio(entries):
    """A newc archive of (name, mode, data)."""
    def entry(ino, name, mode, data):
        head = "070701" + "".join("%08X" % v for v in (ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                                                         len(name) + 1, 0))
        b = head.encode() + name.encode() + b"\0"
        b += b"\0" * (-len(b) % 4) + data
        return b + b"\0" * (-len(b) % 4)
    parts = [entry(i + 1, *e) for i, e in enumerate(entries)]
    return b"".join(parts) + entry(0, "TRAILER!!!", 0, b"")


def ktap(out):
    """(name, verdict) of every KTAP line; verdict: ok, not ok or skipped."""
    found = []
    for m in re.finditer(r"^\s*(not ok|ok) \d+ (?:- )?([^#\n]*?)\s*(#\s*SKIP.*)?$", out, re.M):
        found.append((m.group(2), "skipped" if m.group(3) else m.group(1)))
    return found


@pytest.fixture(params=ARCHES)
def arch(request):
    return request.param
