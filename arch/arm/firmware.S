/* SPDX-License-Identifier: MIT */
/*
 * What firmware in monitor mode would do with an event (lintel/firmware.h), in the kernel's own modes: SDEI is for AArch64,
 * and this follows it with r0 to r3. FIQs are masked, so FIQ mode's registers are the firmware's.
 */
#include <asm/assembler.h>
#include <asm/ptrace.h>
#include <lintel/firmware.h>

	.section .noinstr.text, "ax"

/* void arch_firmware_event(void): firmware.psr is the caller's, and all is masked; an event at 1f. */
func arch_firmware_event
	.save	{r4, lr}
	push	{r4, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset lr, -4
	ldr	r0, =firmware
	adr	r1, 1f
	str	r1, [r0, #4 * FW_PC]
	b	firmware_takes_over
1:	pop	{r4, pc}
endfunc arch_firmware_event

/* Registers of exceptions that an event may find in use: to r0 to r3. */
.macro	live_registers
	cps	#ABT_MODE
	mov	r0, lr
	mrs	r1, spsr
	cps	#SVC_MODE
	mrs	r2, spsr
	mrc	p15, 0, r3, c5, c0, 0		@ DFSR
.endm

/* In: what was interrupted, in SVC mode, all masked; its pc and cpsr in `firmware`. A system call that returns "to" here has
 * user mode's registers in place. */
func firmware_takes_over
	.cantunwind
	cps	#FIQ_MODE
	ldr	r8, =firmware
	stmia	r8, {r0-r3}
	live_registers
	cps	#FIQ_MODE
	add	r9, r8, #4 * FW_LIVE
	stmia	r9, {r0-r3}
	add	r9, r8, #4 * FW_EVENT
	ldmia	r9, {r0-r3}
	cps	#SVC_MODE
	b	firmware_event_entry
endfunc firmware_takes_over

/* It is done. In: all masked, r4 and up, sp_svc and lr_svc as they were. */
func firmware_event_complete
	.cantunwind
	live_registers
	cps	#FIQ_MODE
	ldr	r8, =firmware
	add	r9, r8, #4 * FW_LIVE
	ldmia	r9, {r9-r12}
	eor	r9, r9, r0
	eor	r10, r10, r1
	eor	r11, r11, r2
	eor	r12, r12, r3
	orr	r9, r9, r10
	orr	r11, r11, r12
	ldr	r10, [r8, #4 * FW_CHANGED]
	orr	r9, r9, r11
	orr	r9, r9, r10
	mov	r10, #0
	str	r9, [r8, #4 * FW_CHANGED]
	str	r10, [r8, #4 * FW_RUNNING]
	ldmia	r8, {r0-r3}
	add	r8, r8, #4 * FW_PC
	rfeia	r8
endfunc firmware_event_complete
	.ltorg
