/* SPDX-License-Identifier: MIT */
/*
 * The model: the kernel's own C, run on the host wherever a choice of its surroundings leads.
 *
 *	stubs.c		the machine and the services around the code under test; what must hold
 *	doors.c		the doors of both architectures, as their doors.c use entry/
 *	explore.c	goes through all choices; every state once
 *	spec.c		entry/order.def by the kernel's own matcher
 *	main.c		the command
 *
 * The code under test runs on stacks of its own, one for each level of nesting. Where its
 * surroundings have a choice it asks the explorer, which saves the stack and all data under
 * test, and comes back as often as there are answers.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include <lintel/crossing.h>
#include <lintel/context_tracking.h>
#include <lintel/lockdep.h>
#include <lintel/monitor.h>
#include <lintel/sched.h>

#define MAX_RAISED	2	/* times */
#define MODEL_NMI	0	/* the interrupt that is one */
#define MAX_DEPTH	4	/* exceptions inside each other */
#define under_test	__section("mstate")	/* data that belong to a state */

/* ---- the machine ---- */

enum { ARCH_ARM, ARCH_ARM64, NR_ARCH };
#define ON_ARM		BIT(ARCH_ARM)
#define ON_ARM64	BIT(ARCH_ARM64)

struct machine {
	bool irqs_off;		/* the mask bit */
	bool in_user;
	bool other_task;	/* has its turn in the middle of a crossing */
	u8 raised;		/* how often a softirq was raised again while one ran */
	bool kthread;		/* the task has no user mode: nobody sends it signals */
};
extern struct machine machine;

/* ---- doors.c ---- */

struct model_door {
	const char *name;
	u8 arch, door;		/* ON_*, DOOR_* */
	bool user;		/* of user mode */
	bool sync;		/* only where the kernel's own code causes it */
	bool irq;		/* held off by the mask */
	bool nmi;		/* sees no more than the view below */
	void (*fn)(struct pt_regs *regs, ulong syndrome, ulong far);
};
extern const struct model_door model_doors[];
extern const u32 nr_model_doors;

/* ---- what the code under test meets; stubs.c ---- */

void model_point(void);			/* an exception may strike here, or none */
void model_exception(enum door door);	/* ... must strike here: the kernel's own doing */
void model_service(void);		/* a point in a service: checks what services rely on */
void model_root(void) __noreturn;	/* every initial context */
void model_enter(u32 door);		/* one crossing, from V to behind its X */
void model_canonical(void);		/* forgets what nobody reads */
/* Of what else a crossing depends on: which task, and whether its calls are traced. */
#define MODEL_SITUATIONS	8
u8 model_situation(void);

/* The data of a state, in one piece. */
#define STATE_MAX	640
size_t model_save(char *buf);		/* returns the size */
void model_load(const char *buf);

/*
 * What a crossing does not see makes no difference to it: another task's words; and for an NMI's
 * crossing what is pending and how time is accounted. So an NMI is explored with two views of
 * that, nothing or everything, and not for each combination; that it changes none of it is
 * checked. model_hide() takes it away, model_show() puts it back.
 */
struct hidden {
	struct thread_info other;
	s32 other_depth;
	ulong flags, syscall_work;
	struct pt_regs *irq_regs;
	u32 softirq_bits, time, irq_time, traced_enter, traced_exit;
	s32 lockdep_depth;
	bool urgent_qs, forced_tick, kthread, other_runs;
	u8 raised;
};
void model_hide(struct hidden *h, bool nmi);
void model_show(const struct hidden *h, bool nmi);

/* The services of the doors; each ends in a choice of what happened. */
void model_syscall(struct pt_regs *regs);
void model_kthread_fn(void);
void model_user_fault(void);
void model_kernel_fault(void);
void model_fixup(void);
void model_nmi(struct pt_regs *regs);

/* The keepers' state, as far as a crossing must give it back. */
struct keepers {
	u32 preempt, hardirqs_enabled, prepared, hardirq_context, ct_state;
	long nesting, nmi_nesting;
	u32 tracer_off, tracer_nmi, vtime, lockdep_depth;
	struct pt_regs *irq_regs;
};

/* ---- spec.c ---- */

#define SPEC_LINES	MONITOR_LINES
#define SPEC_MAX	128	/* in all */
struct order_line;
struct spec { u8 nr, holds; const struct order_line *line[SPEC_LINES]; u64 set[SPEC_LINES]; };

u32 spec_begin(struct spec *s, const struct crossing *c);	/* how many lines there are */
bool spec_step(struct spec *s, u8 event, u8 arg);		/* false: no line goes on like this */
bool spec_complete(const struct spec *s);
void spec_mark_ends(const struct spec *s, u32 *lines);		/* counts the lines that may end here */
u32 spec_lines(void);						/* ... all of them, in the file's order */
const char *spec_line(u32 i, u8 *door, u8 *ctx);
int spec_event(const char *word, u8 *arg);			/* what a letter stands for; -1 */

/* ---- explore.c, for stubs.c ---- */

/* The crossing that runs on a level's stack; it lives there. */
struct open {
	struct spec spec;
	struct keepers at_v;
	struct machine machine;		/* before */
	struct hidden hidden;		/* at V */
	u8 door, ctx;			/* DOOR_*, CTX_* */
	u8 instr;			/* between { and } */
	bool begun, left, user, urgent;
	u8 traced_enter, traced_exit;	/* system call: hooks that must have run */
	u16 at;				/* event of the log that comes next */
};
struct open *model_open(void);		/* NULL outside of crossings */
void model_set_open(struct open *open);
struct open *model_outer(u32 level);

u32 model_choose(u32 n);		/* 0 .. n-1 */
u32 model_level(void);
void model_event(enum event ev, ulong arg, void *frame);	/* shown, if this is a replay */
void model_wrong(const char *fmt, ...) __printf(1, 2) __noreturn;
void model_return(void) __noreturn;	/* the exception return */
void model_end(void) __noreturn;	/* nothing follows: the task or the machine is dead */
void model_ask_point(u32 doors);
void model_ask_exception(u32 doors);
/* In a replay of a log: true if this event is the next one there; *wanted says whether it is one. */
bool model_log_event(u8 event, u8 arg, struct open *open);
bool model_log_complete(const struct open *open);
void model_began(const struct crossing *c);	/* counts the kind of crossing */
void model_ended(const struct open *open);	/* ... and the line that it followed */

#endif
