// SPDX-License-Identifier: MIT
/*
 * PL011. A ring between the tty and the FIFO, drained by the transmit interrupt: each fills what
 * an empty FIFO is sure to hold. Polled output empties the ring first, so the two never overtake.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/io.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/spinlock.h>
#include <lintel/stacktrace.h>
#include <lintel/string.h>
#include <lintel/uart.h>
#include <asm/processor.h>

#define DR	0x00
#define FR	0x18
#define LCRH	0x2c
#define CR	0x30
#define IMSC	0x38
#define MIS	0x40
#define ICR	0x44
#define PERIPHID0	0xfe0
#define PERIPHID1	0xfe4
#define PL011_PART	0x011U

#define DR_BREAK	(1U << 10)
#define FR_BUSY		(1U << 3)
#define FR_RXFE		(1U << 4)
#define FR_TXFF		(1U << 5)
#define LCRH_8BIT_FIFO	0x70U
#define CR_ENABLE	0x301U		/* UART, transmit, receive */
#define INT_RX		(1U << 4)
#define INT_TX		(1U << 5)
#define INT_RT		(1U << 6)	/* something was received and no more came */

#define CTRL_BACKSLASH	0x1cU
#define FIFO_DEPTH	16U
#define RING_SIZE	4096U		/* a power of two */
#define SPIN_LIMIT	1000000U	/* a character takes 100 us at the slowest usual rate */

static char *uart;
static int uart_node;
static bool irq_driven;
static bool stuck;			/* it did not take a character in time: wait no more */

static char ring[RING_SIZE];
static u32 head, tail;			/* of what is queued: [tail, head), never wrapped */
static bool tx_wanted;			/* uart_tx() took less than it was given */
static arch_spinlock_t tx_busy;	/* the ring, and the order of output */
static u32 tx_owner;			/* the CPU that has it, plus 1 */

/* What the NMI leaves for the interrupt behind it (sysrq=nmi). Typed faster than that comes, it is dropped. */
#define TYPED_SIZE	64U		/* a power of two */
static bool sysrq_nmi;
static struct { u8 c[TYPED_SIZE]; u32 head, tail; bool room; } typed;

static void (*rx_fn)(u8 c);
static void (*tx_ready_fn)(void);

/*
 * Interrupts off, and the lock unless it cannot be had: an NMI or a panic may have interrupted the holder, or stopped
 * it on another CPU, and must be heard all the same. Without a keeper, because printk reports on lockdep as well.
 */
static bool tx_lock(ulong *flags)
{
	u32 me;

	raw_local_irq_save(*flags);
	me = smp_processor_id() + 1;
	for (u32 i = 0; i < SPIN_LIMIT && READ_ONCE(tx_owner) != me; i++) {
		if (arch_spin_trylock(&tx_busy)) {
			WRITE_ONCE(tx_owner, me);
			return true;
		}
		cpu_relax();
	}
	return false;
}

static void tx_unlock(bool locked, ulong flags)
{
	if (locked) {
		WRITE_ONCE(tx_owner, 0);
		arch_spin_unlock(&tx_busy);
	}
	raw_local_irq_restore(flags);
}

static void wait_clear(u32 bits)
{
	for (u32 i = 0; !stuck && (readl(uart + FR) & bits); i++) {
		stuck = i == SPIN_LIMIT;
		cpu_relax();
	}
}

static void put_polled(char c)
{
	wait_clear(FR_TXFF);
	writel((u8)c, uart + DR);
}

static void drain_polled(void)
{
	while (tail != head)
		put_polled(ring[tail++ % RING_SIZE]);
}

bool uart_write_polled(const char *s, size_t n)
{
	ulong flags;
	bool locked;

	if (!uart)
		return false;
	locked = tx_lock(&flags);
	if (locked)
		drain_polled();
	for (; n--; s++) {
		if (*s == '\n')
			put_polled('\r');
		put_polled(*s);
	}
	tx_unlock(locked, flags);
	return true;
}

void uart_others_stopped(void)
{
	u32 owner = READ_ONCE(tx_owner);

	if (!owner || owner == smp_processor_id() + 1)
		return;
	WRITE_ONCE(tx_owner, 0);
	arch_spin_unlock(&tx_busy);
}

void uart_flush(void)
{
	ulong flags;
	bool locked;

	if (!uart)
		return;
	locked = tx_lock(&flags);
	drain_polled();
	wait_clear(FR_BUSY);
	tx_unlock(locked, flags);
}

/* As much as an empty FIFO holds; asks for an interrupt if more is waiting. */
static void fill_fifo(void)
{
	for (u32 i = 0; i < FIFO_DEPTH && tail != head && !(readl(uart + FR) & FR_TXFF); i++)
		writel((u8)ring[tail++ % RING_SIZE], uart + DR);
	writel(INT_RX | INT_RT | (tail != head ? INT_TX : 0), uart + IMSC);
}

static bool queue(char c)
{
	u32 need = c == '\n' ? 2 : 1;

	if (RING_SIZE - (head - tail) < need)
		return false;
	if (c == '\n')
		ring[head++ % RING_SIZE] = '\r';
	ring[head++ % RING_SIZE] = c;
	return true;
}

size_t uart_tx(const char *buf, size_t n)
{
	size_t done = 0;
	ulong flags;
	bool locked, idle;

	if (!uart)
		return n;
	if (!irq_driven) {
		uart_write_polled(buf, n);
		return n;
	}
	locked = tx_lock(&flags);
	if (!locked) {
		tx_unlock(locked, flags);
		return 0;
	}
	idle = tail == head;
	while (done < n && queue(buf[done]))
		done++;
	tx_wanted = done < n;
	if (idle)
		fill_fifo();
	tx_unlock(locked, flags);
	return done;
}

static void transmit(void)
{
	ulong flags;
	bool locked = tx_lock(&flags), call;

	writel(INT_TX, uart + ICR);
	if (locked)
		fill_fifo();
	call = locked && tx_wanted && head - tail < RING_SIZE / 2;
	if (call)
		tx_wanted = false;
	tx_unlock(locked, flags);
	if (call && tx_ready_fn)
		tx_ready_fn();
}

/* What the FIFO has. A BREAK and ctrl-\ are for the kernel: where are you? */
static void receive(void (*fn)(u8 c))
{
	while (!(readl(uart + FR) & FR_RXFE)) {
		u32 c = readl(uart + DR);

		if (c & DR_BREAK || (u8)c == CTRL_BACKSLASH)
			backtrace_all();
		else if (fn)
			fn((u8)c);
	}
}

static void pl011_interrupt(u32 irq, void *arg)
{
	u32 status = readl(uart + MIS);

	(void)irq;
	(void)arg;
	if (status & (INT_RX | INT_RT)) {
		writel(INT_RX | INT_RT, uart + ICR);
		receive(rx_fn);
	}
	if (status & INT_TX)
		transmit();
}

/*
 * With sysrq=nmi the UART's interrupt is an NMI, so that its keys work while interrupts are off. The terminal
 * must not run in one: everything else goes on in an interrupt that the CPU sends itself.
 */
static void keep(u8 c)
{
	if (typed.head - READ_ONCE(typed.tail) < TYPED_SIZE) {
		typed.c[typed.head % TYPED_SIZE] = c;
		WRITE_ONCE(typed.head, typed.head + 1);
	}
}

static void pl011_nmi(u32 irq, void *arg)
{
	u32 status = readl(uart + MIS);

	(void)irq;
	(void)arg;
	writel(status, uart + ICR);
	if (status & INT_TX)
		WRITE_ONCE(typed.room, true);
	receive(keep);
	irq_chip->send_self(SGI_UART);
}

static void behind_nmi(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
	while (typed.tail != READ_ONCE(typed.head)) {
		u8 c = typed.c[typed.tail % TYPED_SIZE];

		WRITE_ONCE(typed.tail, typed.tail + 1);
		if (rx_fn)
			rx_fn(c);
	}
	if (__atomic_exchange_n(&typed.room, false, __ATOMIC_RELAXED))
		transmit();
}

static int set_sysrq(const char *value)
{
	if (strcmp(value, "nmi") && strcmp(value, "irq"))
		return -EINVAL;
	sysrq_nmi = !strcmp(value, "nmi");
	return 0;
}
BOOT_PARAM("sysrq", set_sysrq);

static int request_both(u32 irq)
{
	int err;

	if (!sysrq_nmi)
		return request_irq(irq, pl011_interrupt, NULL, "pl011");
	err = request_irq(SGI_UART, behind_nmi, NULL, "pl011-behind");
	return err ? err : request_nmi(irq, pl011_nmi, NULL, "pl011");
}

int pl011_irq_init(void)
{
	u32 irq;
	int ret;

	if (!uart)
		return -ENODEV;
	if (irq_driven)
		return 0;
	ret = fdt_irq(uart_node, 0, &irq, NULL);
	if (!ret)
		ret = request_both(irq);
	if (ret) {
		pr_warn("UART \"%s\": no usable interrupt (%d): output is polled, no input\n",
			fdt_node_name(uart_node), ret);
		return ret;
	}
	irq_driven = true;
	writel(INT_RX | INT_RT, uart + IMSC);
	return 0;
}

void uart_set_rx(void (*rx)(u8 c))
{
	rx_fn = rx;
	pl011_irq_init();
}

void uart_set_tx_ready(void (*fn)(void))
{
	tx_ready_fn = fn;
	pl011_irq_init();
}

/* What /chosen/stdout-path names, directly or through an alias, options cut off; or -ENOENT. */
static int stdout_node(void)
{
	int chosen = fdt_path("/chosen"), aliases = fdt_path("/aliases");
	const char *s = chosen < 0 ? NULL : fdt_prop_string(chosen, "stdout-path");
	char path[80];

	if (!s)
		return -ENOENT;
	strlcpy(path, s, sizeof(path));
	if (strchr(path, ':'))
		*strchr(path, ':') = '\0';
	if (path[0] == '/')
		return fdt_path(path);
	s = aliases < 0 ? NULL : fdt_prop_string(aliases, path);
	return s ? fdt_path(s) : -ENOENT;
}

static int find_uart(void)
{
	int wanted = stdout_node(), node = -1;

	do {
		node = fdt_next_compatible(node, "arm,pl011");
	} while (node >= 0 && wanted >= 0 && node != wanted);
	return node >= 0 ? node : fdt_next_compatible(-1, "arm,pl011");
}

void pl011_init(void)
{
	phys_addr_t base, size;
	char *regs;
	u32 part;

	uart_node = find_uart();
	if (uart_node < 0)
		panic("device tree: no UART (no node compatible with arm,pl011)");
	if (fdt_reg(uart_node, 0, &base, &size) || size < PERIPHID1 + 4)
		panic("device tree: UART \"%s\": no usable reg", fdt_node_name(uart_node));
	regs = ioremap(base, (size_t)size);
	part = (readl(regs + PERIPHID0) & 0xff) | (readl(regs + PERIPHID1) & 0xf) << 8;
	if (part != PL011_PART)
		panic("UART \"%s\" at 0x%llx: is no PL011 (part number 0x%03x, expected 0x%03x)",
		      fdt_node_name(uart_node), (unsigned long long)base, part, PL011_PART);
	writel(0, regs + IMSC);
	writel(LCRH_8BIT_FIFO, regs + LCRH);
	writel(CR_ENABLE, regs + CR);
	uart = regs;
	console_ready();
}
