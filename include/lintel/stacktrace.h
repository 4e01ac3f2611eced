/* SPDX-License-Identifier: MIT */
/*
 * Back traces: printed, or kept. In any context, NMIs included, wherever the CPU was interrupted: nothing that
 * is read is believed.
 */
#ifndef LINTEL_STACKTRACE_H
#define LINTEL_STACKTRACE_H

#include <lintel/types.h>

struct pt_regs;

/* Innermost first. Of a call it is an address inside the calling instruction. */
struct stack_trace {
	ulong *pc;
	u32 nr, max;
	bool whole;			/* it ends where the kernel was entered, or a thread began */
};

/* arch/<arch>: a line "  [<address>] symbol+offset/size" (%pS; %pB for return addresses) each, innermost first,
 * through exception frames, which are announced; regs NULL: from the caller. */
void arch_show_trace(struct pt_regs *regs);
/* The same, kept in *to, which is empty: of a kernel's frame. */
void arch_keep_trace(struct pt_regs *regs, struct stack_trace *to);

/* For them: one frame, into *to or (NULL) printed. `exact` if pc is no return address. A recursion takes one
 * printed line. After the last one trace_end(). */
void trace_frame(struct stack_trace *to, ulong pc, bool exact);
void trace_end(struct stack_trace *to);
static inline void trace_whole(struct stack_trace *to)
{
	if (to)
		to->whole = true;
}
/* What is no frame: only printed. */
#define trace_note(to, ...)					\
	do {							\
		if (!(to)) {					\
			trace_end(to);				\
			printk(LOG_EMERG, __VA_ARGS__);		\
		}						\
	} while (0)

/*
 * All CPUs show where they are, each from an NMI: "cpu N: backtrace", pc, lr and
 * status, and its call trace. At once, even in an NMI: the CPU may hang. Any context; from an NMI of its own the
 * CPU shows what that interrupted. kernel/stacktrace.c.
 */
void backtrace_all(void);
void backtrace_init(void);		/* needs irq_init() */

#endif
