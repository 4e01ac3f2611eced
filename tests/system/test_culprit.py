# SPDX-License-Identifier: MIT
"""
tools/culprit: an instruction too many on an entry path is named, whichever it is. A few of the seeds; SEEDS=all for all
of them, which takes minutes.
"""

import os
import re
import shutil

import pytest

from conftest import TOP, run

# name: (file below arch/ARCH, the line in whose place, what goes there; the seed is the line with 0x5e, or the last)
IRQENTRY = "DEFINE_IRQENTRY_ENTER(irqentry_enter, IRQENTRY_IRQ)\n{"
IDLE, WFI = "../../kernel/idle.c", "\tct_idle_enter();\n\tcpu_wfi();\n"
CALL = "\tlong nr = syscall_enter_from_user_mode(regs);\n"
SEEDS = {
    "arm64": {
        "slot-el0": ("entry.S", "\tstp\tx0, x1, [sp, #-S_SIZE]!", "\tmov\tx5, #0x5e\n{}"),
        "slot-el0-x0": ("entry.S", "\tstp\tx0, x1, [sp, #-S_SIZE]!", "\tmov\tx0, #0x5e\n{}"),
        "slot-el1": ("entry.S", "\tstp\tx0, x1, [sp, #S_X0]\n\t.endif", "\tmov\tx1, #0x5e\n{}"),
        "save": ("entry.S", "\tstp\tx10, x11, [sp, #S_X0 + 80]", "\tmov\tx11, #0x5e\n{}"),
        "save-lr": ("entry.S", "\tstp\tx30, x21, [sp, #S_LR]", "\tmov\tx30, #0x5e\n{}"),
        "save-swapped": ("entry.S", "\tstp\tx16, x17, [sp, #S_X0 + 128]", "\tstp\tx17, x16, [sp, #S_X0 + 128]"),
        "fiq-save": ("entry.S", "\tstp\tx12, x13, [sp, #S_X0 + 96]", "\t.ifc\t\\name, el1h_64_fiq\n\tmov\tx12, #0x5e\n\t.endif\n{}"),
        "frame": ("entry.S", "\tbl\t\\name\n", "\tstr\tx29, [sp, #S_X0 + 8 * 19]\n{}"),
        "current": ("entry.S", "\tbl\t\\name\n", "\tmov\tx18, #0x5e\n{}"),
        "syndrome": ("entry.S", "\tbl\t\\name\n", "\tmov\tx1, #0x5e\n{}"),
        "reload": ("entry.S", "\tldp\tx8, x9, [sp, #S_X0 + 64]", "{}\n\tmov\tx3, #0x5e"),
        "reload-last": ("entry.S", "\teret\n", "\tmov\tx27, #0x5e\n{}"),
        "irq-reload": ("entry.S", "\teret\n", "\t.ifc\t\\name, el1h_64_irq\n\tmov\tx1, #0x5e\n\t.endif\n{}"),
        "fiq-reload": ("entry.S", "\teret\n", "\t.ifc\t\\name, el0t_64_fiq\n\tmov\tx9, #0x5e\n\t.endif\n{}"),
        "reload-swapped": ("entry.S", "\tldp\tx6, x7, [sp, #S_X0 + 48]", "\tldp\tx7, x6, [sp, #S_X0 + 48]"),
        "reload-flags": ("entry.S", "\tmsr\tspsr_el1, x23\n", "\torr\tx23, x23, #0x80000000\n{}"),
        "sp-el0": ("entry.S", "\teret\n", "\tmsr\tsp_el0, x26\n{}"),
        "sp": ("entry.S", "\tldp\tx0, x1, [sp], #S_SIZE", "\tsub\tsp, sp, #16\n{}"),
        "i-slot": ("entry.S", "\tstp\tx0, x1, [sp, #S_X0]\n\t.endif", "\tmsr\tdaifclr, #2\n{}"),
        "i-save": ("entry.S", "\tmrs\tx22, elr_el1", "\tmsr\tdaifclr, #2\n{}"),
        "i-call": ("entry.S", "\tbl\t\\name\n", "\tmsr\tdaifclr, #2\n{}"),
        "i-reload": ("entry.S", "\tldp\tx2, x3, [sp, #S_X0 + 16]", "\tmsr\tdaifclr, #2\n{}"),
        "f-slot": ("entry.S", "\tstp\tx0, x1, [sp, #-S_SIZE]!", "\tmsr\tdaifclr, #1\n{}"),
        "f-reload": ("entry.S", "\tldp\tx2, x3, [sp, #S_X0 + 16]", "\tmsr\tdaifclr, #1\n{}"),
        "f-fiq": ("entry.S", "\tbl\t\\name\n", "\t.ifc\t\\name, el1h_64_fiq\n\tmsr\tdaifclr, #1\n\t.endif\n{}"),
        "c-i": ("doors.c", "\tlong nr = syscall_enter_from_user_mode(regs);", '\tlong nr;\n\tasm volatile("msr daifclr, #2");\n'
                "\tnr = syscall_enter_from_user_mode(regs);"),
        "c-live": ("doors.c", "\tlong nr = syscall_enter_from_user_mode(regs);", '\tlong nr;\n\tasm volatile("mov x19, #0x5e");\n'
                   "\tnr = syscall_enter_from_user_mode(regs);"),
        "switch": ("entry.S", "\tldp\tx23, x24, [x1, #CTX_X23]\n", "{}\tmov\tx24, #0x5e\n"),
        "i-switch": ("entry.S", "\tmov\tsp, x9\n\tmov\tx18, x1", "\tmsr\tdaifclr, #2\n{}"),
        "uaccess": ("uaccess.S", "10:\tsttr\tx3, [x0]\n", "{}\tmov\tx20, #0x5e\n"),
        "irq-stack": ("entry.S", "\tblr\tx10\n", "{}\tmov\tx22, #0x5e\n"),
        "i-irq-stack": ("entry.S", "\tmov\tx29, sp\n\t.cfi_def_cfa x29, 16\n", "\tmsr\tdaifclr, #2\n{}"),
        "idle": (IDLE, WFI, '{}\tasm volatile("mov x21, #0x5e");\n'),
        "i-idle": (IDLE, WFI, '{}\tasm volatile("msr daifclr, #2");\n'),
        "fp": ("doors.c", CALL, '{}\tasm volatile(".word 0x9e6703e9");\n'),		# fmov d9, xzr
        "fpcr": ("entry.S", "\tmsr\tspsr_el1, x23\n", "{}\t.if\t\\el == 0\n\tmsr\tfpcr, x22\n\t.endif\n"),
        "tls": ("entry.S", "\tmsr\tspsr_el1, x23\n", "{}\t.if\t\\el == 0\n\tmsr\ttpidr_el0, x23\n\t.endif\n"),
        "c-saved": ("../../entry/irq.c", IRQENTRY, '{}\n\tasm volatile("mov x25, #0x5e");'),
    },
    "arm": {
        "stub": ("entry.S", "\tmrs\tsp, spsr\t\t\t@ sp of this mode: scratch", "\tmov\tr5, #0x5e\n{}"),
        "stub-lr": ("entry.S", "\tcps\t#SVC_MODE\n\tsub\tsp, sp, #S_FRAME_SIZE + 8", "\tcps\t#SVC_MODE\n\tmov\tlr, #0x5e\n"
                    "\tsub\tsp, sp, #S_FRAME_SIZE + 8"),
        "svc": ("entry.S", "\tstmia\tsp, {r0, r7}\t\t\t@ orig_r0, syscallno", "\tmov\tr6, #0x5e\n{}"),
        "user": ("entry.S", "\tsub\tsp, sp, #S_PC\n\tstmia\tsp, {r0-lr}^\t\t\t@ r0-r12, sp_usr, lr_usr", "\tmov\tr11, #0x5e\n{}"),
        "kernel": ("entry.S", "\tstmia\tsp, {r0-r12}\n", "\tmov\tr9, #0x5e\n{}"),
        "kernel-lr": ("entry.S", "\tmov\tr1, lr\n\tldrd", "\tmov\tlr, #0x5e\n{}"),
        "fiq-early": ("entry.S", "\tmov\tr8, r0\n\tmov\tr9, r1\n", "\tmov\tr3, #0x5e\n{}"),
        "fiq-copy": ("entry.S", "\tmov\tr11, r0\n\tmov\tr12, r1\n", "{}\tmov\tr9, #0x5e\n"),
        "fiq-reload": ("entry.S", "\tadd\tr8, r8, #S_PC\n", "\tmov\tr4, #0x5e\n{}"),
        "frame": ("entry.S", "\tmov\tr0, sp\n\tno_syndrome\n\tbl\tarm_svc_\\name", "\tstr\tr0, [sp, #4 * 7]\n{}"),
        "current": ("entry.S", "\tno_syndrome\n\tbl\tarm_usr_\\name", "\tmov\tr9, #0x5e\n{}"),
        "syndrome": ("entry.S", "\tbl\tarm_usr_dabt", "\tmov\tr1, #0x5e\n{}"),
        "user-reload": ("entry.S", "\tadd\tsp, sp, #S_PC\n\trfeia\tsp!", "\tmov\tr12, #0x5e\n{}"),
        "user-lr": ("entry.S", "\tadd\tsp, sp, #S_PC\n\trfeia\tsp!", "\tldm\tsp, {{r14}}^\n{}"),
        "kernel-reload": ("entry.S", "\tldr\tsp, [sp, #S_SP]\n\trfeia", "\tmov\tr2, #0x5e\n{}"),
        "kernel-reload-lr": ("entry.S", "\tldr\tsp, [sp, #S_SP]\n\trfeia", "\tmov\tlr, #0x5e\n{}"),
        "sp": ("entry.S", "\tadd\tsp, sp, #S_PC\n\trfeia\tsp!", "\tsub\tsp, sp, #16\n{}"),
        "i-stub": ("entry.S", "\tbne\tvector_\\name\\()_svc", "\tcpsie\ti\n{}"),
        "i-user": ("entry.S", "\tstr\tr0, [sp, #S_SYSCALLNO]\t\t@ no system call", "\tcpsie\ti\n{}"),
        "i-call": ("entry.S", "\tno_syndrome\n\tbl\tarm_svc_\\name", "\tcpsie\ti\n{}"),
        "i-svc": ("entry.S", "\tbl\tarm_usr_svc", "\tcpsie\ti\n{}"),
        "i-reload": ("entry.S", "\tldr\tlr, [sp, #S_LR]\n", "\tcpsie\ti\n{}"),
        "f-fiq": ("entry.S", "\tbl\tarm_svc_fiq", "\tcpsie\tf\n{}"),
        "f-fiq-return": ("entry.S", "\tadd\tr8, r8, #S_PC\n", "\tcpsie\tf\n{}"),
        "switch": ("entry.S", "\tldmia\tr2!, {r4-r11}\n\tmov\tr9, r1\n", "\tldmia\tr2!, {{r4-r11}}\n\tmov\tr5, #0x5e\n"
                   "\tmov\tr9, r1\n"),
        "i-switch": ("entry.S", "\tldr\tsp, [r2]\n", "\tcpsie\ti\n{}"),
        "uaccess": ("uaccess.S", "82:\tstmia\tr0, {r3-r6}\n", "{}\tmov\tr8, #0x5e\n"),
        "irq-stack": ("entry.S", "\tblx\tr3\n", "{}\tmov\tr6, #0x5e\n"),
        "i-irq-stack": ("entry.S", "\tmov\tr4, sp\n\t.setfp", "\tcpsie\ti\n{}"),
        "idle": (IDLE, WFI, '{}\tasm volatile("mov r8, #0x5e");\n'),
        "i-idle": (IDLE, WFI, '{}\tasm volatile("cpsie i");\n'),
        "fp": ("doors.c", CALL, '{}\tasm volatile(".word 0xee040a10");\n'),		# vmov s8, r0
        "tls": ("entry.S", "\tclrex\t\t\t\t\t@ an interrupted", "\tmcr\tp15, 0, r1, c13, c0, 2\n{}"),
        "fiq-lr-und": ("entry.S", "\tldmia\tr7!, {r0, r1}\n\tcps\t#IRQ_MODE\n", "\tmov\tlr, #0x5e\n{}"),
        "fiq-lr-irq": ("entry.S", "\tmov\tlr, r0\n\tmsr\tspsr_cxsf, r1\n", "{}\tmov\tlr, #0x5e\n"),
        "fiq-spsr-abt": ("entry.S", "\tmsr\tspsr_cxsf, r2\n\tldmia\tr7!, {r0-r2}\n\tcps\t#UND_MODE", "\teor\tr2, r2, #0x5e\n{}"),
        "c-saved": ("../../entry/irq.c", IRQENTRY, '{}\n\tasm volatile("mov r8, #0x5e");'),
        "c-i": ("doors.c", "DEFINE_DOOR(arm_usr_irq, DOOR_IRQ, SLOT_IRQ, CONTRACT_USER)\n{", '{}\n\tasm volatile("cpsie i");'),
    },
}

FEW = {
    "arm64": ("slot-el1", "frame", "sp-el0", "f-reload", "c-saved", "i-idle", "tls"),
    "arm": ("stub-lr", "fiq-copy", "user-lr", "i-call", "sp", "uaccess", "fiq-lr-und"),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the source to put seeds into."""
    there = tmp_path_factory.mktemp("seeded") / "tree"
    shutil.copytree(TOP, there, ignore=shutil.ignore_patterns("build", ".git", "__pycache__", ".pytest_cache"), symlinks=True)
    return there


def culprit(tree, arch, *variables):
    return run(["tools/culprit", "-s", "60", arch, *variables], 180, cwd=tree)


def seeded(tree, arch, seed):
    """(what the tool says, the seed's text as a disassembler writes it)."""
    name, place, insert = SEEDS[arch][seed]
    path = tree / "arch" / arch / name
    text = path.read_text()
    assert place in text
    new = insert.replace("{{", "{").replace("}}", "}").replace("{}", place, 1)
    lines = [l for l in new.splitlines() if l not in place.splitlines() and not l.startswith("\t.")]
    wanted = next((l for l in lines if "0x5e" in l), next((l for l in lines if "daif" in l or "cpsie" in l), lines[0]))
    try:
        path.write_text(text.replace(place, new))
        return culprit(tree, arch), re.sub(r'.*"(.*)".*', r"\1", wanted).strip().replace("\t", " ")
    finally:
        path.write_text(text)


@pytest.mark.parametrize("arch, seed", [(a, s) for a in SEEDS for s in SEEDS[a]
                                        if s in FEW[a] or os.environ.get("SEEDS") == "all"])
def test_named(tree, arch, seed):
    r, wanted = seeded(tree, arch, seed)
    named = [l for l in r.lines if l.startswith("culprit: ")]
    assert r.status == 1 and named, r
    insn, source = named[-1].split("(")[-1], SEEDS[arch][seed][0].rsplit("/", maxsplit=1)[-1]
    assert wanted.split(" ")[0] in insn and ("0x5e" in wanted) == ("0x5e" in insn) and source + ":" in named[-1], (wanted, r)


def test_nothing_to_name(tree, arch):
    r = culprit(tree, arch)
    assert r.status == 0 and "nothing found" in r.out and "the run ended" in r.out, r
