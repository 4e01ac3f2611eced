// SPDX-License-Identifier: MIT
/*
 * The terminal's line discipline. The UART's interrupt edits and echoes; a reader waits for a
 * finished line. A line longer than the buffer is handed over in parts.
 */
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/tty.h>
#include <lintel/uart.h>
#include <lintel/wait.h>

#define TTY_SIZE	1024U	/* a power of two */

enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, DELETE = 127 };

/*
 * A ring of what was typed. [head, ready) are finished lines, [ready, tail) is being edited. An
 * end of file is a byte that cannot be typed.
 */
static struct tty {
	spinlock_t	lock;			/* the ring */
	char		buf[TTY_SIZE];
	u32		head, ready, tail;
	struct wait_queue readers, writers;
	bool		irq;
} tty = {
	.lock = SPINLOCK_INIT(tty.lock),
	.readers = WAIT_QUEUE_INIT(tty.readers),
	.writers = WAIT_QUEUE_INIT(tty.writers),
};
#define END_OF_FILE	'\0'

static void echo(const char *s, size_t n)
{
	uart_tx(s, n);
}

static void rub_out(void)
{
	if (tty.tail == tty.ready)
		return;
	tty.tail--;
	echo("\b \b", 3);
}

static void line_done(void)
{
	tty.ready = tty.tail;
	wake_up(&tty.readers);
}

/* One place is kept for what ends the line. */
static void put(char c, u32 reserve)
{
	if (tty.tail - tty.head < TTY_SIZE - reserve)
		tty.buf[tty.tail++ % TTY_SIZE] = c;
	else if (tty.ready == tty.head)
		line_done();
}

static void end_line(char c)
{
	put(c, 0);
	line_done();
}

/* The lock is held. */
static void receive(u8 c)
{
	switch (c) {
	case '\r':
	case '\n':
		echo("\n", 1);
		end_line('\n');
		break;
	case BACKSPACE:
	case DELETE:
		rub_out();
		break;
	case CTRL_U:
		while (tty.tail != tty.ready)
			rub_out();
		break;
	case CTRL_C:		/* nobody to interrupt: it drops the line */
		tty.tail = tty.ready;
		echo("^C\n", 3);
		end_line('\n');
		break;
	case CTRL_D:		/* what was typed so far; nothing typed: end of file */
		if (tty.tail == tty.ready)
			end_line(END_OF_FILE);
		else
			line_done();
		break;
	default:
		if (c >= ' ' || c == '\t') {
			put(c, 1);
			echo((const char *)&c, 1);
		}
	}
}

/* Hardirq, from the UART. */
static void tty_receive(u8 c)
{
	ulong flags = spin_lock_irqsave(&tty.lock);

	receive(c);
	spin_unlock_irqrestore(&tty.lock, flags);
}

static void tty_room(void)
{
	wake_up(&tty.writers);
}

void tty_init(void)
{
	tty.irq = !pl011_irq_init();
	if (!tty.irq)
		return;
	uart_set_rx(tty_receive);
	uart_set_tx_ready(tty_room);
}

/* One line or what fits of it; the end of file is taken alone. */
static long take_line(char *to, size_t n)
{
	ulong flags = spin_lock_irqsave(&tty.lock);
	long got = 0;

	while (tty.head != tty.ready && (size_t)got < n) {
		char c = tty.buf[tty.head % TTY_SIZE];

		if (c == END_OF_FILE && got)
			break;
		tty.head++;
		if (c == END_OF_FILE)
			break;
		to[got++] = c;
		if (c == '\n')
			break;
	}
	spin_unlock_irqrestore(&tty.lock, flags);
	return got;
}

long tty_read(char *buf, size_t n)
{
	if (wait_event_killable(&tty.readers, READ_ONCE(tty.head) != READ_ONCE(tty.ready)))
		return -EINTR;
	return take_line(buf, n);
}

long tty_write(const char *buf, size_t n)
{
	size_t done = 0;

	if (!tty.irq) {
		console_write_polled(buf, n);
		return n;
	}
	while (done < n) {
		size_t got = 0;

		if (wait_event_killable(&tty.writers, (got = uart_tx(buf + done, n - done)) != 0))
			return -EINTR;
		done += got;
	}
	return done;
}
