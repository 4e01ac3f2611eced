/* SPDX-License-Identifier: MIT */
/*
 * The doors, assembly half: save the frame, call C, reload the frame. C decides everything else.
 *
 * C runs in SVC mode only. The other modes have no stacks: their vectors push the return state
 * straight onto the SVC stack (SRS) and leave; their sp is a scratch register. The frame is drawn
 * in asm/ptrace.h.
 *
 * Nothing is ever stored below sp_svc, and nothing there is live: the NMI (FIQ), which ARMv7
 * masks on no exception but its own, may come at any instruction here and uses the stack from
 * sp_svc down. So F is masked in one place alone, the FIQ door, from its vector to its return:
 * the reloads need no window of their own, because RFE takes pc and cpsr from sp up.
 * I stays masked until C opens it; A opens when the frame is saved.
 */
#include <asm/asm-offsets.h>
#include <asm/assembler.h>
#include <asm/pgtable.h>
#include <asm/ptrace.h>
#include <asm/thread_info.h>
#include <lintel/firmware.h>

	.section .entry.text, "ax"

/* ---- macros ---- */

/* Debuggers unwind through the frame at sp: all 16 registers are in it, and pc has its own slot. */
.macro frame_cfi
	.cfi_signal_frame
	.cfi_return_column 15
	.cfi_def_cfa 13, 0
	.irp	r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	.cfi_offset \r, 4 * \r
	.endr
	.cfi_offset 13, S_SP
	.cfi_offset 14, S_LR
	.cfi_offset 15, S_PC
.endm

/* User memory is closed to the kernel; ISB, because only that makes sure of it. Clobbers \tmp. */
.macro	user_access_close tmp
	mov	\tmp, #DACR_KERNEL
	mcr	p15, 0, \tmp, c3, c0, 0		@ DACR
	isb
.endm

/* \to = the top of this CPU's overflow stack. */
.macro	overflow_top to, tmp
	mrc	p15, 0, \to, c13, c0, 4
	ldr	\to, [\to, #TI_PERCPU_OFFSET]
	movw	\tmp, #:lower16:overflow_stack_top
	movt	\tmp, #:upper16:overflow_stack_top
	ldr	\to, [\to, \tmp]
.endm

/* A door without a syndrome: its argument is for the ring alone. */
.macro	no_syndrome
#ifdef CONFIG_EVENT_RING
	mov	r1, #0
#endif
.endm

/* current, where C expects it. */
.macro	load_current
	mrc	p15, 0, r9, c13, c0, 4		@ TPIDRPRW
.endm

/*
 * The rest of a user frame, after SRS. In: SVC mode, sp at the frame's pc, all registers the
 * user's. Out: sp = frame, r9 = current. Clobbers r0.
 */
.macro	user_frame
	sub	sp, sp, #S_PC
	stmia	sp, {r0-lr}^			@ r0-r12, sp_usr, lr_usr
	mvn	r0, #0
	str	r0, [sp, #S_SYSCALLNO]		@ no system call: orig_r0 means nothing
	user_access_close r0
	load_current
.endm

/*
 * The rest of a kernel frame, after SRS. In: SVC mode, sp = T - 8 where T is the interrupted sp,
 * lr = the interrupted lr_svc; flags free (SPSR is saved). Out: sp = frame, which lies at the
 * next multiple of 8 below: compilers keep sp aligned to 8 at calls only; r9 = current.
 * Clobbers r0-r4.
 */
.macro	kernel_frame
	sub	sp, sp, #S_FRAME_SIZE - 8
	tst	sp, #4
	subne	sp, sp, #4
	stmia	sp, {r0-r12}
	add	r0, sp, #S_FRAME_SIZE
	addne	r0, r0, #4			@ r0 = T
	mov	r1, lr
	ldrd	r2, r3, [r0, #-8]		@ pc, cpsr where SRS put them
	add	r4, sp, #S_SP
	stmia	r4!, {r0-r3}
	mvn	r0, #0
	mvn	r1, #0
	mrc	p15, 0, r2, c3, c0, 0		@ DACR: an interrupted uaccess has it open
	stmia	r4, {r0-r2}			@ orig_r0, syscallno, dacr
	user_access_close r0
	load_current				@ it may have been another vector's first instructions
.endm

/*
 * Back to user mode. In: sp = user frame at the top of the stack, interrupts masked, all work
 * done. RFE leaves sp_svc at orig_r0: where the next entry wants it.
 */
.macro	return_to_user
	mov	r1, #DACR_UACCESS
	mcr	p15, 0, r1, c3, c0, 0
	clrex					@ an interrupted LDREX/STREX pair must fail
	ldmia	sp, {r0-lr}^
	add	sp, sp, #S_PC
	rfeia	sp!
.endm

/*
 * Back to the kernel. In: sp = kernel frame, interrupts masked. pc and cpsr move to just below the
 * interrupted sp (over syscallno and dacr, which are done with), so that RFE leaves it as it was.
 */
.macro	return_to_kernel
	ldr	r1, [sp, #S_DACR]
	ldr	r0, [sp, #S_SP]
	ldrd	r2, r3, [sp, #S_PC]
	mcr	p15, 0, r1, c3, c0, 0
	strd	r2, r3, [r0, #-8]!
	str	r0, [sp, #S_SP]
	clrex
	ldr	lr, [sp, #S_LR]
	ldmia	sp, {r0-r12}
	ldr	sp, [sp, #S_SP]
	rfeia	sp!
.endm

/*
 * The first instructions of a vector, in the mode of the exception: lr less \adjust is where to
 * go on. Pushes it and SPSR onto the SVC stack and goes there; falls through for an exception
 * from user mode, branches to \name\()_svc for one from the kernel.
 */
.macro	vector_stub name, adjust
	.balign	32
vector_\name:
	.if	\adjust
	sub	lr, lr, #\adjust
	.endif
	mrs	sp, spsr			@ sp of this mode: scratch
	vector_user_half \name
.endm

.macro	vector_user_half name
	tst	sp, #MODE_MASK & ~USR_MODE
	bne	vector_\name\()_svc
	srsdb	sp!, #SVC_MODE
	cps	#SVC_MODE
.endm

/*
 * The same from the kernel, in \mode; and the frame. It may be the stack itself that ran out, so before anything
 * is pushed: is there room? Stacks lie at multiples of twice their size, so the bit of the size is clear
 * on them and set in the hole below (row 14).
 */
.macro	vector_kernel_half name, mode
vector_\name\()_svc:
	cps	#SVC_MODE
	sub	sp, sp, #S_FRAME_SIZE + 8
	tst	sp, #THREAD_SIZE
	add	sp, sp, #S_FRAME_SIZE + 8
	cps	#\mode
	bne	.Loverflow_\name
	srsdb	sp!, #SVC_MODE
	cps	#SVC_MODE
	kernel_frame
.endm

/*
 * There is none: onto this CPU's overflow stack, with the original sp_svc at its very top. Goes to stack_overflow in SVC
 * mode, with pc and cpsr pushed. Nobody comes back, so the user's thread registers serve as scratch.
 */
.macro	vector_overflow name, mode
.Loverflow_\name:
	cps	#SVC_MODE
	mcr	p15, 0, r0, c13, c0, 2
	mcr	p15, 0, r1, c13, c0, 3
	overflow_top r0, r1
	str	sp, [r0, #-8]!
	mov	sp, r0
	mrc	p15, 0, r0, c13, c0, 2
	mrc	p15, 0, r1, c13, c0, 3
	cps	#\mode
	srsdb	sp!, #SVC_MODE
	cps	#SVC_MODE
	b	stack_overflow
.endm

/* The two halves of a vector whose door wants no syndrome. \a: `a` if the exception masked A. */
.macro	plain_halves name, mode, a
	user_frame
	.ifnb	\a
	cpsie	\a
	.endif
	mov	r0, sp
	no_syndrome
	bl	arm_usr_\name
	b	return_user
	vector_kernel_half \name, \mode
	.ifnb	\a
	cpsie	\a
	.endif
	mov	r0, sp
	no_syndrome
	bl	arm_svc_\name
	b	return_kernel
	vector_overflow \name, \mode
.endm

/*
 * struct fiq_banks behind sp_svc and lr_svc, where r7 points: what the first instructions of other vectors are about to read
 * (row 26). Banked registers are read by going to their mode, from \mode and back: MRS of a banked register is
 * for CPUs with HYP. Clobbers r1-r4.
 */
.macro	save_banks mode
	cps	#SVC_MODE
	mrs	r4, spsr
	str	r4, [r7], #4
	cps	#ABT_MODE
	mov	r2, sp
	mov	r3, lr
	mrs	r4, spsr
	stmia	r7!, {r2-r4}
	cps	#UND_MODE
	mov	r2, sp
	mov	r3, lr
	mrs	r4, spsr
	stmia	r7!, {r2-r4}
	cps	#IRQ_MODE
	mov	r3, lr
	mrs	r4, spsr
	stmia	r7!, {r3, r4}
	cps	#\mode
	mrc	p15, 0, r1, c5, c0, 0		@ DFSR
	mrc	p15, 0, r2, c6, c0, 0		@ DFAR
	mrc	p15, 0, r3, c5, c0, 1		@ IFSR
	mrc	p15, 0, r4, c6, c0, 2		@ IFAR
	stmia	r7, {r1-r4}
.endm

/* All of it again. In: r7 = struct fiq_banks. Clobbers r0-r3. */
.macro	load_banks mode
	ldmia	r7!, {r0-r2}
	cps	#SVC_MODE
	mov	sp, r0
	mov	lr, r1
	msr	spsr_cxsf, r2
	ldmia	r7!, {r0-r2}
	cps	#ABT_MODE
	mov	sp, r0
	mov	lr, r1
	msr	spsr_cxsf, r2
	ldmia	r7!, {r0-r2}
	cps	#UND_MODE
	mov	sp, r0
	mov	lr, r1
	msr	spsr_cxsf, r2
	ldmia	r7!, {r0, r1}
	cps	#IRQ_MODE
	mov	lr, r0
	msr	spsr_cxsf, r1
	cps	#\mode
	ldmia	r7, {r0-r3}
	mcr	p15, 0, r0, c5, c0, 0
	mcr	p15, 0, r1, c6, c0, 0
	mcr	p15, 0, r2, c5, c0, 1
	mcr	p15, 0, r3, c6, c0, 2
.endm

/* ---- the table: VBAR points here ---- */

	.balign	32
	.globl	vectors
	.type	vectors, %function
vectors:
	.fnstart
	.cantunwind
	.cfi_startproc
	frame_cfi
	b	vector_reset
	b	vector_und
	b	vector_svc
	b	vector_pabt
	b	vector_dabt
	b	vector_hyp
	b	vector_irq
	.if	. - vectors != 0x1c
	.error	"the FIQ vector must follow seven slots of one instruction"
	.endif

/*
 * FIQ: the NMI. FIQ mode has registers of its own from r8 up, so the whole way is done here, I, F
 * and A masked throughout. It may have hit any mode, among them the first instructions of another
 * vector, where that mode's lr and spsr (and spsr_svc, lr_svc in the svc vector) are live: they are
 * saved beside the frame, and the return goes through FIQ mode, which needs none of them (row 26).
 *
 *	r8 = frame, below whatever is live on the SVC stack; r11, r12 = sp_svc, lr_svc as they were
 */
vector_fiq:
	sub	lr, lr, #4
	mov	r8, r0
	mov	r9, r1
	cps	#SVC_MODE
	mov	r0, sp
	mov	r1, lr
	cps	#FIQ_MODE
	mov	r11, r0
	mov	r12, r1
	mov	r0, r8
	mov	r1, r9
	bic	r8, r11, #7
	sub	r8, r8, #S_FRAME_SIZE + FIQ_BANKS_SIZE
	tst	r8, #THREAD_SIZE
	bne	.Lfiq_overflow
.Lfiq_stack:
	stmia	r8, {r0-lr}^			@ the shared r0-r12; sp_usr, lr_usr

	add	r7, r8, #S_FRAME_SIZE		@ struct fiq_banks, in its order
	stmia	r7!, {r11, r12}
	save_banks FIQ_MODE

	mrs	r1, spsr
	mvn	r2, #0
	mvn	r3, #0
	mrc	p15, 0, r4, c3, c0, 0		@ DACR
	str	lr, [r8, #S_PC]
	add	r7, r8, #S_PSR
	stmia	r7, {r1-r4}			@ cpsr, orig_r0, syscallno, dacr
	tst	r1, #MODE_MASK & ~USR_MODE
	strne	r11, [r8, #S_SP]		@ from the kernel: its sp and lr
	strne	r12, [r8, #S_LR]
	user_access_close r0
	mov	r0, r8
	no_syndrome
	cps	#SVC_MODE
	mov	sp, r0
	load_current
	bne	.Lfiq_svc
	bl	arm_usr_fiq
	b	.Lfiq_return
.Lfiq_svc:
	bl	arm_svc_fiq

.Lfiq_return:
	mov	r0, sp
	cps	#FIQ_MODE
	mov	r8, r0
	add	r7, r8, #S_FRAME_SIZE
	load_banks FIQ_MODE
	ldr	r0, [r8, #S_DACR]
	mcr	p15, 0, r0, c3, c0, 0
	clrex
	ldmia	r8, {r0-r12}^			@ the shared ones; sp_usr and lr_usr never changed
	add	r8, r8, #S_PC
	rfeia	r8

.Lfiq_overflow:
	overflow_top r9, r10
	sub	r8, r9, #16 + S_FRAME_SIZE + FIQ_BANKS_SIZE
	b	.Lfiq_stack

/* ---- the other seven ---- */

/*
 * SVC: system calls, the path that everything else is kept off. It comes in SVC mode with lr =
 * where to go on, and only ever from user mode, so that sp is at orig_r0 of the frame:
 * arm_usr_svc(frame, number).
 */
	.balign	32
vector_svc:
	stmia	sp, {r0, r7}			@ orig_r0, syscallno
	srsdb	sp!, #SVC_MODE			@ pc, cpsr
	sub	sp, sp, #S_PC
	stmia	sp, {r0-lr}^			@ the rest: the frame is complete
	user_access_close r0
	load_current
#ifdef CONFIG_DEBUG_ENTRY
	ldr	r0, [sp, #S_PSR]
	tst	r0, #MODE_MASK & ~USR_MODE
	bne	vector_svc_svc
#endif
	mov	r0, sp
	mov	r1, r7
	bl	arm_usr_svc
return_user:
	return_to_user
return_kernel:
	return_to_kernel
/* SVC executed in the kernel: its stack and lr_svc are damaged already; only the report is left. */
vector_svc_svc:
	mov	r0, sp
	mov	r1, r7
	bl	arm_svc_svc
	b	.

	vector_stub irq, 4
	plain_halves irq, IRQ_MODE, a

/* The return address of an undefined instruction depends on the instruction set it is in: the
 * frame shall point at it. */
	.balign	32
vector_und:
	mrs	sp, spsr
	tst	sp, #PSR_T_BIT
	subeq	lr, lr, #4
	subne	lr, lr, #2
	vector_user_half und
	plain_halves und, UND_MODE

	vector_stub pabt, 4
	user_frame
	mrc	p15, 0, r1, c5, c0, 1		@ IFSR
	mrc	p15, 0, r2, c6, c0, 2		@ IFAR
	cpsie	a
	mov	r0, sp
	bl	arm_usr_pabt
	b	return_user
	vector_kernel_half pabt, ABT_MODE
	mrc	p15, 0, r1, c5, c0, 1
	mrc	p15, 0, r2, c6, c0, 2
	cpsie	a
	mov	r0, sp
	bl	arm_svc_pabt
	b	return_kernel
	vector_overflow pabt, ABT_MODE

	vector_stub dabt, 8
	user_frame
	mrc	p15, 0, r1, c5, c0, 0		@ DFSR
	mrc	p15, 0, r2, c6, c0, 0		@ DFAR
	cpsie	a
	mov	r0, sp
	bl	arm_usr_dabt
	b	return_user
	vector_kernel_half dabt, ABT_MODE
	mrc	p15, 0, r1, c5, c0, 0
	mrc	p15, 0, r2, c6, c0, 0
	cpsie	a
	mov	r0, sp
	bl	arm_svc_dabt
	b	return_kernel
	vector_overflow dabt, ABT_MODE

/* handle_bad_stack(regs, 0): does not return. */
stack_overflow:
	kernel_frame
	mov	r0, sp
	no_syndrome
	bl	handle_bad_stack
	.ltorg

/*
 * Never taken: reset goes elsewhere, and HYP traps have a table of their own. Somebody jumped here,
 * most likely in SVC mode, so sp is no scratch register; what SRS pushes may be old.
 */
.macro	never_vector name
	.balign	32
vector_\name:
	srsdb	sp!, #SVC_MODE
	cpsid	ai, #SVC_MODE
	kernel_frame
	ldr	r3, [sp, #S_PSR]
	tst	r3, #MODE_MASK & ~USR_MODE
	mov	r0, sp
	mov	r1, #0
	bne	1f
	bl	arm_usr_\name
1:	bl	arm_svc_\name
.endm
	never_vector reset
	never_vector hyp

/*
 * An event of the firmware (lintel/firmware.h). In: SVC mode, A, I and F masked; r0 = event, r1 = end of the stack for
 * them, r2 = pc, r3 = cpsr of what was interrupted; r4 and up, sp, lr and all banks as they were; r0 to r3 of it the
 * firmware has. It may be another vector that was interrupted, so no stack is touched but the own one, and the banks
 * are kept, as for a FIQ. Out: firmware_event_complete, with r4 and up, sp and lr as they were.
 */
	.globl	firmware_event_entry
	.type	firmware_event_entry, %function
firmware_event_entry:
	sub	r1, r1, #S_FRAME_SIZE + FIQ_BANKS_SIZE
	add	r1, r1, #4 * 4
	stmia	r1, {r4-r12}
	sub	r8, r1, #4 * 4			@ r8 = frame
	mov	r10, r0
	mov	r5, sp
	mov	r6, lr
	add	r7, r8, #S_SP
	tst	r3, #MODE_MASK & ~USR_MODE
	stmiane	r7, {r5, r6}
	stmiaeq	r7, {sp, lr}^
	mvn	r11, #0				@ orig_r0, syscallno
	mvn	r12, #0
	add	r7, r8, #S_PC
	stmia	r7!, {r2, r3, r11, r12}
	mrc	p15, 0, r0, c3, c0, 0		@ DACR
	str	r0, [r7]
	add	r7, r8, #S_FRAME_SIZE
	stmia	r7!, {r5, r6}
	save_banks SVC_MODE
	mov	sp, r8
	ldr	r0, =firmware
	ldmia	r0, {r0-r3}
	stmia	sp, {r0-r3}
	user_access_close r0
	load_current
	mov	r0, sp
	mov	r1, r10
	bl	firmware_event
	mov	r8, sp
	add	r7, sp, #S_FRAME_SIZE
	load_banks SVC_MODE			@ with sp and lr
	ldr	r0, [r8, #S_DACR]
	mcr	p15, 0, r0, c3, c0, 0
	clrex
	add	r8, r8, #4 * 4
	ldmia	r8, {r4-r12}
	b	firmware_event_complete
	.ltorg
	.size	firmware_event_entry, . - firmware_event_entry

/* A new task's first return: __cpu_switch_to() comes here with r0 = the task before it, sp = the
 * frame at the top of the new stack. */
	.globl	ret_from_fork
	.type	ret_from_fork, %function
ret_from_fork:
	mov	r1, r0
	mov	r0, sp
	bl	arm_ret_from_fork
	b	return_user
	.size	ret_from_fork, . - ret_from_fork

	.cfi_endproc
	.fnend
	.size	vectors, . - vectors

/* ---- stacks ---- */

	.text
/*
 * void call_on_irq_stack(void (*fn)(struct pt_regs *), struct pt_regs *regs)
 * Pre: interrupts masked, this CPU's IRQ stack empty. r4 keeps the caller's sp, for both kinds of
 * unwinder too.
 */
func call_on_irq_stack
	push	{r4, lr}
	.save	{r4, lr}
	.cfi_def_cfa 13, 8
	.cfi_offset 4, -8
	.cfi_offset 14, -4
	mov	r4, sp
	.setfp	r4, sp
	.cfi_def_cfa_register 4
	ldr	r2, [r9, #TI_PERCPU_OFFSET]
	movw	r3, #:lower16:irq_stack_top
	movt	r3, #:upper16:irq_stack_top
	ldr	r2, [r3, r2]
	mov	r3, r0
	mov	r0, r1
	mov	sp, r2
	blx	r3
	mov	sp, r4
	pop	{r4, pc}
endfunc call_on_irq_stack

/*
 * struct task_struct *__cpu_switch_to(struct task_struct *prev, struct task_struct *next)
 * Pre: interrupts masked. Returns in next, with prev as the result (or in ret_from_fork with it
 * in r0). An NMI between the write of TPIDRPRW and that of sp finds next as current on prev's
 * stack: all it does to current it undoes.
 */
func __cpu_switch_to
	add	r2, r0, #TSK_CONTEXT
	stmia	r2!, {r4-r11}
	str	sp, [r2]
	str	lr, [r2, #4]
	add	r2, r1, #TSK_CONTEXT
	mcr	p15, 0, r1, c13, c0, 4		@ current = next
	ldmia	r2!, {r4-r11}
	mov	r9, r1
	ldr	sp, [r2]
	ldr	pc, [r2, #4]
endfunc __cpu_switch_to

	.section .note.GNU-stack, "", %progbits
