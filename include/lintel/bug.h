/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_BUG_H
#define LINTEL_BUG_H

#include <lintel/types.h>
#include <lintel/instrumentation.h>

struct pt_regs;

/* Prints the message, the state of the entry keepers, the current frame where there is one and
 * a back trace; then leaves QEMU with status 1. May be called anywhere; never returns. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
/* The same for an exception: prints `regs` and the trace through it. `what` names the cause. Says so if RCU does not
 * watch: whoever dies has entered the kernel first (row 46). */
void die(const char *what, struct pt_regs *regs) __noreturn;
/* The same for a stack that has run out; the line has the stack pointer as it was. */
void die_overflow(struct pt_regs *regs) __noreturn;
/* In front of the door of such a stack, before V: every report begins on the same overflow stack. Where the door gets
 * as far as die(), panics are counted and that ends; where it does not, it is counted here, and the report does
 * without the door. Counts, and returns; or dies. */
void overflow_begins(struct pt_regs *regs);
/* The same for what went wrong since: the trace is that of the caller, through the exception. */
void die_here(const char *what, struct pt_regs *regs) __noreturn;

/*
 * Warnings and bugs are breakpoint instructions, for a warning may be due where nothing may be called: in noinstr
 * code, before RCU watches (row 35). The trap of a warning is no crossing: it is handled before the door's V, tells no
 * keeper, prints "Warning at file:line: text" with the state and a back trace, counts it (a run with
 * warnings exits non-zero), and goes on behind the instruction. A bug's trap is any debug exception's, and ends in die().
 */
#define BREAK_WARN	0x800	/* immediates; what is said is in __bug_table */
#define BREAK_BUG	0x801
#define BREAK_WARN_TEXT	0x802	/* ... in the struct bug that the first argument's register points at */
#define BREAK_SWEEP	0x900	/* the sweeps'; see break_register() */

#define BREAK_SIZE	4	/* of the instruction */

struct bug { ulong pc; const char *file, *text; ulong line; };

#include <asm/bug.h>	/* ARCH_BREAK(immediate), arch_break_with(immediate, pointer), arch_break_argument(regs) */
#ifndef __bug_trap		/* the host has none */
#define __bug_trap(imm, text)						\
	__asm__ volatile("1:\t" ARCH_BREAK(imm) "\n\t"			\
			 ".pushsection __bug_table, \"a\"\n\t"		\
			 ".dc.a	1b, %c0, %c1, %c2\n\t"			\
			 ".popsection"					\
			 : : "i" (__FILE__), "i" (text), "i" (__LINE__))
#endif

/* A warning whose text has to be made: the same from inside a function, so not for noinstr code. */
void __warn(const char *file, int line, const char *fmt, ...) __printf(3, 4);
u32 warn_count(void);
/* For a self-test: warnings in between are printed, but count only here. Returns how many came. */
void warn_expect_begin(void);
u32 warn_expect_end(void);

/* A warning at regs? Reports it and steps behind it. Before the entry's accounting, anything masked. */
bool warn_trap(struct pt_regs *regs, u32 immediate);
/* A breakpoint instruction of the kernel that nobody wants: die(), with a bug's own words if it is one. */
void die_break(const char *what, struct pt_regs *regs) __noreturn;

#define WARN(cond, ...)							\
	({								\
		bool __w = (cond);					\
		if (unlikely(__w))					\
			__warn(__FILE__, __LINE__, __VA_ARGS__);	\
		unlikely(__w);						\
	})
#define WARN_ON(cond)							\
	({								\
		bool __w = (cond);					\
		if (unlikely(__w))					\
			__bug_trap(BREAK_WARN, #cond "\n");		\
		unlikely(__w);						\
	})
#define WARN_ON_ONCE(cond)						\
	({								\
		static bool __warned;					\
		bool __c = (cond);					\
		if (unlikely(__c) && !__warned) {			\
			__warned = true;				\
			__bug_trap(BREAK_WARN, #cond "\n");		\
		}							\
		unlikely(__c);						\
	})
#define BUG_ON(cond)							\
	do {								\
		if (unlikely(cond)) {					\
			__bug_trap(BREAK_BUG, #cond);			\
			__builtin_unreachable();			\
		}							\
	} while (0)

/* arch/<arch>: all registers of the frame, and the syndrome registers decoded into words. Must not fault on a
 * damaged frame: bounds first, reads through arch_probe_word(). */
void arch_show_state(struct pt_regs *regs);

/* Ends QEMU with this status: PSCI SYSTEM_OFF for 0 where there is PSCI, else semihosting. A run
 * that had warnings does not end with 0. */
void machine_exit(int status) __noreturn;

#endif
