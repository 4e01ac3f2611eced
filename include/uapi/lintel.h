/* SPDX-License-Identifier: MIT */
/*
 * The one system call that Linux does not have: lintel(op, arg), which lets a program ask the
 * event ring what a crossing looked like, and make crossings happen where no program can go. Its
 * number lies in the range that each architecture keeps for itself, and is -ENOSYS on Linux.
 */
#ifndef UAPI_LINTEL_H
#define UAPI_LINTEL_H

#ifdef __aarch64__
#define __NR_lintel	259
#else
#define __NR_lintel	0x0f07f0
#endif

/* op, and what arg is */
#define LINTEL_INFO	0	/* struct lintel_info *, out */
#define LINTEL_MARK	1	/* 0; returns the number of the next event, as a 31-bit number */
#define LINTEL_CROSSING	2	/* struct lintel_crossing *, in and out; -ENOENT if there is none */
#define LINTEL_STATION	3	/* struct lintel_station *: make a crossing happen in the kernel */
#define LINTEL_IRQ_AT	4	/* ticks from now (32 bits): one timer IRQ; returns at once */
#define LINTEL_NMI_AT	5	/* the same for the NMI */
#define LINTEL_LATENCY	6	/* struct lintel_latency *, out: of the last IRQ_AT or NMI_AT */
#define LINTEL_SWITCH	7	/* u64 *, out: least counter ticks of one kernel thread switch */
#define LINTEL_DUMP	8	/* mark: print every V since the mark (and its X) on the console */
#define LINTEL_TRACE_ME	9	/* 1 or 0: this task's system calls run SYSCALL_WORK_TRACEPOINT */
#define LINTEL_SHOOT	10	/* struct lintel_shot *: what came of the last one, and another one */
#define LINTEL_PLACE	11	/* struct lintel_shot *: one shot in a place of the kernel, from begin to end */
#define LINTEL_WORK	12	/* LINTEL_WORK_*: work for the return from this very call */
#define LINTEL_REGS	13	/* long [LINTEL_NR_REGS], out: this call's frame, as a tracer sees it */
#define LINTEL_SERROR	14	/* this call returns into the SError of user mode; 1: which does no harm */
#define LINTEL_DEBUG	15	/* struct lintel_debug *: a breakpoint or watchpoint here; NULL takes it away */

#define LINTEL_FIRMWARE	16	/* this call returns into an event of the firmware; how many have been as they must */

#ifdef __aarch64__
#define LINTEL_NR_REGS	34	/* x0 .. x30, sp, pc, pstate */
#else
#define LINTEL_NR_REGS	18	/* r0 .. r12, sp, lr, pc, cpsr, orig_r0 */
#endif

/* The same numbers as enum door and enum context in lintel/evlog.h. */
#define LINTEL_DOOR_SYSCALL	0
#define LINTEL_DOOR_IRQ		1
#define LINTEL_DOOR_FIQ		2
#define LINTEL_DOOR_FAULT	3
#define LINTEL_DOOR_UNDEF	4
#define LINTEL_DOOR_DEBUG	5
#define LINTEL_DOOR_SERROR	6
#define LINTEL_DOOR_FORK	7
#define LINTEL_CTX_USER		0
#define LINTEL_CTX_KERNEL	1
#define LINTEL_CTX_IDLE		2
#define LINTEL_CTX_EQS		3
#define LINTEL_CTX_SOFTIRQ	4
#define LINTEL_CTX_IRQ		5
#define LINTEL_CTX_NMI		6

/* enum nmi_design of lintel/nmi.h. */
#define LINTEL_NMI_FIQ		0
#define LINTEL_NMI_PMR		1
#define LINTEL_NMI_NMI		2

struct lintel_info {
	unsigned int	ring;		/* 1: crossings are recorded */
	unsigned int	ring_size;	/* records of each CPU */
	unsigned int	tracking;	/* 1: user mode is tracked */
	unsigned int	warnings;	/* since boot */
	unsigned int	counter_hz;
	unsigned int	bad_state;	/* end-state checks that failed since boot, any configuration */
	unsigned int	nmi;		/* how NMIs are delivered: LINTEL_NMI_FIQ .. */
	unsigned int	unused;
	unsigned long long boot_ticks;	/* counter at init's first instruction, as the kernel left */
};

struct lintel_crossing {
	unsigned int	mark;		/* in: look from here */
	int		pid;		/* in: of this task; -1: any */
	unsigned int	door, context;	/* in: kind looked for */
	unsigned int	sequence;	/* out: number of its V */
	int		differs;	/* out: -1 in order, else column of the first difference in expected */
	char		recorded[1024];	/* out: as it was; empty without a ring */
	char		expected[232];	/* out: as it should be: the closest reading of the specification */
};

struct lintel_station {
	unsigned int	door;		/* in: IRQ, FIQ or FORK */
	unsigned int	context;	/* in: kernel, idle, EQS, softirq, IRQ */
	unsigned int	ok;		/* out: end states as they should be (also without a ring) */
	int		pid;		/* out: the task it happened in */
	unsigned int	mark;		/* out: to look from */
};

#define LINTEL_PLACE_KERNEL	0	/* a task in the kernel */
#define LINTEL_PLACE_IDLE	1	/* the idle task wakes up, and takes the interrupt watched */
#define LINTEL_PLACE_EQS	2	/* ... and takes it un-watched */
#define LINTEL_PLACE_BREAK	3	/* a task in the kernel executes a breakpoint instruction */

#define LINTEL_SHOT_WORK	1	/* the IRQ's handler leaves work: a reschedule, and resume work for a user task */
#define LINTEL_SHOT_FAULT	4	/* the NMI's handler takes an abort, which is fixed up */
#define LINTEL_SHOT_FORGIVE	2	/* the instruction of this task's next fault is skipped, and nobody dies */

#define LINTEL_WORK_RESCHED	1
#define LINTEL_WORK_SIGNAL	2	/* that there is one; none is delivered */
#define LINTEL_WORK_RESUME	4

/* An IRQ and an NMI, and what has become of them. */
struct lintel_shot {
	unsigned int	place;		/* in (PLACE only) */
	unsigned int	how;		/* in: LINTEL_SHOT_* */
	unsigned int	irq, nmi;	/* in: in so many counter ticks; 0: none. Idle: 1 is when it wakes */
	unsigned int	brk;		/* in: a breakpoint instruction in place of what is there, once; bytes behind
					 * the kernel's first, or 0; -EPERM without breaks=anywhere */
	unsigned int	irq2;		/* in: behind the IRQ another one */
	unsigned int	irqs, nmis, brks; /* out: how many came, and in their context */
	unsigned long long irq_pc, nmi_pc;	/* out: of the instructions that waited */
	unsigned long long at;		/* out: where the place is */
	unsigned int	ticks;		/* out: of the machine, meanwhile: it has disturbed */
	unsigned int	disorder;	/* out: crossings since boot that are not in entry/order.def */
	char		changed[32];	/* out: what of the kernel is not as it was at the first shot */
};

struct lintel_debug {
	unsigned long long addr;	/* 0, 1: ct_user_exit() and ct_user_enter() of the kernel */
	unsigned int	type, len;	/* 0 execute, 1 read, 2 write, 3 both; bytes */
	unsigned int	handler;	/* 0: SIGTRAP, else it is counted below, and so many instructions are stepped */
};

/* What they saw, as the result of LINTEL_DEBUG with NULL: hits | steps << 8 | bad << 16 */
#define LINTEL_DEBUG_HITS(r)	((r) & 0xff)
#define LINTEL_DEBUG_STEPS(r)	((r) >> 8 & 0xff)
#define LINTEL_DEBUG_BAD(r)	((r) >> 16)

struct lintel_latency {
	unsigned long long due;		/* counter value at which it became pending */
	unsigned long long handler;	/* ... at its handler's first line */
	unsigned long long left;	/* ... at the handler's last line */
};

#endif
