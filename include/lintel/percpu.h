/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU data. The boot CPU uses the linked section itself (its offset is 0), so per-CPU
 * state works from the first instruction of C; other CPUs get a copy of it as it was then.
 *
 * this_cpu_ptr() is two loads: hold off preemption or interrupts while the result is in use.
 * A FIQ in between is harmless, because it returns to the same task on the same CPU.
 */
#ifndef LINTEL_PERCPU_H
#define LINTEL_PERCPU_H

#include <lintel/thread_info.h>

#ifndef __percpu_section	/* the host build replaces it */
#define __percpu_section __section(".data..percpu")
#endif
#define DEFINE_PER_CPU(type, name)	__percpu_section __typeof__(type) name
#define DECLARE_PER_CPU(type, name)	extern __percpu_section __typeof__(type) name

#define this_cpu_ptr(p)							\
	((__typeof__(p))((char *)(p) + current_thread_info()->percpu_offset))
#define this_cpu_read(v)	READ_ONCE(*this_cpu_ptr(&(v)))
#define this_cpu_write(v, x)	WRITE_ONCE(*this_cpu_ptr(&(v)), (x))

/* Another CPU's; what guards it is the caller's business. */
extern ulong per_cpu_offset[];
#define per_cpu_ptr(p, cpu)	((__typeof__(p))((char *)(p) + per_cpu_offset[cpu]))

static __always_inline unsigned int smp_processor_id(void)
{
	return current_thread_info()->cpu;
}

#endif
