/* SPDX-License-Identifier: MIT */
/* A little of everything that enters the kernel, for the profiler: calls, faults, switches, sleeps. */
#include "lib/lib.h"

#define ROUNDS	30
#define CALLS	40
#define PAGES	10
#define TURNS	10

static void call(void)
{
	for (u32 i = 0; i < CALLS; i++)
		getppid();
}

static void fault(void)
{
	volatile char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	for (u32 i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	munmap((void *)p, PAGES * PAGE);
}

static int take_turns(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < TURNS; i++)
		sched_yield();
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	for (u32 i = 0; i < ROUNDS; i++) {
		call();
		fault();
		run_child(take_turns, NULL);
		spin_ticks(5000);
		sleep_ms(1);
	}
	power_off();
}
