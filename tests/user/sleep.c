/* SPDX-License-Identifier: MIT */
/* Clocks and sleeping. Upper limits are generous: the host may be busy. */
#include "test/tap.h"

#define TIMER_ABSTIME	1

static void clocks(void)
{
	struct timespec t = { -1, -1 };
	u64 last = now_ns(), now;
	bool forward = true;

	is(clock_gettime(CLOCK_REALTIME, &t), 0, "CLOCK_REALTIME");
	ok(t.sec >= 0 && t.nsec >= 0 && t.nsec < 1000000000, "... is a time");
	for (int i = 0; i < 10000; i++) {
		now = now_ns();
		forward = forward && now >= last;
		last = now;
	}
	ok(forward, "CLOCK_MONOTONIC does not go back");
	now = now_ns();
	for (int i = 0; i < 1000000 && now_ns() == now; i++)
		cpu_yield();
	ok(now_ns() > now, "CLOCK_MONOTONIC goes on");
}

static void sleeps(u32 ms)
{
	u64 from = now_ns(), took;

	sleep_ms(ms);
	took = now_ns() - from;
	ok(took >= ms * 1000000ULL && took < ms * 1000000ULL + 2000000000, "nanosleep: %u ms", ms);
}

static void clock_sleeps(void)
{
	u64 from = now_ns(), until = from + 20000000;
	struct timespec relative = { 0, 10000000 };
	struct timespec absolute = { until / 1000000000, until % 1000000000 };

	is(SYS(NR_clock_nanosleep, CLOCK_MONOTONIC, 0, &relative, 0, 0, 0), 0,
	   "clock_nanosleep: for 10 ms");
	ok(now_ns() - from >= 10000000, "... and not less");
	is(SYS(NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &absolute, 0, 0, 0), 0,
	   "clock_nanosleep: until a time");
	ok(now_ns() >= until, "... and not sooner");
	is(SYS(NR_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &absolute, 0, 0, 0), 0,
	   "clock_nanosleep: until a time that is past");
}

static int sleeper(void *ms)
{
	sleep_ms((long)ms);
	return (long)ms;
}

/* They end in the order of their times, whatever the order of their beginnings. */
static void together(void)
{
	static const int ms[] = { 90, 30, 60 };
	int pids[3], order[3] = { 0 }, status;

	for (u32 i = 0; i < ARRAY_SIZE(ms); i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			exit(sleeper((void *)(long)ms[i]));
	}
	for (u32 i = 0; i < ARRAY_SIZE(ms); i++)
		order[i] = wait4(-1, &status, 0) > 0 ? status >> 8 : -1;
	ok(order[0] == 30 && order[1] == 60 && order[2] == 90, "three sleep at once");
}

static void beside_work(void)
{
	volatile int *stop = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	u64 from = now_ns();
	int pid = fork();

	if (pid == 0) {
		while (!*stop)
			cpu_yield();
		exit(0);
	}
	sleep_ms(30);
	ok(now_ns() - from >= 30000000, "a sleep while another process works");
	*stop = 1;
	exited(wait_status(pid), 0, "... which goes on");
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	clocks();
	sleeps(0);
	sleeps(1);
	sleeps(10);
	sleeps(100);
	clock_sleeps();
	together();
	beside_work();
	done();
}
