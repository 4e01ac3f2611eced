/* SPDX-License-Identifier: MIT */
/* Monitor debug-mode, on and off: what handles one debug exception must not take another (row 12). */
#ifndef ASM_HW_BREAKPOINT_H
#define ASM_HW_BREAKPOINT_H

#include <lintel/percpu.h>
#include <asm/barrier.h>

#define DSCR_MDBGEN	(1U << 15)

DECLARE_PER_CPU(u32, debug_depth);
extern bool debug_wanted;	/* arch_debug_enable() was called */

static __always_inline u32 read_dscr(void)
{
	u32 v;

	__asm__ volatile("mrc p14, 0, %0, c0, c2, 2" : "=r" (v));
	return v;
}
static __always_inline void write_dscr(u32 v)
{
	__asm__ volatile("mcr p14, 0, %0, c0, c2, 2\n\tisb" : : "r" (v) : "memory");
}

/* Around a debug exception of the kernel; nests. Only the outermost turns them on again. */
static __always_inline void debug_registers_off(void)
{
	this_cpu_write(debug_depth, this_cpu_read(debug_depth) + 1);
	barrier();
	write_dscr(read_dscr() & ~DSCR_MDBGEN);
}
static __always_inline void debug_registers_on(void)
{
	u32 depth = this_cpu_read(debug_depth) - 1;

	this_cpu_write(debug_depth, depth);
	barrier();
	if (!depth && READ_ONCE(debug_wanted))
		write_dscr(read_dscr() | DSCR_MDBGEN);
}

#endif
