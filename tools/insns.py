# SPDX-License-Identifier: MIT
"""The instructions of a run, as QEMU sees them: an account of where the machine was that owes nothing to it."""

import array
import re
import subprocess
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

LINE = re.compile(r"Trace \d+: 0x\S+ \[[0-9a-f]+/([0-9a-f]+)/")


def single_step(qemu):
    """One instruction a block: each version refuses the other's option."""
    version = subprocess.run([qemu, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"version (\d+)\.(\d+)", version)
    new = found and tuple(map(int, found.groups())) >= (8, 1)
    return ["-accel", "tcg,one-insn-per-tb=on"] if new else ["-singlestep"]


def symbols(build):
    """Sorted (address, name) of the text of the kernel in a build's directory."""
    table = []
    for line in open(f"{build}/lintel.sym"):
        address, kind, name = line.split()[:3]
        if kind in "tTwW" and not name.startswith("$"):
            table.append((int(address, 16), name))
    return sorted(table)


def plugin(qemu):
    """What makes QEMU load ours, made for its version."""
    found = re.search(r"version (\d+)", subprocess.run([qemu, "--version"], capture_output=True, text=True, check=True).stdout)
    so = TOP / "build/plugin" / ("trace-%d.so" % (2 if found and int(found[1]) >= 9 else 1))
    subprocess.run(["make", "-s", "-C", TOP, so.relative_to(TOP)], check=True)
    return so


def trace(command, console="null", seconds=300):
    """The program counters of the run of a QEMU command line (one CPU), counted in instructions."""
    pcs, so = array.array("Q"), plugin(command.split()[0])
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(f"timeout {seconds} {command} -icount shift=4,sleep=off -plugin {so},out={log.name} "
                       f"-serial {console} -monitor none </dev/null", shell=True, check=True)
        pcs.frombytes(log.read())
    return pcs
