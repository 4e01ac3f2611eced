/* SPDX-License-Identifier: MIT */
#include "lib.h"

void exit(int code)
{
	for (;;)
		SYS(NR_exit_group, code, 0, 0, 0, 0, 0);
}

void power_off(void)
{
	/* Tried on Linux by hand, such a program must not take the machine down with it. */
	if (getpid() == 1)
		SYS(NR_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF, 0, 0, 0);
	exit(0);
}

int wait_status(int pid)
{
	int status = -1;
	long r;

	do
		r = wait4(pid, &status, 0);
	while (r == -EINTR);
	if (r < 0)
		return r;
	return (status & 0x7f) ? status & ~STATUS_CORE : status;
}

int run_child(int (*fn)(void *), void *arg)
{
	long pid = fork();

	if (pid == 0)
		exit(fn(arg));
	return pid < 0 ? pid : wait_status(pid);
}

u64 now_ns(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.sec * 1000000000 + t.nsec;
}

void spin_ticks(u64 ticks)
{
	u64 from = counter();

	while (counter() - from < ticks)
		cpu_yield();
}

void sleep_ms(u32 ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

const char *error_name(long err)
{
	static const struct { u8 err; const char *name; } names[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { EINTR, "EINTR" }, { EBADF, "EBADF" },
		{ ECHILD, "ECHILD" }, { EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" },
		{ EFAULT, "EFAULT" }, { EINVAL, "EINVAL" }, { ENOSPC, "ENOSPC" },
		{ ENOSYS, "ENOSYS" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (-err == names[i].err)
			return names[i].name;
	return IS_ERR(err) ? "an error" : "no error";
}

const char *signal_name(int sig)
{
	static const struct { u8 sig; const char *name; } names[] = {
		{ SIGILL, "SIGILL" }, { SIGTRAP, "SIGTRAP" }, { SIGABRT, "SIGABRT" },
		{ SIGBUS, "SIGBUS" }, { SIGFPE, "SIGFPE" }, { SIGKILL, "SIGKILL" },
		{ SIGSEGV, "SIGSEGV" }, { SIGSYS, "SIGSYS" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (sig == names[i].sig)
			return names[i].name;
	return "a signal";
}

const char *env_value(char **envp, const char *name)
{
	size_t n = strlen(name);

	for (; envp && *envp; envp++)
		if (!strncmp(*envp, name, n) && (*envp)[n] == '=')
			return *envp + n + 1;
	return NULL;
}

bool on_lintel(void)
{
	struct lintel_info info;

	return lintel(LINTEL_INFO, &info) == 0;
}
