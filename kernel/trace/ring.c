// SPDX-License-Identifier: MIT
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/irqflags.h>
#include <lintel/monitor.h>
#include <lintel/preempt.h>
#include <lintel/sched.h>
#include <asm/timex.h>

#ifdef CONFIG_EVENT_RING

#define BOOT_RING_SIZE	(1U << CONFIG_EVENT_RING_SHIFT)

struct evring { u32 head, mask; struct evrec *rec; };

static struct evrec boot_ring[BOOT_RING_SIZE];
static DEFINE_PER_CPU(struct evring, evring) = { .rec = boot_ring, .mask = BOOT_RING_SIZE - 1 };

static __always_inline bool is_watching(u32 ct_state) { return ct_state & CT_RCU_WATCHING; }

/* The slot belongs to whoever's add took its number: a FIQ right after it takes the next one. Its
 * seq is 0 while it is being filled, so a reader can tell. */
static __always_inline struct evrec *reserve(struct evring *ring, u32 *seq)
{
	struct evrec *r;

	*seq = __atomic_fetch_add(&ring->head, 1, __ATOMIC_RELAXED);
	r = &ring->rec[*seq & ring->mask];
	WRITE_ONCE(r->seq, 0);
	barrier();
	return r;
}

static __always_inline void fill(struct evrec *r, u32 seq, enum event ev, ulong pc, ulong arg, ulong arg2)
{
	struct context_tracking *ct = this_cpu_ptr(&context_tracking);

	r->seq = seq + 1;
	r->event = ev;
	r->cpu = smp_processor_id();
	r->preempt_count = preempt_count();
	r->pid = current->pid;
	r->psr = arch_read_psr();
	r->ct_state = READ_ONCE(ct->state);
	r->lockdep = lockdep_hardirqs_enabled();
	r->nesting = READ_ONCE(ct->nesting);
	r->nmi_nesting = READ_ONCE(ct->nmi_nesting);
	r->time = arch_counter();
	r->pc = pc;
	r->arg = arg;
	r->arg2 = arg2;
}

/*
 * Field by field: a copy of the whole would be a call of memcpy(). Where interrupts are open ({, },
 * W) the task may be preempted since it reserved, for so long that the slot is somebody else's now:
 * then this record is past reading anyway. It may go on on another CPU: the record stays with the first.
 */
static __always_inline void store(struct evring *ring, struct evrec *r, const struct evrec *from)
{
	if (READ_ONCE(ring->head) - from->seq > ring->mask)
		return;
	r->event = from->event;
	r->cpu = from->cpu;
	r->ctx = from->ctx;
	r->preempt_count = from->preempt_count;
	r->pid = from->pid;
	r->psr = from->psr;
	r->ct_state = from->ct_state;
	r->lockdep = from->lockdep;
	r->nesting = from->nesting;
	r->nmi_nesting = from->nmi_nesting;
	r->time = from->time;
	r->pc = from->pc;
	r->arg = from->arg;
	r->arg2 = from->arg2;
	barrier();
	WRITE_ONCE(r->seq, from->seq);
}

void noinstr __evlog(enum event ev, ulong arg, ulong arg2)
{
	u32 seq;
	struct evring *ring = this_cpu_ptr(&evring);
	struct evrec *r = reserve(ring, &seq), mine;

	mine.ctx = 0;
	fill(&mine, seq, ev, CALLER_ADDR, arg, arg2);
	store(ring, r, &mine);
	monitor_event(&mine);	/* not what the slot may hold by now */
}

/* The counts come first: an NMI that the IRQ path acknowledged has the user's frame, but came inside
 * the interrupt. */
static __always_inline enum context context_of(struct pt_regs *regs, enum door door)
{
	if (door == DOOR_FORK)
		return CTX_KERNEL;
	if (in_nmi())
		return CTX_NMI;
	if (in_hardirq())
		return CTX_IRQ;
	if (in_serving_softirq())
		return CTX_SOFTIRQ;
	if (user_mode(regs))
		return CTX_USER;
	if (is_idle_task(current))
		return is_watching(this_cpu_read(context_tracking.state)) ? CTX_IDLE : CTX_EQS;
	return CTX_KERNEL;
}

void noinstr evlog_door(struct pt_regs *regs, enum door door, ulong slot, ulong syndrome)
{
	u32 seq;
	struct evring *ring = this_cpu_ptr(&evring);
	struct evrec *r = reserve(ring, &seq), mine;

	mine.ctx = context_of(regs, door);
	fill(&mine, seq, EV_DOOR, instruction_pointer(regs),
	     door | slot << 8 | (ulong)!regs_irqs_disabled(regs) << 16, syndrome);
	store(ring, r, &mine);
	monitor_door(regs, &mine);
}

void evlog_cpu_init(u32 cpu, void *mem, size_t bytes)
{
	struct evring *ring = per_cpu_ptr(&evring, cpu);
	u32 size = 1;

	while (2 * size * sizeof(struct evrec) <= bytes)
		size *= 2;
	ring->rec = mem;
	ring->mask = size - 1;
}

u32 evlog_mark(void)
{
	return READ_ONCE(this_cpu_ptr(&evring)->head) & INT32_MAX;
}

const struct evrec *evlog_peek(u32 seq)
{
	const struct evring *ring = this_cpu_ptr(&evring);
	const struct evrec *r = &ring->rec[seq & ring->mask];

	return READ_ONCE(r->seq) == seq + 1 ? r : NULL;
}

int evlog_read(u32 seq, struct evrec *out)
{
	struct evring *ring = this_cpu_ptr(&evring);
	struct evrec *r = &ring->rec[seq & ring->mask];
	u32 found = READ_ONCE(r->seq);

	if (seq >= READ_ONCE(ring->head))
		return -ENOENT;
	if (found != seq + 1 && READ_ONCE(ring->head) - seq <= ring->mask + 1)
		return -EAGAIN;
	*out = *r;
	barrier();
	return found == seq + 1 && READ_ONCE(r->seq) == found ? 0 : -ENOSPC;
}

#else

u32 evlog_mark(void) { return 0; }

const struct evrec *evlog_peek(u32 seq)
{
	(void)seq;
	return NULL;
}

int evlog_read(u32 seq, struct evrec *out)
{
	(void)seq;
	(void)out;
	return -ENOENT;
}

#endif
