// SPDX-License-Identifier: MIT
/*
 * model [-d DEPTH] [-l FILE]: explores everything, then holds the crossings of FILE against what it
 * found. A line of FILE is one crossing, as crossings=log prints it, behind the architecture:
 *	arm64 irq kernel irqs=1 lockdep=1 tracked=1 without=: L- { C T- } ... X
 */
#define MODEL_PLAIN
#include "explore.h"
#include <string.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE	(CROSSING_MAX * 8 + 200)

static const char *const arches[NR_ARCH] = { "arm", "arm64" };

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

static u32 shown[NR_ARCH][SPEC_MAX];
static u32 logged[NR_ARCH], accepted[NR_ARCH];

/* "A,L-," are the events of keepers that the target does not have. */
static bool parse_without(char *list, struct logged *log)
{
	u8 arg;

	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		int ev = spec_event(word, &arg);

		if (ev < 0)
			return false;
		log->without[ev] = true;
	}
	return true;
}

static bool parse_events(char *list, struct logged *log)
{
	for (char *word = strtok(list, " \r\n"); word; word = strtok(NULL, " \r\n")) {
		u8 arg;
		int ev = spec_event(word, &arg);

		if (ev < 0 || log->nr == CROSSING_MAX)
			return false;
		log->ev[log->nr].event = ev;
		log->ev[log->nr++].arg = arg;
	}
	return log->nr;
}

static bool parse(char *line, struct logged *log)
{
	char arch[16], door[16], ctx[16], without[100];
	int irqs, lockdep, tracked, at = 0, a, d, c;

	if (sscanf(line, "%15s %15s %15s irqs=%d lockdep=%d tracked=%d without=%n", arch, door, ctx, &irqs, &lockdep,
		   &tracked, &at) != 6 || !at)
		return false;
	line += at;
	at = strcspn(line, ":");
	if (!line[at] || at >= (int)sizeof(without))
		return false;
	snprintf(without, sizeof(without), "%.*s", at, line);
	a = index_of(arch, arch_of, NR_ARCH);
	d = index_of(door, door_of, NR_DOORS);
	c = index_of(ctx, context_of, NR_CONTEXTS);
	if (a < 0 || d < 0 || c < 0)
		return false;
	*log = (struct logged){ .arch = a, .door = d, .ctx = c, .irqs_on = irqs, .lockdep = lockdep,
				.tracked = tracked };
	return parse_without(without, log) && parse_events(line + at + 1, log);
}

static bool check_line(const char *text, u32 nr)
{
	static char copy[LINE];
	static struct logged log;
	u32 far;

	snprintf(copy, sizeof(copy), "%s", text);
	if (!parse(copy, &log)) {
		printf("model: line %u of the logs is no crossing: %s", nr, text);
		return false;
	}
	logged[log.arch]++;
	if (explore_log(&log, &far, shown[log.arch])) {
		accepted[log.arch]++;
		return true;
	}
	printf("model: line %u of the logs: the target did what the model cannot do:\n  %s", nr, text);
	if (totals.kinds[log.arch][log.door][log.ctx])
		printf("  it can follow the first %u of %u events\n", far, log.nr);
	else
		printf("  it never reaches %s from %s\n", door_of(log.door), context_of(log.ctx));
	return false;
}

/* Returns how many lines were not accepted; -1: no such file. */
static int check_logs(const char *path)
{
	static char line[LINE];
	u32 nr = 0;
	int bad = 0;
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		return -1;
	}
	while (fgets(line, sizeof(line), f))
		bad += !check_line(line, ++nr);
	fclose(f);
	if (!nr)
		printf("model: %s is empty\n", path);
	return nr ? bad : -1;
}

/* ---- the whole ---- */

/* A kind of crossing is a line of entry/order.def. */
static u32 count_lines(u32 counts[NR_ARCH][SPEC_MAX])
{
	u32 n = 0;

	for (u32 i = 0; i < spec_lines(); i++)
		n += counts[0][i] || counts[1][i];
	return n;
}

static void print_line(u32 i)
{
	u8 door, ctx;
	const char *text = spec_line(i, &door, &ctx);

	printf("    %-8s %-8s %s\n", door_of(door), context_of(ctx), text);
}

static bool ended(u32 i) { return totals.lines[0][i] || totals.lines[1][i]; }

static void list_unended(void)
{
	u32 n = spec_lines() - count_lines(totals.lines);

	if (!n)
		return;
	printf("%u lines of entry/order.def on which no crossing of the model ends:\n", n);
	for (u32 i = 0; i < spec_lines(); i++)
		if (!ended(i))
			print_line(i);
}

/* At full depth a line that nothing can follow is wrong: it allows what must not be. Returns how many. */
static int check_lines(void)
{
	int bad = 0;

	for (u32 i = 0; i < spec_lines(); i++) {
		if (ended(i))
			continue;
		printf("model: no crossing can follow this line of entry/order.def:\n");
		print_line(i);
		bad++;
	}
	return bad;
}

static void report_logs(void)
{
	for (u32 a = 0; a < NR_ARCH; a++) {
		u32 reached = 0, missing = 0;

		for (u32 i = 0; i < spec_lines(); i++) {
			reached += totals.lines[a][i] != 0;
			missing += totals.lines[a][i] && !shown[a][i];
		}
		printf("logs of %s: %u different crossings, %u accepted; of %u reachable kinds %u are in no log%s\n",
		       arches[a], logged[a], accepted[a], reached, missing, missing ? ":" : "");
		for (u32 i = 0; i < spec_lines(); i++)
			if (totals.lines[a][i] && !shown[a][i])
				print_line(i);
	}
}

static u32 read_depth(const char *text)
{
	char *end;
	ulong n = strtoul(text, &end, 10);

	if (*text && !*end && n <= MAX_DEPTH)
		return n;
	fprintf(stderr, "model: depth %s: it is a number from 0 to %u\n", text, MAX_DEPTH);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *logs = NULL;
	u32 depth = MAX_DEPTH;
	struct totals all;
	int bad = 0, lines = 0, option;

	while ((option = getopt(argc, argv, "l:d:")) != -1) {
		if (option == 'l')
			logs = optarg;
		else if (option == 'd')
			depth = read_depth(optarg);
		else
			return 2;
	}
	spec_lines();
	explore_init();
	if (!explore(depth)) {
		explain(depth);
		printf("model: depth %u, 1 violation\n", depth);
		return 1;
	}
	all = totals;
	printf("%llu crossings (a door in a state) of at most %u steps\n", (unsigned long long)all.crossings,
	       all.longest);
	list_unended();
	if (depth == MAX_DEPTH)
		lines = check_lines();
	if (logs) {
		bad = check_logs(logs);
		report_logs();
	}
	printf("model: %llu states, %llu transitions, depth %u, %u of %u kinds of crossing, %u violations\n",
	       (unsigned long long)all.states, (unsigned long long)all.transitions, depth, count_lines(totals.lines),
	       spec_lines(), (bad < 0 ? 1 : bad) + lines);
	return bad || lines ? 1 : 0;
}
