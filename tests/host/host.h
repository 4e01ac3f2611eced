/* SPDX-License-Identifier: MIT */
/* The machine and the services that the entry core sees on the host. */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include <lintel/crossing.h>
#include <lintel/sched.h>

extern struct task_struct host_task, host_idle;
extern u32 host_warnings;		/* WARNs and panics since host_reset() */
extern char host_warned[];		/* ... and their text */
extern bool host_warned_irqs_off;	/* ... and what the last one found */
extern u32 host_opened;			/* times that interrupts were opened */
extern char host_work[];		/* work done, in order: r(esched) s(ignal) n(otify) */
extern u32 host_scheduled, host_signalled, host_resumed;
extern u32 host_forced_tick, host_idle_tick, host_full_tick;	/* calls of the tick's functions */
/* What the test wants to happen at the next openings of interrupts; NULL: nothing. */
extern void (*host_on_open)(void);
/* ... and at the next closing, the instruction before. */
extern void (*host_on_close)(void);

void host_reset(void);			/* keepers as at boot, then in the kernel with interrupts on */
/* A door, as DEFINE_DOOR makes it: V, body, X. */
void host_door(enum door door, struct pt_regs *regs, void (*body)(struct pt_regs *regs));

#endif
