// SPDX-License-Identifier: MIT
/*
 * model [--logs FILE] [--depth N]: explores everything, then holds the crossings of FILE against
 * what it found. A line of FILE is one crossing:
 *	arm64 irq kernel irqs=1 lockdep=1 tracked=1: L- { C T- } ... X
 */
#define MODEL_PLAIN
#include "explore.h"
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const arches[NR_ARCH] = { "arm", "arm64" };

static bool shown[NR_ARCH][NR_DOORS][NR_CONTEXTS];

static int index_of(const char *word, const char *(*name)(u32), u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (!strcmp(word, name(i)))
			return i;
	return -1;
}
static const char *door_of(u32 i) { return door_name(i); }
static const char *context_of(u32 i) { return context_name(i); }
static const char *arch_of(u32 i) { return arches[i]; }

/* ---- logs ---- */

static bool parse(char *line, struct logged *log)
{
	char arch[16], door[16], ctx[16];
	int irqs, lockdep, tracked, at = 0, a, d, c;

	if (sscanf(line, "%15s %15s %15s irqs=%d lockdep=%d tracked=%d:%n", arch, door, ctx, &irqs, &lockdep,
		   &tracked, &at) != 6 || !at)
		return false;
	a = index_of(arch, arch_of, NR_ARCH);
	d = index_of(door, door_of, NR_DOORS);
	c = index_of(ctx, context_of, NR_CONTEXTS);
	if (a < 0 || d < 0 || c < 0)
		return false;
	*log = (struct logged){ .arch = a, .door = d, .ctx = c, .irqs_on = irqs, .lockdep = lockdep,
				.tracked = tracked };
	for (char *word = strtok(line + at, " \n"); word; word = strtok(NULL, " \n")) {
		u8 arg;
		int ev = spec_event(word, &arg);

		if (ev < 0 || log->nr == CROSSING_MAX)
			return false;
		log->ev[log->nr].event = ev;
		log->ev[log->nr++].arg = arg;
	}
	return true;
}

static bool check_line(const char *text)
{
	static char copy[4096];
	static struct logged log;
	u32 far;

	snprintf(copy, sizeof(copy), "%s", text);
	if (!parse(copy, &log)) {
		printf("model: not a crossing: %s", text);
		return false;
	}
	shown[log.arch][log.door][log.ctx] = true;
	if (explore_log(&log, &far))
		return true;
	printf("model: %s: %s from %s: the target did what the model cannot do:\n  %s",
	       arch_of(log.arch), door_of(log.door), context_of(log.ctx), text);
	if (totals.kinds[log.arch][log.door][log.ctx])
		printf("  it can follow the first %u of %u events\n", far, log.nr);
	else
		printf("  it never reaches this kind of crossing\n");
	return false;
}

static void list_not_shown(u32 arch)
{
	bool any = false;

	for (u32 d = 0; d < NR_DOORS; d++)
		for (u32 c = 0; c < NR_CONTEXTS; c++)
			if (totals.kinds[arch][d][c] && !shown[arch][d][c]) {
				printf("%s%s from %s", any ? ", " : "  reached, but in no log of it: ",
				       door_of(d), context_of(c));
				any = true;
			}
	if (any)
		printf("\n");
}

/* Returns how many lines were not accepted; -1: no such file. */
static int check_logs(const char *path)
{
	char line[4096];
	u32 lines = 0, bad = 0, per_arch[NR_ARCH] = { 0 };
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		return -1;
	}
	while (fgets(line, sizeof(line), f)) {
		for (u32 a = 0; a < NR_ARCH; a++)
			per_arch[a] += !strncmp(line, arches[a], strlen(arches[a])) && line[strlen(arches[a])] == ' ';
		lines++;
		bad += !check_line(line);
	}
	fclose(f);
	for (u32 a = 0; a < NR_ARCH; a++) {
		printf("logs of %s: %u different crossings\n", arches[a], per_arch[a]);
		if (per_arch[a])
			list_not_shown(a);
	}
	printf("logs: %u different crossings, %u accepted\n", lines, lines - bad);
	return bad;
}

/* ---- the whole ---- */

static u32 count_kinds(void)
{
	u32 n = 0;

	for (u32 d = 0; d < NR_DOORS; d++)
		for (u32 c = 0; c < NR_CONTEXTS; c++)
			n += totals.kinds[0][d][c] || totals.kinds[1][d][c];
	return n;
}

static void list_kinds(void)
{
	for (u32 d = 0; d < NR_DOORS; d++) {
		bool any = false;

		for (u32 c = 0; c < NR_CONTEXTS; c++) {
			if (!totals.kinds[0][d][c] && !totals.kinds[1][d][c])
				continue;
			if (!any)
				printf("  %-8s from", door_of(d));
			printf("%s %s", any ? "," : "", context_of(c));
			any = true;
		}
		if (any)
			printf("\n");
	}
}

int main(int argc, char **argv)
{
	const char *logs = NULL;
	u32 depth = MAX_DEPTH;
	struct totals all;
	int bad = 0, option;

	while ((option = getopt(argc, argv, "l:d:")) != -1) {
		if (option == 'l')
			logs = optarg;
		else if (option == 'd')
			depth = strtoul(optarg, NULL, 0);
		else
			return 2;
	}
	if (depth > MAX_DEPTH) {
		fprintf(stderr, "model: -d goes to %u\n", MAX_DEPTH);
		return 2;
	}
	explore_init();
	if (!explore(depth)) {
		explain(depth);
		printf("model: depth %u, 1 violation\n", depth);
		return 1;
	}
	all = totals;
	printf("kinds of crossing:\n");
	list_kinds();
	printf("%llu crossings (a door in a state) of at most %u steps\n", (unsigned long long)all.crossings,
	       all.longest);
	if (logs)
		bad = check_logs(logs);
	printf("model: %llu states, %llu transitions, depth %u, %u kinds of crossing, 0 violations\n",
	       (unsigned long long)all.states, (unsigned long long)all.transitions, depth, count_kinds());
	return bad ? 1 : 0;
}
