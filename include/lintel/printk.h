/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_PRINTK_H
#define LINTEL_PRINTK_H

#include <stdarg.h>
#include <lintel/types.h>

/* Levels as in Linux; a message goes to the console if its level is below `loglevel=`
 * (default 6: notice and above, so a quiet boot). */
#define LOG_EMERG	0
#define LOG_ERR		3
#define LOG_WARN	4
#define LOG_NOTICE	5
#define LOG_INFO	6
#define LOG_DEBUG	7
extern int console_loglevel;

/* %d %i %u %x %X %o %c %s %p %% with flags, width, precision, l ll z h; %pS symbol+offset,
 * %pB the same for a return address. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/* Any context (polled output, interrupts off while a line goes out). The line is complete:
 * the format ends in \n. In an NMI, which may have interrupted the console itself, it goes into a buffer of
 * the CPU's, and out of that in front of whatever comes next: an interrupt that the CPU sends itself, the next
 * line from elsewhere, a panic, the end of the machine. What does not fit is counted, and the count printed. */
void printk(int level, const char *fmt, ...) __printf(2, 3);
#define pr_err(...)	printk(LOG_ERR, __VA_ARGS__)
#define pr_warn(...)	printk(LOG_WARN, __VA_ARGS__)
#define pr_notice(...)	printk(LOG_NOTICE, __VA_ARGS__)
#define pr_info(...)	printk(LOG_INFO, __VA_ARGS__)
#define pr_debug(...)	printk(LOG_DEBUG, __VA_ARGS__)

/* The polled console behind printk. Before the PL011 is known text is kept, and goes out when the
 * driver calls console_ready(); a panic before that sends it to semihosting (console_give_up()),
 * as all that follows. */
void console_write_polled(const char *s, size_t n);
void console_ready(void);
void console_give_up(void);
/* Needs irq_init(). Before it, and without memory, NMIs print like everybody. */
void nmi_log_init(void);
bool nmi_log_cpu_prepare(u32 cpu);	/* before it runs; false: no memory */
bool nmi_log_pending(void);		/* is there anything of this CPU's? */
void nmi_log_flush(void);		/* this CPU's; any context, in an NMI only on the way down */
/* Between these NMIs print at once, for a report that cannot wait: the CPU may never come back. Nest; a panic
 * has no end. */
void printk_at_once_begin(void);
void printk_at_once_end(void);

#endif
