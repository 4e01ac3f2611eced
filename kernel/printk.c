// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
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

/* ---- NMIs ---- */

/*
 * A ring. NMIs write behind head, and one that comes into another (a breakpoint in an NMI) is done before
 * that goes on: so each reserves first. One reader, outside NMIs with interrupts off, moves tail.
 */
#define NMI_LOG_ORDER	3
#define NMI_LOG_SIZE	((u32)PAGE_SIZE << NMI_LOG_ORDER)	/* some reports with a trace */

struct nmi_log { char *buf; u32 head, tail, lost; };
static DEFINE_PER_CPU(struct nmi_log, nmi_log);
static u32 at_once;

static void nmi_log_write(struct nmi_log *log, const char *s, u32 n)
{
	u32 head = READ_ONCE(log->head);
	const int order = __ATOMIC_RELAXED;

	do {
		if (n > NMI_LOG_SIZE - (head - READ_ONCE(log->tail))) {
			__atomic_fetch_add(&log->lost, n, order);
			return;
		}
	} while (!__atomic_compare_exchange_n(&log->head, &head, head + n, false, order, order));
	while (n--)
		log->buf[head++ % NMI_LOG_SIZE] = *s++;
	irq_chip->send_self(SGI_NMI_LOG);
}

/* Up to the end of a line, or of the ring. Its place is free only when it is out. */
static void nmi_log_put_line(struct nmi_log *log)
{
	u32 tail = log->tail, n = 0;

	while (tail + n != READ_ONCE(log->head)) {
		char c = log->buf[(tail + n) % NMI_LOG_SIZE];

		n++;
		if (c == '\n' || (tail + n) % NMI_LOG_SIZE == 0)
			break;
	}
	console_write_polled(log->buf + tail % NMI_LOG_SIZE, n);
	WRITE_ONCE(log->tail, tail + n);
}

static void nmi_log_put_lost(struct nmi_log *log)
{
	u32 lost = __atomic_exchange_n(&log->lost, 0, __ATOMIC_RELAXED);
	char line[80];
	int n;

	if (!lost)
		return;
	n = snprintf(line, sizeof(line), "%u bytes of messages from NMIs are lost\n", lost);
	console_write_polled(line, (size_t)n);
}

bool nmi_log_pending(void)
{
	struct nmi_log *log = this_cpu_ptr(&nmi_log);

	return READ_ONCE(log->tail) != READ_ONCE(log->head) || READ_ONCE(log->lost);
}

void nmi_log_flush(void)
{
	struct nmi_log *log;
	ulong flags;

	raw_local_irq_save(flags);
	log = this_cpu_ptr(&nmi_log);
	while (nmi_log_pending()) {
		if (log->tail != READ_ONCE(log->head))
			nmi_log_put_line(log);
		else
			nmi_log_put_lost(log);
	}
	raw_local_irq_restore(flags);
}

void printk_at_once_begin(void)
{
	__atomic_fetch_add(&at_once, 1, __ATOMIC_RELAXED);
}

void printk_at_once_end(void)
{
	__atomic_fetch_sub(&at_once, 1, __ATOMIC_RELAXED);
}

static void nmi_log_interrupt(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
	nmi_log_flush();
}

bool nmi_log_cpu_prepare(u32 cpu)
{
	struct page *pages = alloc_pages(NMI_LOG_ORDER);

	if (pages)
		per_cpu_ptr(&nmi_log, cpu)->buf = page_address(pages);
	return pages;
}

void nmi_log_init(void)
{
	if (request_irq(SGI_NMI_LOG, nmi_log_interrupt, NULL, "nmi-log") || !nmi_log_cpu_prepare(0))
		pr_err("no memory for what NMIs print: they print at once\n");
}

/* ---- lines ---- */

/* One line where it belongs. */
static void put_line(const char *line, u32 n)
{
	struct nmi_log *log = this_cpu_ptr(&nmi_log);	/* in an NMI: no other one's */

	if (in_nmi() && log->buf && !READ_ONCE(at_once)) {
		nmi_log_write(log, line, n);
		return;
	}
	if (!in_nmi())
		nmi_log_flush();
	console_write_polled(line, n);
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
	put_line(line, (u32)n);
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
