/* SPDX-License-Identifier: MIT */
/*
 * Time accounting by context (row 16): counter ticks of user, system, irq, softirq and idle
 * time of each CPU. Precise at every transition while context tracking is on; otherwise the
 * tick accounts its whole period to what it interrupted.
 */
#ifndef LINTEL_VTIME_H
#define LINTEL_VTIME_H

#include <lintel/percpu.h>

enum vtime_kind { VT_SYSTEM, VT_USER, VT_IRQ, VT_SOFTIRQ, VT_IDLE, NR_VTIME };

struct vtime { u64 since; u32 now; u64 start, sum[NR_VTIME]; };
DECLARE_PER_CPU(struct vtime, vtime);

/* What ran until now is accounted, and `to` runs from here; returns what ran. noinstr, interrupts off; RCU
 * watches, so that whoever looks at the sums may be anywhere; an interrupt's and a softirq's time begin and end
 * in their contexts (CONFIG_DEBUG_ENTRY warns). */
enum vtime_kind vtime_switch(enum vtime_kind to);
void vtime_cpu_init(void);	/* another CPU's time begins, or goes on; its sums are what has passed since `start` */
/* The imprecise form, from the tick: `period` ticks of `kind`. */
void vtime_tick(enum vtime_kind kind, u64 period);

#endif
