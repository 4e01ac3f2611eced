/* SPDX-License-Identifier: MIT */
/*
 * The boot argument crash=NAME: the kernel goes down on purpose, so that everybody can see what it says then.
 * Each prints "crash=NAME: what happens now", then its panic with a call trace, and ends with a status that
 * is not zero.
 */
#ifndef LINTEL_CRASH_H
#define LINTEL_CRASH_H

#include <lintel/types.h>

/* Does it, if it was asked for; else returns. Task context, before init. */
void crash_now(void);
/* In the middle of a panic's report: where crash=panic-in-panic and others strike again. */
void crash_in_report(void);
/* arch/<arch>: with this stack pointer, too near to the stack's end for a frame, the event. Does not return. */
enum stack_end_event { STACK_END_IRQ, STACK_END_UNDEF, STACK_END_BREAK };
void arch_at_stack_end(unsigned long sp, enum stack_end_event event) __noreturn;
/*
 * An SError (ARMv7: an asynchronous abort), raised by software, since the emulator has none: the CPU's state is set as
 * the exception would, and the vector is jumped to. arch/<arch>: of the kernel, here; comes back if it
 * is survived. Of user mode: the running system call returns into the vector for it, with user mode's state.
 */
void arch_raise_serror(void);
void arch_raise_user_serror(void);
/* The next SError of this task, or of the kernel in it, does no harm: who asked for it knows where it is from. */
void serror_expect(void);
/* For the doors: is this that one? */
bool serror_expected(void);

#endif
