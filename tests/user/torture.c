/* SPDX-License-Identifier: MIT */
/* What RCU's torture has in user mode: tasks that are there for a while, call, sleep, and end. Never ends. */
#include "lib/lib.h"

static int stay(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < 20; i++) {
		spin_ticks(20000);
		getppid();
		sleep_ms(2);
	}
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	for (;;)
		run_child(stay, NULL);
}
