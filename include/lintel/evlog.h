/* SPDX-License-Identifier: MIT */
/*
 * The event ring: what the entry layer did, in order, per CPU.
 *
 * Only the keeper that changes a state emits its event, after the change; entry/ emits none.
 * The doors emit two: V when C begins (which door, from where), X as the last thing before
 * the frame is reloaded. A crossing is what one task records between a V and its X, less the
 * crossings nested inside.
 *
 * Safe anywhere, before RCU watches and in NMIs: a slot is reserved by one atomic add, so that
 * a FIQ in the middle takes the next slot and nothing is lost. Costs nothing without
 * CONFIG_EVENT_RING.
 */
#ifndef LINTEL_EVLOG_H
#define LINTEL_EVLOG_H

#include <lintel/types.h>

/*	name		letter	keeper: meaning (the figures in docs/ show it); what else */
#define EVENTS(E)										\
	E(DOOR,		"V")	/* door: C begins; arg = enum door, arg2 = syndrome */		\
	E(RETURN,	"X")	/* door: the frame is reloaded next */				\
	E(ARCH_CHECK,	"A")	/* architecture: this is a user frame */			\
	E(LOCKDEP_OFF,	"L-")	/* lockdep: interrupts are off */				\
	E(LOCKDEP_PREP,	"Lp")	/* lockdep: interrupts are about to be on */			\
	E(LOCKDEP_ON,	"L+")	/* lockdep: interrupts are on */				\
	E(CTX_ENTER,	"h+")	/* lockdep: in hardirq context */				\
	E(CTX_EXIT,	"h-")	/* lockdep: out of hardirq context */				\
	E(RCU_ENTER,	"R+")	/* context tracking: RCU watches; arg, arg2 = state before, after */	\
	E(RCU_EXIT,	"R-")	/* context tracking: RCU no longer watches; the same */		\
	E(CHECK_TICK,	"C")	/* context tracking: asks for the tick; if a grace period wants it */	\
	E(TRACE_OFF,	"T-")	/* tracer: an interrupts-off period begins */			\
	E(TRACE_PREP,	"Tp")	/* tracer: the period ends */					\
	E(TRACE_NMI,	"F")	/* tracer: an NMI begins, or ends */				\
	E(INSTR_BEGIN,	"{")	/* instrumentation: allowed from here */			\
	E(INSTR_END,	"}")	/* instrumentation: no longer allowed */			\
	E(NMI_ADD,	"N+")	/* preempt count: one NMI level up */				\
	E(NMI_SUB,	"N-")	/* preempt count: and down again */				\
	E(HARDIRQ_ADD,	"H+")	/* preempt count: one HARDIRQ level up */			\
	E(HARDIRQ_SUB,	"H-")	/* preempt count: and down again */				\
	E(WORK,		"W")	/* task: a work flag is cleared; arg = enum ev_work */

enum event {
#define E(name, letter) EV_##name,
	EVENTS(E)
#undef E
	NR_EVENTS
};

/* What a W event says was done. */
enum ev_work { EV_WORK_RESCHED, EV_WORK_SIGNAL, EV_WORK_RESUME, EV_WORK_TRACE, EV_WORK_EXIT, NR_EV_WORK };

/* Where a crossing began; taken from the frame and the keepers' state at its V. */
enum context {
	CTX_USER,		/* user mode */
	CTX_KERNEL,		/* a task in the kernel: system call, kernel thread */
	CTX_IDLE,		/* the idle task while RCU watches */
	CTX_EQS,		/* the idle task while RCU does not */
	CTX_SOFTIRQ,		/* serving a softirq */
	CTX_IRQ,		/* serving an interrupt */
	CTX_NMI,		/* serving an NMI */
	NR_CONTEXTS
};

/* What a crossing is, independent of the architecture's vectors. */
enum door {
	DOOR_SYSCALL,		/* SVC */
	DOOR_IRQ,		/* an interrupt */
	DOOR_FIQ,		/* the NMI */
	DOOR_FAULT,		/* data or prefetch abort, page fault */
	DOOR_UNDEF,		/* undefined instruction */
	DOOR_DEBUG,		/* breakpoint, watchpoint, step */
	DOOR_SERROR,		/* SError, asynchronous abort */
	DOOR_FORK,		/* a new task's first return: no vector */
	DOOR_BAD,		/* a slot that must not fire */
	NR_DOORS
};

struct evrec {
	u32		seq;		/* 1 + its number; 0 while being written */
	u8		event;		/* enum event */
	u8		ctx;		/* enum context, for V */
	u16		cpu;
	u32		preempt_count;
	s32		pid;
	u32		psr;		/* CPSR, or DAIF */
	u32		ct_state;	/* counter and state */
	u32		lockdep;	/* hardirqs on according to lockdep */
	u32		nesting;	/* low halves of context tracking's counts */
	u32		nmi_nesting;
	u64		time;		/* counter ticks */
	ulong		pc;		/* of the emitter; for V the frame's return address */
	ulong		arg, arg2;
};

#ifdef CONFIG_EVENT_RING
void __evlog(enum event ev, ulong arg, ulong arg2);
#define evlog_args(ev, a, b)	__evlog((ev), (a), (b))

struct pt_regs;
void evlog_door(struct pt_regs *regs, enum door door, ulong slot, ulong syndrome);
#else
#define evlog_args(ev, a, b)	do { (void)(a); (void)(b); } while (0)
#define evlog_door(r, d, s, e)	do { (void)(r); } while (0)
#endif
#define evlog(ev)		evlog_args(ev, 0, 0)

/* ---- readers (instrumentable; kernel/trace/crossing.c) ---- */

/* A ring for another CPU, before it runs, in zeroed memory. */
void evlog_cpu_init(u32 cpu, void *mem, size_t bytes);
/* The next event's number on this CPU: everything from here on is new. */
u32 evlog_mark(void);
/* Copy out record number seq of this CPU; -ENOENT if there is none yet, -EAGAIN while its writer, preempted
 * say, is filling it, -ENOSPC if overwritten. */
int evlog_read(u32 seq, struct evrec *out);
/* The same in place: NULL if there is none yet, or only another. It may be overwritten while it is looked at: it was not
 * if its seq is still 1 + its number. */
const struct evrec *evlog_peek(u32 seq);
const char *evlog_letter(enum event ev);
const char *evlog_work_name(ulong work);
const char *door_name(enum door d);
const char *context_name(enum context c);

#endif
