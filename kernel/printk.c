// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <lintel/uart.h>
#include <asm/semihost.h>

#define LINE_MAX	400U
#define SYS_WRITE0	0x04

int console_loglevel = 6;

/* What was said before there was anybody to listen. */
static char early[4096];
static u32 early_len, early_lost;
static bool given_up;		/* no UART, and there will be none: semihosting */

/* In batches, because WRITE0 wants a NUL at the end. */
static void semihost_write(const char *s, size_t n)
{
	char batch[128];

	while (n) {
		size_t k = min(n, sizeof(batch) - 1);

		memcpy(batch, s, k);
		batch[k] = '\0';
		if (semihosting(SYS_WRITE0, batch) == -1)
			return;
		s += k;
		n -= k;
	}
}

static void keep(const char *s, size_t n)
{
	size_t k = min(n, sizeof(early) - early_len);

	memcpy(early + early_len, s, k);
	early_len += (u32)k;
	early_lost += (u32)(n - k);
}

void console_write_polled(const char *s, size_t n)
{
	if (uart_write_polled(s, n))
		return;
	if (given_up)
		semihost_write(s, n);
	else
		keep(s, n);
}

static void flush_early(void)
{
	u32 n = early_len;

	early_len = 0;
	console_write_polled(early, n);
	if (early_lost)
		pr_warn("%u bytes of earlier messages are lost\n", early_lost);
	early_lost = 0;
}

void console_ready(void)
{
	flush_early();
}

void console_give_up(void)
{
	if (given_up)
		return;
	given_up = true;
	flush_early();
}

void printk(int level, const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list ap;
	int n;

	if (level >= console_loglevel)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if ((u32)n >= sizeof(line)) {
		n = sizeof(line) - 1;
		memcpy(line + n - 4, "...\n", 4);
	}
	console_write_polled(line, (size_t)n);
}

static int set_loglevel(const char *value)
{
	ulong v;

	if (kstrtoul(value, &v) || v > 8)
		return -EINVAL;
	console_loglevel = (int)v;
	return 0;
}
BOOT_PARAM("loglevel", set_loglevel);
