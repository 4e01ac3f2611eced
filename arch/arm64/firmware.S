/* SPDX-License-Identifier: MIT */
/*
 * What firmware at EL3 would do with an event (lintel/firmware.h), at EL1: SDEI's entry and completion. It comes where
 * nothing of ELR and SPSR is needed, because its own return needs them; the kernel's door may not rely on that.
 */
#include <asm/asm.h>
#include <lintel/firmware.h>

	.section .noinstr.text, "ax"

/* void arch_firmware_event(void): firmware.psr is the caller's, and all is masked; an event at 1f. */
func arch_firmware_event
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	.cfi_def_cfa x29, 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	adr_l	x0, firmware
	adr	x1, 1f
	str	x1, [x0, #8 * FW_PC]
	b	firmware_takes_over
1:	ldp	x29, x30, [sp], #16
	ret
endfunc arch_firmware_event

/*
 * In: what was interrupted, in EL1h, all masked; its pc and pstate in `firmware`. A system call that returns "to"
 * here has user mode's registers in place and SP at the top of the stack: below it nothing lives, as below a
 * function's.
 */
func firmware_takes_over
	stp	x0, x1, [sp, #-16]
	adr_l	x0, firmware
	stp	x2, x3, [x0, #8 * FW_X(2)]
	ldp	x2, x3, [sp, #-16]
	stp	x2, x3, [x0, #8 * FW_X(0)]
	mrs	x1, elr_el1
	mrs	x2, spsr_el1
	stp	x1, x2, [x0, #8 * FW_LIVE]
	mrs	x1, esr_el1
	mrs	x2, far_el1
	stp	x1, x2, [x0, #8 * (FW_LIVE + 2)]
	ldp	x2, x3, [x0, #8 * FW_PC]
	ldp	x0, x1, [x0, #8 * FW_EVENT]
	b	firmware_event_entry
endfunc firmware_takes_over

/* SDEI_EVENT_COMPLETE. In: all masked, x4 and up and SP as they were. */
func firmware_event_complete
	adr_l	x0, firmware
	ldr	x1, [x0, #8 * FW_CHANGED]
	.irp	n, 0, 1, 2, 3
	ldr	x2, [x0, #8 * (FW_LIVE + \n)]
	.if	\n == 0
	mrs	x3, elr_el1
	.elseif	\n == 1
	mrs	x3, spsr_el1
	.elseif	\n == 2
	mrs	x3, esr_el1
	.else
	mrs	x3, far_el1
	.endif
	eor	x2, x2, x3
	orr	x1, x1, x2
	.endr
	stp	x1, xzr, [x0, #8 * FW_CHANGED]		/* and it does not run */
	ldp	x1, x2, [x0, #8 * FW_PC]
	msr	elr_el1, x1
	msr	spsr_el1, x2
	ldp	x2, x3, [x0, #8 * FW_X(2)]
	ldp	x0, x1, [x0, #8 * FW_X(0)]
	eret
endfunc firmware_event_complete
