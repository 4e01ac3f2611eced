// SPDX-License-Identifier: MIT
/*
 * A plugin for QEMU's TCG: counts the instructions of each CPU, exactly, and writes all counts as a line each time that
 * some CPU executes the instruction at `mark`: the CPU's number first. (The guest's own counters mix all CPUs.)
 *
 *	gcc -shared -fPIC -DAPI=1 -o count.so count.c
 *	qemu-system-arm ... -plugin count.so,mark=0x...,out=file
 *
 * No package has the header for plugins; the few prototypes that are needed have been the same from QEMU 7 to 10,
 * but for the number of the API.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CPUS	64
#define VISIBLE		__attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exec_cb)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t nr);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

VISIBLE int qemu_plugin_version = API;

/* Each written by its own CPU alone, in a cache line of its own. */
static struct { uint64_t insns; char pad[56]; } count[MAX_CPUS];
static uint64_t mark;
static FILE *out;

static void executed(unsigned int cpu, void *data)
{
	(void)data;
	count[cpu % MAX_CPUS].insns++;
}

static void marked(unsigned int cpu, void *data)
{
	char line[24 * (MAX_CPUS + 1)], *end = line;

	(void)data;
	end += sprintf(end, "%u", cpu);
	for (int i = 0; i < MAX_CPUS; i++)
		end += sprintf(end, " %" PRIu64, __atomic_load_n(&count[i].insns, __ATOMIC_RELAXED));
	fprintf(out, "%s\n", line);
	fflush(out);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, 0, NULL);
		if (qemu_plugin_insn_vaddr(insn) == mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, 0, NULL);
	}
}

VISIBLE int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "mark=", 5))
			mark = strtoull(argv[i] + 5, NULL, 16);
		else if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
	}
	if (!mark || !out) {
		fprintf(stderr, "count: mark= and out= are needed\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
