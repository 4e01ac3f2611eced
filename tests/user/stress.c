/* SPDX-License-Identifier: MIT */
/* Stress in user mode: families of processes that fork, fault, sleep and end. One that sees something wrong ends init,
 * and with it the machine. Otherwise it never ends. */
#include "lib/lib.h"

#define FAMILIES	4
#define WRONG		99

static int mine = 1;		/* each process has its own */

static int wrong(const char *what)
{
	printf("stress: user mode: %s\n", what);
	return WRONG;
}

static int live(u32 n)
{
	volatile char *fresh = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	u64 from = now_ns();

	if (mine != 1)
		return wrong("a child has its sister's memory");
	mine = n;
	if (IS_ERR(fresh))
		return wrong("no memory");
	for (u32 i = 0; i < 4; i++) {
		if (fresh[i * PAGE])
			return wrong("new memory is not zero");
		fresh[i * PAGE] = n;
	}
	if (n % 4 == 0)
		sleep_ms(n % 3);
	else
		spin_ticks(n * 50);
	if (n % 4 == 0 && now_ns() - from < n % 3 * 1000000)
		return wrong("it was woken too early");
	getppid();
	return mine == (int)n && fresh[3 * PAGE] == (char)n ? (int)n & 63 : wrong("somebody wrote into its memory");
}

static int family(u32 n)
{
	for (;;) {
		int pid = fork(), status;

		if (pid == 0)
			exit(live(n % 256));
		if (pid < 0)
			return wrong("fork failed");
		status = wait_status(pid);
		if (status != STATUS_EXIT((int)(n % 256) & 63) || mine != 1)
			return wrong("a child ended otherwise");
		n = n * 5 + 1;
		sleep_ms(n / 256 % 16);		/* the others want to run, too */
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	for (u32 i = 0; i < FAMILIES; i++)
		if (fork() == 0)
			exit(family(i));
	wait4(-1, NULL, 0);
	return 1;
}
