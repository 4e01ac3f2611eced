/* SPDX-License-Identifier: MIT */
/*
 * A small shell on the console. There are no files and no execve(), so every command is in here;
 * what may go wrong goes wrong in a child. Line editing is the kernel's.
 */
#include "programs.h"

#define WORDS_MAX	12
#define LINE_MAX	256

static int finish = -1;			/* exit status once it is not negative */

struct command {
	const char *name, *arguments, *help;
	int (*run)(int argc, char **argv);	/* 0, or it has said what was wrong */
};

static bool number(const char *word, long lowest, long highest, long *out)
{
	if (parse_number(word, out) && *out >= lowest && *out <= highest)
		return true;
	printf("%s: not a number from %ld to %ld\n", word, lowest, highest);
	return false;
}

static void print_status(int pid, int status)
{
	if (status < 0)
		printf("[%d] wait4: %s\n", pid, error_name(status));
	else if (status & 0x7f)
		printf("[%d] killed by %s (%d)\n", pid, signal_name(status & 0x7f), status & 0x7f);
	else
		printf("[%d] exited with %d\n", pid, status >> 8 & 0xff);
}

/* ---- the commands ---- */

static int do_echo(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("%s%s", i > 1 ? " " : "", argv[i]);
	printf("\n");
	return 0;
}

static int do_uname(int argc, char **argv)
{
	struct utsname u;
	long err = uname(&u);

	(void)argc, (void)argv;
	if (err)
		printf("uname: %s\n", error_name(err));
	else
		printf("%s %s %s %s %s\n", u.sysname, u.nodename, u.release, u.version, u.machine);
	return err;
}

static int do_pid(int argc, char **argv)
{
	(void)argc, (void)argv;
	printf("pid %d, parent %d, thread %d\n", getpid(), getppid(), gettid());
	return 0;
}

static int do_time(int argc, char **argv)
{
	u64 ns = now_ns();

	(void)argc, (void)argv;
	printf("%llu.%06llu s since boot\n", (unsigned long long)(ns / 1000000000),
	       (unsigned long long)(ns % 1000000000 / 1000));
	return 0;
}

static int do_sleep(int argc, char **argv)
{
	u64 from = now_ns();
	long seconds;

	(void)argc;
	if (!number(argv[1], 0, 3600, &seconds))
		return 1;
	sleep_ms(seconds * 1000);
	printf("slept %llu ms\n", (unsigned long long)((now_ns() - from) / 1000000));
	return 0;
}

static int greet(void *arg)
{
	printf("child %d of %d says hello\n", getpid(), getppid());
	return (long)arg;
}

static int spawn_children(long n)
{
	int pids[64];
	long started = 0;

	for (; started < n; started++) {
		long pid = fork();

		if (pid == 0)
			exit(greet((void *)started));
		if (pid < 0) {
			printf("fork: %s\n", error_name(pid));
			break;
		}
		pids[started] = pid;
	}
	for (long i = 0; i < started; i++)
		print_status(pids[i], wait_status(pids[i]));
	return started < n;
}

static int do_fork(int argc, char **argv)
{
	(void)argc, (void)argv;
	return spawn_children(1);
}

static int do_spawn(int argc, char **argv)
{
	long n;

	(void)argc;
	return number(argv[1], 1, 64, &n) ? spawn_children(n) : 1;
}

static volatile char sink;
static __noinline int recurse(int depth)
{
	volatile char room[512];

	if (depth < 0)			/* never: the stack ends first */
		return 0;
	room[0] = depth;
	sink = room[0];
	return recurse(depth + 1) + room[0];
}

static int crash(void *how)
{
	volatile int *nowhere = NULL;

	__asm__ volatile("" : "+r"(nowhere));
	switch (*(const char *)how) {
	case 'n':
		return *nowhere;
	case 'u':
		do_undef();
		break;
	case 'b':
		do_abi_brk();
		break;
	case 's':
		return recurse(0);
	}
	return 0;
}

static int do_crash(int argc, char **argv)
{
	static const char *const ways[] = { "null", "undef", "brk", "stack" };

	(void)argc;
	for (u32 i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(argv[1], ways[i])) {
			long pid = fork();

			if (pid == 0)
				exit(crash(argv[1]));
			print_status(pid, pid < 0 ? pid : wait_status(pid));
			return 0;
		}
	printf("crash: %s: it is null, undef, brk or stack\n", argv[1]);
	return 1;
}

static int do_mem(int argc, char **argv)
{
	ulong end = sys_brk(0), grown = sys_brk(end + 4 * PAGE);
	char *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	(void)argc, (void)argv;
	printf("brk 0x%lx, asked for 4 pages more: 0x%lx\n", end, grown);
	if (IS_ERR(map)) {
		printf("mmap: %s\n", error_name((long)map));
		return 1;
	}
	map[0] = map[4 * PAGE - 1] = 1;
	printf("mmap of 4 pages: %p, written and given back: %ld\n", map, munmap(map, 4 * PAGE));
	sys_brk(end);
	return 0;
}

static void print_result(long r)
{
	if (IS_ERR(r))
		printf("%ld (%s)\n", r, error_name(r));
	else
		printf("%ld (0x%lx)\n", r, r);
}

static int do_enosys(int argc, char **argv)
{
	(void)argc, (void)argv;
	print_result(SYS(NR_none, 0, 0, 0, 0, 0, 0));
	return 0;
}

static int do_syscall(int argc, char **argv)
{
	long v[7] = { 0 };

	if (argc > 8) {
		printf("syscall: six arguments at most\n");
		return 1;
	}
	for (int i = 1; i < argc; i++)
		if (!parse_number(argv[i], &v[i - 1])) {
			printf("syscall: %s: not a number\n", argv[i]);
			return 1;
		}
	print_result(syscall6(v[0], v[1], v[2], v[3], v[4], v[5], v[6]));
	return 0;
}

static int do_tour(int argc, char **argv)
{
	(void)argc, (void)argv;
	return !tour(false);
}

static int do_exit(int argc, char **argv)
{
	long status = 0;

	if (argc > 1 && !number(argv[1], 0, 255, &status))
		return 1;
	finish = status;
	return 0;
}

static int do_poweroff(int argc, char **argv)
{
	(void)argc, (void)argv;
	power_off();
}

static int do_help(int argc, char **argv);

static const struct command commands[] = {
	{ "help",	"",		"this list", do_help },
	{ "echo",	"[WORD...]",	"the words", do_echo },
	{ "uname",	"",		"what runs here", do_uname },
	{ "pid",	"",		"process, parent, thread", do_pid },
	{ "time",	"",		"the monotonic clock", do_time },
	{ "sleep",	"SECONDS",	"nanosleep()", do_sleep },
	{ "fork",	"",		"a child that says hello, and its status", do_fork },
	{ "spawn",	"N",		"N of them at once", do_spawn },
	{ "crash",	"HOW",		"a child dies: null, undef, brk or stack", do_crash },
	{ "mem",	"",		"brk() and mmap()", do_mem },
	{ "enosys",	"",		"a system call that does not exist", do_enosys },
	{ "syscall",	"NR [ARG...]",	"any system call, up to six numbers", do_syscall },
	{ "tour",	"",		"every door in every context", do_tour },
	{ "exit",	"[STATUS]",	"leave the shell; of process 1: the machine too", do_exit },
	{ "poweroff",	"",		"end the machine", do_poweroff },
};

static int do_help(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-9s %-12s %s\n", commands[i].name, commands[i].arguments,
		       commands[i].help);
	return 0;
}

/* ---- lines ---- */

/* How many words the description of the arguments asks for: [these] are up to the user. */
static void argument_range(const char *s, int *least, int *most)
{
	*least = *most = 0;
	while (*s) {
		bool optional = *s == '[';
		const char *word = s;

		while (*s && *s != ' ')
			s++;
		*least += !optional;
		*most = s - word > 4 && s[-2] == '.' ? WORDS_MAX : *most + 1;
		while (*s == ' ')
			s++;
	}
}

static void run_command(int argc, char **argv)
{
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *c = &commands[i];
		int least, most;

		if (strcmp(argv[0], c->name))
			continue;
		argument_range(c->arguments, &least, &most);
		if (argc - 1 < least || argc - 1 > most)
			printf("usage: %s %s\n", c->name, c->arguments);
		else
			c->run(argc, argv);
		return;
	}
	printf("%s: no such command; `help` lists them\n", argv[0]);
}

static int split(char *line, char **argv)
{
	int argc = 0;

	for (;;) {
		while (*line == ' ' || *line == '\t' || *line == '\r' || *line == '\n')
			*line++ = 0;
		if (!*line)
			return argc;
		if (argc == WORDS_MAX)
			return -1;
		argv[argc++] = line;
		while (*line && *line != ' ' && *line != '\t' && *line != '\r' && *line != '\n')
			line++;
	}
}

/* The next character of the input, 0 at its end, or an error. A terminal gives a line for each
 * read(), a pipe whatever it has. */
static int next_char(void)
{
	static char input[LINE_MAX];
	static long at, have;

	if (at == have) {
		at = 0;
		have = read(0, input, sizeof(input));
		if (have <= 0) {
			long end = have;

			have = 0;
			return end;
		}
	}
	return (unsigned char)input[at++];
}

/* One line: its length with the newline; 0 at the end of the input; -E2BIG, and the rest of the
 * line is gone; or an error of read(). */
static long read_line(char *line, size_t size)
{
	size_t len = 0;
	int c;

	do {
		c = next_char();
		if (c < 0)
			return c;
		if (c > 0 && len < size)
			line[len] = c;
		len += c > 0;
	} while (c > 0 && c != '\n');
	if (len >= size)
		return -E2BIG;
	line[len] = 0;
	return len;
}

int shell(void)
{
	char line[LINE_MAX], *argv[WORDS_MAX + 1];
	long len;
	int argc;

	printf("The shell of Lintel; `help` lists the commands.\n");
	for (finish = -1; finish < 0;) {
		printf("lintel$ ");
		len = read_line(line, sizeof(line));
		if (len == -E2BIG) {
			printf("that line is too long: %d characters at most\n", LINE_MAX - 2);
			continue;
		}
		if (len < 0) {
			printf("shell: read: %s\n", error_name(len));
			return 1;
		}
		if (len == 0) {
			printf("\n");
			return 0;
		}
		argc = split(line, argv);
		if (argc < 0)
			printf("too many words: %d at most\n", WORDS_MAX);
		else if (argc > 0)
			run_command(argc, argv);
	}
	return finish;
}
