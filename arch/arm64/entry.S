/* SPDX-License-Identifier: MIT */
/*
 * The doors' assembly: save, call the one C function of the slot, restore. C decides all else.
 *
 *	slot:	makes room for a frame, saves x0 and x1		(16 slots, 128 bytes each)
 *	door:	saves the rest, reads ESR and FAR, opens D, A and F; the C function;
 *		masks everything, restores, ERET
 *
 * F (the NMI) is masked where ELR and SPSR hold what has not been saved yet, or has been reloaded
 * already: from the vector to DAIFClr, and from DAIFSet to ERET. Each such window is listed in
 * .f_masked. The doors of FIQ and SError keep F masked all the way.
 */
#include <asm/asm.h>
#include <asm/asm-offsets.h>
#include <asm/nmi.h>
#include <asm/ptrace.h>
#include <asm/thread_info.h>
#include <lintel/firmware.h>

/* The code from \from to \to runs with F masked. */
	.macro	f_masked from, to
	.pushsection .f_masked, "", %progbits
	.quad	\from, \to
	.popsection
	.endm

/* A synchronous exception between \from and \to destroys nothing: what the registers that it
 * overwrites held is in the frame. (A breakpoint instruction cannot be masked.) */
	.macro	sync_survived from, to
	.pushsection .sync_survived, "", %progbits
	.quad	\from, \to
	.popsection
	.endm

/*
 * One vector slot. In: the CPU's exception state; SP_EL1 the top of the thread's stack (from EL0)
 * or wherever it was. Out, at \name\()_door: sp = frame, x0 and x1 saved in it.
 *
 * From EL1 the stack may have run out. Stacks are aligned so that SP's bit THREAD_SHIFT is clear
 * on all of them and set below; the test has no register to spare and swaps x0 and sp by sums.
 */
	.macro	slot el, name
	.balign	128
.Lslot_\name:
	.if	\el == 0
	stp	x0, x1, [sp, #-S_SIZE]!
	.else
	sub	sp, sp, #S_SIZE
	add	sp, sp, x0			/* sp = frame + x0 */
	sub	x0, sp, x0			/* x0 = frame */
	tbnz	x0, #THREAD_SHIFT, stack_overflow
	sub	x0, sp, x0			/* x0 = x0 */
	sub	sp, sp, x0			/* sp = frame */
	stp	x0, x1, [sp, #S_X0]
	.endif
	b	\name\()_door
	.org	.Lslot_\name + 128		/* an error if the slot is full */
	.endm

/* Registers are found in the frame that sp points at. */
	.macro	cfi_frame
	.cfi_def_cfa sp, S_SIZE
	/* 31 is sp, 32 pc: the frame has their order. */
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
	.cfi_offset \n, 8 * \n - S_SIZE
	.endr
	.irp	n, 17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32
	.cfi_offset \n, 8 * \n - S_SIZE
	.endr
	.endm

/*
 * With an NMI that is no FIQ: who is masked, when. PMR is the interrupted code's up to here, and is
 * saved; the handler's is "off", and that is what lets I be opened where F is. The IRQ's door must
 * know what came before it lets the next one in: it acknowledges, and the number is C's syndrome.
 * x0 - x2 as C gets them, x23 = SPSR.
 */
	.macro	other_nmi el, name, unmask, ack
#ifdef NMI_IN_IRQ_DOOR
	adr_l	x3, nmi_design
	ldr	w3, [x3]
	cbz	w3, .Lfiq_\name
	cmp	w3, #NMI_PMR_DESIGN
	b.eq	.Lpmr_\name
	.ifnb	\ack
	mrs	x3, isr_el1
	tbz	x3, #ISR_IS, .Lirq_\name
	mrs	x1, ICC_NMIAR1
	b	.Lacked_\name
.Lirq_\name:
	mrs	x1, ICC_IAR1
.Lacked_\name:
	str	x1, [sp, #S_IRQ]
	.endif
	.ifc	\unmask, open
	msr	ALLINT, xzr
	.endif
	.ifc	\unmask, inherit
	and	x3, x23, #(1 << PSR_ALLINT_BIT)
	msr	ALLINT, x3
	.endif
	b	.Lfiq_\name
.Lpmr_\name:
	mrs	x3, ICC_PMR
	.ifnb	\ack
	mrs	x1, ICC_IAR1			/* of what passes PMR: so before that closes */
	stp	x3, x1, [sp, #S_PMR]
	.else
	str	x3, [sp, #S_PMR]
	.endif
	mov	x3, #PMR_IRQS_OFF
	msr	ICC_PMR, x3
	.ifc	\unmask, inherit
	and	x23, x23, #(PSR_A_BIT | PSR_I_BIT | PSR_F_BIT)
	orr	x23, x23, #PSR_D_BIT
	msr	daif, x23
	b	.Lopen_\name
	.endif
	.ifc	\unmask, open
	msr	daifclr, #DAIF_I
	.endif
	.ifc	\unmask, closed
	.if	\el == 0
	msr	daifclr, #DAIF_I		/* it may schedule, and I is not the scheduler's */
	.endif
	.endif
.Lfiq_\name:
#endif
	.endm

/* And back, everything masked: PMR as in the frame. Clobbers x20. */
	.macro	restore_other_nmi name
#ifdef NMI_IN_IRQ_DOOR
	adr_l	x20, nmi_design
	ldr	w20, [x20]
	cbz	w20, .Lreload_\name
	cmp	w20, #NMI_PMR_DESIGN
	b.eq	.Lpmr_back_\name
	mov	x20, #(1 << PSR_ALLINT_BIT)
	msr	ALLINT, x20
	b	.Lreload_\name
.Lpmr_back_\name:
	ldr	x20, [sp, #S_PMR]
	msr	ICC_PMR, x20
.Lreload_\name:
#endif
	.endm

/*
 * Body of a door: \name(regs, ESR, FAR).
 *	el	0 from EL0, 1 from EL1, 2 on the overflow stack (SP before it is in TPIDRRO_EL0)
 *	unmask	open: D, A and F open for C; inherit: A and F as the interrupted code had them (a fault in
 *		an NMI must not let the next one in; D is C's to open, which knows what came); nmi: D and A
 *		open, for an NMI may be debugged as well; closed: all stay masked
 *	ack	the door of IRQs that may be NMIs
 */
	.macro	door el, name, unmask, ack
	.type	\name\()_door, %function
\name\()_door:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_undefined 32
	.cfi_def_cfa sp, 0			/* gdb insists on a rule, even here */
	stp	x2, x3, [sp, #S_X0 + 16]
	stp	x4, x5, [sp, #S_X0 + 32]
	stp	x6, x7, [sp, #S_X0 + 48]
	stp	x8, x9, [sp, #S_X0 + 64]
	stp	x10, x11, [sp, #S_X0 + 80]
	stp	x12, x13, [sp, #S_X0 + 96]
	stp	x14, x15, [sp, #S_X0 + 112]
	stp	x16, x17, [sp, #S_X0 + 128]
	stp	x18, x19, [sp, #S_X0 + 144]
	stp	x20, x21, [sp, #S_X0 + 160]
	stp	x22, x23, [sp, #S_X0 + 176]
	stp	x24, x25, [sp, #S_X0 + 192]
	stp	x26, x27, [sp, #S_X0 + 208]
	stp	x28, x29, [sp, #S_X0 + 224]
	.if	\el == 0
	mrs	x21, sp_el0
	.elseif	\el == 1
	add	x21, sp, #S_SIZE
	.else
	mrs	x21, tpidrro_el0
	.endif
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x30, x21, [sp, #S_LR]
	stp	x22, x23, [sp, #S_PC]
	cfi_frame
	.if	\el == 0
	mov	x29, xzr			/* user mode's x29 is no chain to follow */
	mrs	x18, tpidr_el1			/* current, for all of C */
	.ifc	\name, el0t_64_sync
	stp	x0, x8, [sp, #S_ORIG_X0]	/* orig_x0, syscallno; no call: nobody asks */
	.endif
	.else
	stp	x29, x22, [sp, #S_FRAME]
	add	x29, sp, #S_FRAME
	.endif
	mrs	x1, esr_el1			/* before an NMI can take an abort of its own */
	mrs	x2, far_el1
.Lsaved_\name:
	mov	x0, sp
	other_nmi \el, \name, \unmask, \ack
	.ifc	\unmask, open
	msr	daifclr, #(DAIF_D | DAIF_A | DAIF_F)
	.endif
	.ifc	\unmask, inherit
	and	x23, x23, #(PSR_A_BIT | PSR_I_BIT | PSR_F_BIT)
	orr	x23, x23, #PSR_I_BIT
	orr	x23, x23, #PSR_D_BIT
	msr	daif, x23
	.endif
	.ifc	\unmask, nmi
	msr	daifclr, #(DAIF_D | DAIF_A)
	.endif
	/* x0 = regs, x1 = ESR, x2 = FAR, x29 = chain, x18 = current; everything else is free */
.Lopen_\name:
	bl	\name
.Lshut_\name:
	leave	\el, \name
	.cfi_endproc
	.size	\name\()_door, . - \name\()_door
	.if	\el == 2
	f_masked .Lslot_\name, \name\()_door
	.else
	f_masked .Lslot_\name, .Lslot_\name + 128
	.endif
	.ifc	\unmask, open
	f_masked \name\()_door, .Lopen_\name
	.else
	.ifc	\unmask, inherit
	f_masked \name\()_door, .Lopen_\name
	.else
	f_masked \name\()_door, .Lmasked_\name
	.endif
	.endif
	.endm

/* Reload the frame at sp and return. I is masked in; from DAIFSet on nothing else comes in either,
 * because ELR and SPSR are live. */
	.macro	leave el, name
	msr	daifset, #(DAIF_D | DAIF_A | DAIF_I | DAIF_F)
.Lmasked_\name:
	restore_other_nmi \name
	ldp	x22, x23, [sp, #S_PC]
	.if	\el == 0
	ldp	x30, x21, [sp, #S_LR]
	msr	sp_el0, x21
	.else
	ldr	x30, [sp, #S_LR]
	.endif
.Lelr_\name:
	msr	elr_el1, x22
	msr	spsr_el1, x23
	ldp	x2, x3, [sp, #S_X0 + 16]
	ldp	x4, x5, [sp, #S_X0 + 32]
	ldp	x6, x7, [sp, #S_X0 + 48]
	ldp	x8, x9, [sp, #S_X0 + 64]
	ldp	x10, x11, [sp, #S_X0 + 80]
	ldp	x12, x13, [sp, #S_X0 + 96]
	ldp	x14, x15, [sp, #S_X0 + 112]
	ldp	x16, x17, [sp, #S_X0 + 128]
	ldp	x18, x19, [sp, #S_X0 + 144]
	ldp	x20, x21, [sp, #S_X0 + 160]
	ldp	x22, x23, [sp, #S_X0 + 176]
	ldp	x24, x25, [sp, #S_X0 + 192]
	ldp	x26, x27, [sp, #S_X0 + 208]
	ldp	x28, x29, [sp, #S_X0 + 224]
	ldp	x0, x1, [sp], #S_SIZE		/* from EL1 this is SP as it was, too */
	eret
.Lleft_\name:
	.ifnc	\name, ret_from_fork
	sync_survived .Lsaved_\name, .Lelr_\name
	.endif
	f_masked .Lmasked_\name, .Lleft_\name
	.endm

	.section .entry.text, "ax"
	.balign	2048
	.globl	vectors
	.type	vectors, %function
vectors:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_undefined 32
	.cfi_def_cfa sp, 0			/* gdb insists on a rule, even here */
	slot	1, el1t_64_sync			/* EL1 with SP_EL0: never used */
	slot	1, el1t_64_irq
	slot	1, el1t_64_fiq
	slot	1, el1t_64_error
	slot	1, el1h_64_sync			/* EL1 with SP_EL1: the kernel */
	slot	1, el1h_64_irq
	slot	1, el1h_64_fiq
	slot	1, el1h_64_error
	slot	0, el0t_64_sync			/* EL0 */
	slot	0, el0t_64_irq
	slot	0, el0t_64_fiq
	slot	0, el0t_64_error
	slot	0, el0t_32_sync			/* EL0 in AArch32: no such task is ever started */
	slot	0, el0t_32_irq
	slot	0, el0t_32_fiq
	slot	0, el0t_32_error
	.cfi_endproc
	.size	vectors, . - vectors

	door	0, el0t_64_sync, open
	door	0, el0t_64_irq, open, ack
	door	0, el0t_64_fiq, nmi
	door	0, el0t_64_error, closed
	door	1, el1h_64_sync, inherit
	door	1, el1h_64_irq, open, ack
	door	1, el1h_64_fiq, nmi
	door	1, el1h_64_error, closed
	door	1, el1t_64_sync, closed
	door	1, el1t_64_irq, closed
	door	1, el1t_64_fiq, closed
	door	1, el1t_64_error, closed
	door	0, el0t_32_sync, open
	door	0, el0t_32_irq, open
	door	0, el0t_32_fiq, closed
	door	0, el0t_32_error, closed

/*
 * A slot found the stack used up. In: x0 = where the frame would be, sp = that plus x0. Goes to
 * handle_bad_stack(regs, ESR, FAR) on this CPU's overflow stack, with SP as it was in the frame.
 * The user's TLS registers serve as scratch: the kernel is about to panic.
 */
	.type	stack_overflow, %function
stack_overflow:
	.cfi_startproc simple
	.cfi_undefined 32
	.cfi_def_cfa sp, 0			/* gdb insists on a rule, even here */
.Lslot_handle_bad_stack:
	msr	tpidr_el0, x0
	sub	x0, sp, x0
	msr	tpidrro_el0, x0			/* x0 itself */
	mrs	x0, tpidr_el1
	ldr	x0, [x0, #TI_PERCPU]
	mov	sp, x0
	adr_l	x0, overflow_stack_top
	add	x0, sp, x0
	ldr	x0, [x0]
	sub	sp, x0, #S_SIZE
	mrs	x0, tpidrro_el0
	stp	x0, x1, [sp, #S_X0]
	mrs	x0, tpidr_el0
	add	x0, x0, #S_SIZE
	msr	tpidrro_el0, x0			/* SP before the exception */
	b	handle_bad_stack_door
	.cfi_endproc
	.size	stack_overflow, . - stack_overflow

	door	2, handle_bad_stack, closed

/*
 * An event of the firmware (lintel/firmware.h), as SDEI enters its handlers. In: x0 = event, x1 = end of the stack for
 * them, x2 = pc, x3 = pstate of what was interrupted; x4 to x30, SP, and the registers of exceptions as they were; all
 * masked; x0 to x3 of it the firmware has. It may be another door that was interrupted, so no stack is touched but the own one, and ELR, SPSR, ESR
 * and FAR are given back: what the handler runs into, a debug exception say, changes them. Out:
 * firmware_event_complete, with x4 to x30 and SP as they were.
 */
	.globl	firmware_event_entry
	.type	firmware_event_entry, %function
firmware_event_entry:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_undefined 32
	.cfi_def_cfa sp, 0			/* gdb insists on a rule, even here */
	sub	x1, x1, #S_SIZE
	stp	x4, x5, [x1, #S_X0 + 32]
	stp	x6, x7, [x1, #S_X0 + 48]
	stp	x8, x9, [x1, #S_X0 + 64]
	stp	x10, x11, [x1, #S_X0 + 80]
	stp	x12, x13, [x1, #S_X0 + 96]
	stp	x14, x15, [x1, #S_X0 + 112]
	stp	x16, x17, [x1, #S_X0 + 128]
	stp	x18, x19, [x1, #S_X0 + 144]
	stp	x20, x21, [x1, #S_X0 + 160]
	stp	x22, x23, [x1, #S_X0 + 176]
	stp	x24, x25, [x1, #S_X0 + 192]
	stp	x26, x27, [x1, #S_X0 + 208]
	stp	x28, x29, [x1, #S_X0 + 224]
	stp	x2, x3, [x1, #S_PC]
	stp	x29, x2, [x1, #S_FRAME]
	mov	x19, sp
	mov	sp, x1
	mrs	x20, sp_el0
	tst	x3, #PSR_MODE_MASK
	csel	x20, x20, x19, eq
	stp	x30, x20, [sp, #S_LR]
	cfi_frame
	add	x29, sp, #S_FRAME
	csel	x29, xzr, x29, eq		/* user mode's is no chain to follow */
	mov	x21, x0
	mrs	x24, elr_el1
	mrs	x25, spsr_el1
	mrs	x26, esr_el1
	mrs	x27, far_el1
	adr_l	x3, firmware
	ldp	x0, x1, [x3, #8 * FW_X(0)]
	ldp	x2, x3, [x3, #8 * FW_X(2)]
	stp	x0, x1, [sp, #S_X0]
	stp	x2, x3, [sp, #S_X0 + 16]
	mrs	x18, tpidr_el1			/* it may have been another door's first instructions */
	mov	x0, sp
	mov	x1, x21
	mov	x2, xzr
	other_nmi 1, firmware_event, nmi
	msr	daifclr, #(DAIF_D | DAIF_A)
	bl	firmware_event
	msr	daifset, #(DAIF_D | DAIF_A | DAIF_I | DAIF_F)
	restore_other_nmi firmware_event
	msr	elr_el1, x24
	msr	spsr_el1, x25
	msr	esr_el1, x26
	msr	far_el1, x27
	mov	x0, sp
	mov	sp, x19
	ldp	x4, x5, [x0, #S_X0 + 32]
	ldp	x6, x7, [x0, #S_X0 + 48]
	ldp	x8, x9, [x0, #S_X0 + 64]
	ldp	x10, x11, [x0, #S_X0 + 80]
	ldp	x12, x13, [x0, #S_X0 + 96]
	ldp	x14, x15, [x0, #S_X0 + 112]
	ldp	x16, x17, [x0, #S_X0 + 128]
	ldp	x18, x19, [x0, #S_X0 + 144]
	ldp	x20, x21, [x0, #S_X0 + 160]
	ldp	x22, x23, [x0, #S_X0 + 176]
	ldp	x24, x25, [x0, #S_X0 + 192]
	ldp	x26, x27, [x0, #S_X0 + 208]
	ldp	x28, x29, [x0, #S_X0 + 224]
	ldr	x30, [x0, #S_LR]
	b	firmware_event_complete
.Lfirmware_left:
	f_masked firmware_event_entry, .Lfirmware_left
	.cfi_endproc
	.size	firmware_event_entry, . - firmware_event_entry

/*
 * A new task's first instructions, switched to with interrupts masked.
 * In: x0 = the task before, sp = the new task's user frame. ret_from_fork(regs, before, 0), then
 * as any other return to user mode.
 */
	.globl	ret_from_fork_asm
	.type	ret_from_fork_asm, %function
ret_from_fork_asm:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_return_column 32
	.cfi_undefined 32
	.cfi_def_cfa sp, 0			/* gdb insists on a rule, even here */
	mov	x1, x0
	mov	x2, xzr
	mov	x0, sp
	mov	x29, xzr
	bl	ret_from_fork
	cfi_frame
	leave	0, ret_from_fork
	.cfi_endproc
	.size	ret_from_fork_asm, . - ret_from_fork_asm

	.text

/*
 * struct task_struct *__cpu_switch_to(struct task_struct *prev, struct task_struct *next)
 * Interrupts masked. Saves what a C function must preserve; returns prev, on next's stack, once
 * somebody switches back. Clobbers x8 - x10.
 */
func __cpu_switch_to
	mov	x9, sp
	stp	x19, x20, [x0, #CTX_X19]
	stp	x21, x22, [x0, #CTX_X21]
	stp	x23, x24, [x0, #CTX_X23]
	stp	x25, x26, [x0, #CTX_X25]
	stp	x27, x28, [x0, #CTX_X27]
	stp	x29, x9, [x0, #CTX_FP]
	str	x30, [x0, #CTX_PC]
	ldp	x19, x20, [x1, #CTX_X19]
	ldp	x21, x22, [x1, #CTX_X21]
	ldp	x23, x24, [x1, #CTX_X23]
	ldp	x25, x26, [x1, #CTX_X25]
	ldp	x27, x28, [x1, #CTX_X27]
	ldp	x29, x9, [x1, #CTX_FP]
	ldr	x30, [x1, #CTX_PC]
	mov	sp, x9
	mov	x18, x1				/* to an NMI in between either will do */
	msr	tpidr_el1, x1
	ret
endfunc __cpu_switch_to

/*
 * void call_on_irq_stack(void (*fn)(struct pt_regs *), struct pt_regs *regs)
 * Interrupts masked, on a thread stack. fn's frame record, on the IRQ stack, leads to ours, on the
 * thread stack, so back traces cross. Clobbers what a C function may.
 */
func call_on_irq_stack
	stp	x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	mov	x29, sp
	.cfi_def_cfa x29, 16
	mrs	x9, tpidr_el1
	ldr	x9, [x9, #TI_PERCPU]
	adr_l	x10, irq_stack_top
	ldr	x9, [x9, x10]
	mov	x10, x0
	mov	x0, x1
	mov	sp, x9
	blr	x10
	mov	sp, x29
	.cfi_def_cfa sp, 16
	ldp	x29, x30, [sp], #16
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
endfunc call_on_irq_stack
