/* SPDX-License-Identifier: MIT */
/*
 * The console's UART (drivers/serial/pl011.c). Two ways out, which keep their order: polled, for
 * printk and panic, first drains what the interrupt-driven way still has queued.
 */
#ifndef LINTEL_UART_H
#define LINTEL_UART_H

#include <lintel/types.h>

/* Finds the PL011 in the device tree and maps it: printk goes there from now on. Panics, on the
 * semihosting console, without one. Needs mm_init(). */
void pl011_init(void);
/* Interrupts both ways; until then uart_tx() polls. Needs irq_init(). -ENODEV, or fdt_irq()'s or
 * request_irq()'s error. The two setters below call it. */
int pl011_irq_init(void);

/* Interrupt-driven, for the tty. Both callbacks run in hardirq context. */
void uart_set_rx(void (*rx)(u8 c));
void uart_set_tx_ready(void (*fn)(void));	/* there is room again after uart_tx() took less */
/* Queues up to n bytes (\n goes out as \r\n) and returns what it took. Any context but NMI. */
size_t uart_tx(const char *buf, size_t n);

/* Polled. Any context; bounded. False if there is no UART. */
bool uart_write_polled(const char *s, size_t n);
void uart_others_stopped(void);		/* other CPUs are off: what one of them was writing, it will not end */
void uart_flush(void);				/* everything has left the wire's FIFO */

#endif
