/* SPDX-License-Identifier: MIT */
/*
 * The boot argument crash=NAME: the kernel goes down on purpose, so that everybody can see what it says then.
 * Each prints "crash=NAME: what happens now", then its panic with a call trace, and ends with a status that
 * is not zero.
 */
#ifndef LINTEL_CRASH_H
#define LINTEL_CRASH_H

/* Does it, if it was asked for; else returns. Task context, before init. */
void crash_now(void);
/* In the middle of a panic's report: where crash=panic-in-panic and crash=overflow-in-overflow strike again. */
void crash_in_report(void);
/* arch/<arch>: an SError (ARMv7: an asynchronous abort) of the kernel, raised by software: the CPU's state is
 * set as the exception would, and the vector is jumped to. Does not return. */
void arch_raise_serror(void) __noreturn;

#endif
