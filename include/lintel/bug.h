/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_BUG_H
#define LINTEL_BUG_H

#include <lintel/types.h>
#include <lintel/instrumentation.h>

struct pt_regs;

/* Prints the message, the state of the entry keepers, the current frame where there is one and
 * a back trace; then leaves QEMU with status 1. May be called anywhere; never returns. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
/* The same for an exception: prints `regs` and the trace through it. `what` names the cause. */
void die(const char *what, struct pt_regs *regs) __noreturn;
/* The same for what went wrong since: the trace is that of the caller, through the exception. */
void die_here(const char *what, struct pt_regs *regs) __noreturn;

/* Prints the message and a back trace, counts it (a run with warnings exits non-zero), goes on. */
void __warn(const char *file, int line, const char *fmt, ...) __printf(3, 4);
u32 warn_count(void);
/* For a self-test: warnings in between are printed, but count only here. Returns how many came. */
void warn_expect_begin(void);
u32 warn_expect_end(void);

#define WARN(cond, ...)							\
	({								\
		bool __w = (cond);					\
		if (unlikely(__w))					\
			__warn(__FILE__, __LINE__, __VA_ARGS__);	\
		unlikely(__w);						\
	})
#define WARN_ON(cond)		WARN(cond, "%s\n", #cond)
#define WARN_ON_ONCE(cond)						\
	({								\
		static bool __warned;					\
		bool __c = (cond);					\
		if (unlikely(__c) && !__warned) {			\
			__warned = true;				\
			__warn(__FILE__, __LINE__, "%s\n", #cond);	\
		}							\
		unlikely(__c);						\
	})
/* In noinstr code: the report itself is instrumentable, and RCU may not watch. */
#define NOINSTR_WARN_ON(cond)						\
	({								\
		bool __n = (cond);					\
		if (unlikely(__n)) {					\
			__instr_marker("instr_begin");			\
			__warn(__FILE__, __LINE__, "%s\n", #cond);	\
			__instr_marker("instr_end");			\
		}							\
		unlikely(__n);						\
	})
#define BUG_ON(cond)							\
	do {								\
		if (unlikely(cond))					\
			panic("BUG: %s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)

/* arch/<arch>: all registers of the frame, and the syndrome registers decoded into words. Must not fault on a
 * damaged frame: bounds first, reads through arch_probe_word(). */
void arch_show_state(struct pt_regs *regs);

/* Ends QEMU with this status: PSCI SYSTEM_OFF for 0 where there is PSCI, else semihosting. A run
 * that had warnings does not end with 0. */
void machine_exit(int status) __noreturn;

#endif
