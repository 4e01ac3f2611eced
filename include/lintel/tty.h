/* SPDX-License-Identifier: MIT */
/* The one terminal: line-buffered and echoing, on the console's UART. kernel/tty.c. */
#ifndef LINTEL_TTY_H
#define LINTEL_TTY_H

#include <lintel/types.h>

void tty_init(void);			/* after pl011_irq_init() */
/* Task context. Waits for a line; returns up to n bytes of it, 0 at end of file (^D on an empty
 * line), -EINTR when the task must die. */
long tty_read(char *buf, size_t n);
/* Task context; waits for room. Writes all of it, or -EINTR. */
long tty_write(const char *buf, size_t n);

#endif
