/* SPDX-License-Identifier: MIT */
/* What the programs of the initramfs share: there is no execve(), so init contains them. */
#ifndef USER_PROGRAMS_H
#define USER_PROGRAMS_H

#include "lib/lib.h"

/* The tour: true if every crossing was in order and the kernel warned of nothing. */
bool tour(bool dump);
/* The shell: reads commands until `exit` or the end of its input; the exit status. */
int shell(void);

#endif
