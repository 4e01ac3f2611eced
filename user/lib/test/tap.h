/* SPDX-License-Identifier: MIT */
/* TAP for the programs of tests/user: numbered ok lines, skips with their reason, the plan last. */
#ifndef USER_TAP_H
#define USER_TAP_H

#include "lib.h"

bool ok(bool good, const char *fmt, ...) __printf(2, 3);	/* returns good */
/* Says both when they differ. */
bool is(long got, long wanted, const char *fmt, ...) __printf(3, 4);
bool died(int status, int sig, const char *what);	/* of run_child(): killed by sig */
bool exited(int status, int code, const char *what);	/* of run_child(): ended with code */
void skip(const char *why, const char *what);
void note(const char *fmt, ...) __printf(1, 2);
/* Prints the plan; then ends the machine (process 1) or the process with the verdict. */
void done(void) __noreturn;

#endif
