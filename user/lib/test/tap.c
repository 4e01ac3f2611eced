/* SPDX-License-Identifier: MIT */
#include "tap.h"

static int count, failed;

static void line(bool good, const char *fmt, va_list ap)
{
	char text[200];

	vsnprintf(text, sizeof(text), fmt, ap);
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++count, text);
	failed += !good;
}

bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(good, fmt, ap);
	va_end(ap);
	return good;
}

bool is(long got, long wanted, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(got == wanted, fmt, ap);
	va_end(ap);
	if (got != wanted)
		note("got %ld (0x%lx), wanted %ld (0x%lx)", got, got, wanted, wanted);
	return got == wanted;
}

static bool status_is(int status, int wanted, const char *what)
{
	ok(status == wanted, "%s", what);
	if (status == wanted)
		return true;
	if (status < 0)
		note("no status: %s", error_name(status));
	else if (status & 0x7f)
		note("killed by %s (%d)", signal_name(status & 0x7f), status & 0x7f);
	else
		note("exited with %d", status >> 8);
	return false;
}

bool died(int status, int sig, const char *what)
{
	return status_is(status, STATUS_SIGNAL(sig), what);
}

bool exited(int status, int code, const char *what)
{
	return status_is(status, STATUS_EXIT(code), what);
}

void skip(const char *why, const char *what)
{
	printf("ok %d - %s # SKIP %s\n", ++count, what, why);
}

void note(const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("# %s\n", text);
}

void done(void)
{
	printf("1..%d\n", count);
	if (failed)
		printf("# %d of %d failed\n", failed, count);
	if (failed)
		exit(1);
	power_off();
}
