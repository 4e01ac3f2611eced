/* SPDX-License-Identifier: MIT */
/* Tracepoints of the system-call path; on while a task's SYSCALL_WORK_TRACEPOINT is set. */
#ifndef LINTEL_TRACE_H
#define LINTEL_TRACE_H

#include <lintel/types.h>

struct pt_regs;

void trace_sys_enter(struct pt_regs *regs, long nr);
void trace_sys_exit(struct pt_regs *regs, long ret);

/* How often each was hit since boot: row 5 says "exactly once". */
struct trace_sys_count { u32 enter, exit; };
extern struct trace_sys_count trace_sys_count;

#endif
