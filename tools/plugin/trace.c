// SPDX-License-Identifier: MIT
/*
 * A plugin of QEMU's TCG: the address of every instruction that CPU 0 begins, into the file that its argument
 * names (tools/insns.py is the reader). 64 bits each, the host's byte order.
 *
 * Debian's QEMU loads plugins, but has no package with their header: what of it is used is declared here. The
 * Makefile knows which API version a QEMU wants.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORT		__attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*fn)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, void (*fn)(unsigned int cpu, void *data),
					    int flags, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*fn)(uint64_t id, void *data), void *data);

EXPORT int qemu_plugin_version = API_VERSION;

static FILE *out;

static void begins(unsigned int cpu, void *data)
{
	static uint64_t last;
	uint64_t pc = (uintptr_t)data;

	/* An I/O instruction is tried, and done again as the last of a block. */
	if (cpu || pc == last)
		return;
	last = pc;
	fwrite(&pc, sizeof(pc), 1, out);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_insn_exec_cb(insn, begins, 0, (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
	}
}

static void ended(uint64_t id, void *data)
{
	(void)id;
	(void)data;
	fclose(out);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	const char *name = argc == 1 && !strncmp(argv[0], "out=", 4) ? argv[0] + 4 : NULL;

	(void)info;
	out = name ? fopen(name, "wb") : NULL;
	if (!out) {
		fprintf(stderr, "trace: out=%s: no file to write to\n", name ? name : "");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
