/* SPDX-License-Identifier: MIT */
/*
 * Entered in HYP: leave a stub there, so that HYP can be had back, and go on in SVC. The stub runs
 * with HYP's MMU off, at its physical address.
 */
#include <asm/assembler.h>
#include <asm/ptrace.h>

	.arch_extension virt
	.section .head.text, "ax"

/*
 * hyp_drop: installs the stub and returns to the caller in SVC, everything masked.
 * Pre: HYP mode, MMU off. Clobbers r0, r1, lr's mode.
 */
func hyp_drop
	adr	r0, hyp_stub
	mcr	p15, 4, r0, c12, c0, 0		@ HVBAR
	mov	r0, #0
	mcr	p15, 4, r0, c1, c1, 0		@ HCR: nothing trapped, no stage 2
	mcr	p15, 4, r0, c1, c1, 3		@ HSTR
	movw	r0, #0x33ff			@ HCPTR: its reserved ones; VFP not trapped
	mcr	p15, 4, r0, c1, c1, 2
	mrc	p15, 4, r0, c1, c1, 1		@ HDCR: keep HPMN, trap nothing
	and	r0, r0, #0x1f
	mcr	p15, 4, r0, c1, c1, 1
	mrc	p15, 0, r0, c0, c0, 0
	mcr	p15, 4, r0, c0, c0, 0		@ VPIDR = MIDR
	mrc	p15, 0, r0, c0, c0, 5
	mcr	p15, 4, r0, c0, c0, 5		@ VMPIDR = MPIDR

	mrc	p15, 0, r0, c0, c1, 1		@ ID_PFR1: generic timer?
	tst	r0, #0xf << 16
	beq	1f
	mrc	p15, 4, r1, c14, c1, 0		@ CNTHCTL: counter and timer for PL1
	orr	r1, r1, #3
	mcr	p15, 4, r1, c14, c1, 0
	mov	r1, #0
	mcrr	p15, 4, r1, r1, c14		@ CNTVOFF: the two counters agree
1:	tst	r0, #0xf << 28			@ GIC by system registers?
	beq	2f
	mrc	p15, 4, r1, c12, c9, 5		@ ICC_HSRE: SRE, and PL1 may set its own
	orr	r1, r1, #9
	mcr	p15, 4, r1, c12, c9, 5
	isb
	mov	r1, #0
	mcr	p15, 4, r1, c12, c11, 0		@ ICH_HCR: no virtual interrupts
2:	msr	elr_hyp, lr
	mov	r0, #PSR_A_BIT | PSR_I_BIT | PSR_F_BIT | SVC_MODE
	msr	spsr_cxsf, r0
	eret
endfunc hyp_drop

/*
 * The stub: HVC from SVC with r0 = 0 sets HVBAR to r1 (a physical address) and returns 0; other
 * requests return -1.
 */
	.balign	32
hyp_stub:
	b	early_die		@ reset
	b	early_die		@ undefined, from HYP: from hyp_drop
	b	early_die		@ HVC, from HYP
	b	early_die		@ prefetch abort, from HYP
	b	early_die		@ data abort, from HYP
	b	hyp_trap		@ HVC and traps from below
	b	early_die		@ IRQ: not routed here
	b	early_die		@ FIQ
hyp_trap:
	cmp	r0, #0
	mcreq	p15, 4, r1, c12, c0, 0
	mvnne	r0, #0
	eret

	.section .note.GNU-stack, "", %progbits
