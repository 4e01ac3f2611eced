/* SPDX-License-Identifier: MIT */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#include <lintel/types.h>

/* In every wait loop: QEMU gives the other CPUs a turn. */
static __always_inline void cpu_relax(void) { __asm__ volatile("yield" ::: "memory"); }
/* Wakes for an interrupt even while it is masked. */
static __always_inline void cpu_wfi(void) { __asm__ volatile("dsb sy\n\twfi" ::: "memory"); }

/* What cpu_switch_to() keeps of a task that is not running; offsets in asm-offsets. */
struct cpu_context {
	ulong	r4, r5, r6, r7, r8, r9, r10, r11;
	ulong	sp;
	ulong	pc;
};
struct vfp_state {
	u64	d[32];
	u32	fpscr;
};
struct thread_struct {
	struct cpu_context	context;
	ulong			tp_value;	/* TPIDRURO: user TLS */
	ulong			tp2_value;	/* TPIDRURW: the user's own */
	struct vfp_state	vfp;		/* of tasks with an mm; eager */
	/* A new kernel thread's body; NULL for a user task. ret_from_fork() reads it. */
	int			(*fn)(void *);
	void			*arg;
};

/* vfp.S: the live registers to a task's state, and back. */
void vfp_save(struct vfp_state *s);
void vfp_load(const struct vfp_state *s);
u32 vfp_enable(void);		/* returns MVFR0 */

#endif
