/* SPDX-License-Identifier: MIT */
/* A CPU that this has for itself (nohz_full=, SMP=): whose user mode is tracked, and that its time counts without ticks. */
#include "test/tap.h"

#define CLOCK_THREAD_CPUTIME_ID	3
#define SPIN_MS			400

static u32 hz;

/* A letter for each CPU, y or n. */
static bool tracked_on(const char *tracked, int cpu)
{
	return cpu < (int)strlen(tracked) && tracked[cpu] == 'y';
}

static s64 cpu_ms(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (s64)t.sec * 1000 + t.nsec / 1000000;
}

static void each_cpu(u64 cpus, const char *tracked)
{
	struct lintel_info info;

	for (int cpu = 0; cpu < 64; cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		ok(!sched_setaffinity(0, 1ULL << cpu) && getcpu() == cpu, "on CPU %d", cpu);
		if (lintel(LINTEL_INFO, &info))
			continue;
		if (tracked)
			is(info.tracking, tracked_on(tracked, cpu), "... is its user mode tracked?");
		hz = info.counter_hz;
	}
}

/* By the counter: no call, so nothing but ticks or their absence is there to be counted. */
static void spin(void)
{
	s64 from = cpu_ms(), took;

	spin_ticks((u64)hz * SPIN_MS / 1000);
	took = cpu_ms() - from;
	ok(took >= SPIN_MS * 3 / 4, "%d ms in user mode are %d ms of CPU time", SPIN_MS, (int)took);
}

/* What was used before a sleep stays used. */
static void spin_and_sleep(void)
{
	s64 from = cpu_ms(), took;

	spin_ticks((u64)hz * SPIN_MS / 1000);
	sleep_ms(20);
	took = cpu_ms() - from;
	ok(took >= SPIN_MS * 3 / 4, "... also with a sleep behind them (%d)", (int)took);
}

int main(int argc, char **argv, char **envp)
{
	u64 cpus = 1;

	(void)argc, (void)argv;
	sched_getaffinity(0, &cpus);
	each_cpu(cpus, env_value(envp, "tracked"));		/* stays on the last one */
	if (hz) {
		spin();
		spin_and_sleep();
	} else {
		skip("not on Lintel", "CPU time without ticks");
	}
	done();
}
