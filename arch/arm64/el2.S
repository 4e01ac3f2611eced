/* SPDX-License-Identifier: MIT */
/* Before anything else: to EL1. Runs with the MMU off, at physical addresses. */
#include <asm/asm.h>
#include <asm/ptrace.h>
#include <asm/sysreg.h>

#define HCR_RW		(1 << 31)		/* EL1 is AArch64 */
#define HCR_APK		(1 << 40)		/* pointer authentication does not trap */
#define HCR_API		(1 << 41)
#define CPTR_EL2_RES1	0x33ff			/* nothing of FP and SIMD traps */
#define CNTHCTL_EL1	3			/* EL1 may use counter and timer */
#define SPSR_EL1H	(PSR_MODE_EL1h | PSR_D_BIT | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT)

#define HVC_SET_VECTORS	0			/* x0; x1 = physical address for VBAR_EL2 */

	.section .init.text, "ax"

/* Is a field of an ID register (4 bits from `bit`) not zero? Then go on at `label`. Clobbers x0. */
	.macro	if_field reg, bit, label
	mrs	x0, \reg
	ubfx	x0, x0, #\bit, #4
	cbnz	x0, \label
	.endm

/*
 * int init_el(void)
 * Any EL with the MMU off in; EL1, MMU off, everything masked out. Returns the level it was
 * called at, 1 or 2. At EL3 it says so and stops. Clobbers x0 - x3.
 */
func init_el
	mrs	x0, CurrentEL
	lsr	x0, x0, #2
	ldr	x1, =SCTLR_EL1_MMU_OFF
	cmp	x0, #2
	b.hi	entered_at_el3
	msr	sctlr_el1, x1
	isb
	b.eq	1f
	mov	w0, #1
	ret

	/* EL2: a plain EL1 world, no virtual machine. HCR.E2H goes off where VHE had it on. */
1:	ldr	x0, =(HCR_RW | HCR_APK | HCR_API)
	msr	hcr_el2, x0
	isb
	mov	x0, #CPTR_EL2_RES1
	msr	cptr_el2, x0
	msr	hstr_el2, xzr
	msr	vttbr_el2, xzr
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0

	/* Time: EL1's virtual counter is the physical one. */
	mov	x0, #CNTHCTL_EL1
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr

	/* All of the event counters are EL1's. MDCR_EL2.HPMN takes PMCR_EL0.N. */
	mov	x1, xzr
	mrs	x0, id_aa64dfr0_el1
	sbfx	x0, x0, #8, #4
	cmp	x0, #1
	b.lt	2f				/* none, or not the architecture's */
	mrs	x1, pmcr_el0
	ubfx	x1, x1, #11, #5
2:	msr	mdcr_el2, x1

	/* GICv3: EL1 may use its system registers, if the GIC has them. */
	if_field id_aa64pfr0_el1, 24, 3f
	b	4f
3:	mrs	x0, s3_4_c12_c9_5		/* ICC_SRE_EL2: SRE, Enable */
	mov	x1, #9
	orr	x0, x0, x1
	msr	s3_4_c12_c9_5, x0
	isb
	mrs	x0, s3_4_c12_c9_5
	tbz	x0, #0, 4f
	msr	s3_4_c12_c11_0, xzr		/* ICH_HCR_EL2 */

	/* Fine-grained traps, and the later half of HCR: none. */
4:	if_field id_aa64mmfr0_el1, 56, 5f
	b	6f
5:	msr	s3_4_c1_c1_4, xzr		/* HFGRTR, HFGWTR, HFGITR, HDFGRTR, HDFGWTR */
	msr	s3_4_c1_c1_5, xzr
	msr	s3_4_c1_c1_6, xzr
	msr	s3_4_c3_c1_4, xzr
	msr	s3_4_c3_c1_5, xzr
6:	if_field id_aa64mmfr1_el1, 40, 7f
	b	8f
7:	msr	s3_4_c1_c2_2, xzr		/* HCRX_EL2 */

	/* What stays at EL2 is a stub that answers HVC. */
8:	adr_l	x0, el2_vectors
	msr	vbar_el2, x0
	mov	x0, #SPSR_EL1H
	msr	spsr_el2, x0
	msr	elr_el2, x30
	mov	w0, #2
	eret
endfunc init_el

/* EL3 has no PSCI above it and another GIC view: not supported, and not silently so. */
func entered_at_el3
	adr	x1, 2f
	mov	w0, #4				/* SYS_WRITE0 */
	hlt	#0xf000
	adr	x1, 3f
	mov	w0, #0x20			/* SYS_EXIT_EXTENDED */
	hlt	#0xf000
1:	wfi
	b	1b
	.balign	8
3:	.quad	0x20026, 1			/* ADP_Stopped_ApplicationExit, status 1 */
2:	.ascii	"lintel: entered at EL3; boot at EL1 or EL2 "
	.asciz	"(QEMU with secure=on: the Image, not the ELF)\n"
	.balign	4
endfunc entered_at_el3

/*
 * The stub's vectors. HVC #0 from EL1, x0 = HVC_SET_VECTORS, x1 = physical address: installs other
 * EL2 vectors, returns 0; any other x0 returns -1. Clobbers nothing else. The rest should never
 * fire: nothing runs at EL2, and no trap to it is configured; each stops with status 1.
 */
	.macro	el2_slot target
	.balign	128
	b	\target
	.endm

	.balign	2048
func el2_vectors
	.cfi_undefined x30
	.rept	8				/* from EL2 itself */
	el2_slot el2_unexpected
	.endr
	el2_slot el2_sync			/* from EL1, AArch64 */
	.rept	7
	el2_slot el2_unexpected
	.endr
	.balign	128
endfunc el2_vectors

func el2_sync
	.cfi_undefined x30
	msr	tpidr_el2, x2
	mrs	x2, esr_el2
	lsr	x2, x2, #26
	cmp	x2, #0x16			/* HVC */
	b.ne	el2_unexpected
	mrs	x2, tpidr_el2
	cmp	x0, #HVC_SET_VECTORS
	b.ne	1f
	msr	vbar_el2, x1
	mov	x0, xzr
	eret
1:	mov	x0, #-1
	eret
endfunc el2_sync

func el2_unexpected
	.cfi_undefined x30
	adr	x1, 2f
	mov	w0, #4
	hlt	#0xf000
	adr	x1, 3f
	mov	w0, #0x20
	hlt	#0xf000
1:	wfi
	b	1b
	.balign	8
3:	.quad	0x20026, 1
2:	.asciz	"lintel: unexpected exception to EL2\n"
	.balign	4
endfunc el2_unexpected
