/* SPDX-License-Identifier: MIT */
/*
 * VFP and Advanced SIMD state belongs to user mode: the kernel's C is compiled without it, so
 * it stays in the registers until another task with an mm runs.
 */
#include <asm/asm-offsets.h>
#include <asm/assembler.h>

	.fpu	neon
	.text

/* u32 vfp_enable(void): for every mode; returns MVFR0. */
func vfp_enable
	mrc	p15, 0, r0, c1, c0, 2		@ CPACR: coprocessors 10 and 11
	orr	r0, r0, #0xf << 20
	mcr	p15, 0, r0, c1, c0, 2
	isb
	mov	r0, #1 << 30			@ FPEXC.EN
	vmsr	fpexc, r0
	vmrs	r0, mvfr0
	bx	lr
endfunc vfp_enable

/* void vfp_save(struct vfp_state *s) */
func vfp_save
	vstmia	r0!, {d0-d15}
	vstmia	r0!, {d16-d31}
	vmrs	r1, fpscr
	str	r1, [r0]
	bx	lr
	.if	VFP_FPSCR != 32 * 8
	.error	"struct vfp_state is 32 doubles, then fpscr"
	.endif
endfunc vfp_save

/* void vfp_load(const struct vfp_state *s) */
func vfp_load
	vldmia	r0!, {d0-d15}
	vldmia	r0!, {d16-d31}
	ldr	r1, [r0]
	vmsr	fpscr, r1
	bx	lr
endfunc vfp_load

	.section .note.GNU-stack, "", %progbits
