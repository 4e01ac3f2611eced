/* SPDX-License-Identifier: MIT */
/*
 * /init. A word of the boot arguments that the kernel does not know arrives in argv, one with
 * a `=` in envp; so `shell` on the command line starts the shell instead of the tour, and
 * `tour=dump` also prints what the ring has of the tour.
 *
 * The exit status of the whole run hangs on the last lines: power off means success, while the
 * end of process 1 with a status makes the kernel end the machine with that status.
 */
#include "programs.h"

static bool has_word(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

int main(int argc, char **argv, char **envp)
{
	const char *how = env_value(envp, "tour");

	if (has_word(argc, argv, "shell")) {
		int status = shell();

		if (status == 0)
			power_off();
		return status;
	}
	if (how && strcmp(how, "dump"))
		printf("init: tour=%s: unknown, `dump` is the only one\n", how);
	if (!tour(how && !strcmp(how, "dump")))
		return 1;
	power_off();
}
