/* SPDX-License-Identifier: MIT */
/* The shell as a program of its own. */
#include "programs.h"

int main(int argc, char **argv, char **envp)
{
	int status;

	(void)argc, (void)argv, (void)envp;
	status = shell();
	if (status == 0)
		power_off();
	return status;
}
