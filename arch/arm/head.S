/* SPDX-License-Identifier: MIT */
/*
 * From the loader to C. Linux's zImage protocol: anywhere in RAM at 64 KiB above a multiple of
 * 1 MiB, MMU and data cache off, r2 = device tree; in SVC or HYP. The image is linked at
 * PAGE_OFFSET + TEXT_OFFSET, so until the MMU is on, addresses are the linked ones plus r9.
 *
 *	r7 = mode we were entered in (1 SVC, 2 HYP)	r8 = device tree
 *	r9 = physical less linked address		r10 = where the image is
 */
#include <asm/asm-offsets.h>
#include <asm/assembler.h>
#include <asm/memory.h>
#include <asm/pgtable.h>
#include <asm/ptrace.h>
#include <asm/thread_info.h>

	.section .head.start, "ax"

	.globl	_start
	.type	_start, %function
_start:
	.fnstart
	.cantunwind
	b	.Lstart
	.org	_start + 0x24
	.long	0x016f2818			@ zImage
	.long	0				@ runs wherever it is loaded
	.long	_image_size			@ bytes in the file
	.long	0x04030201			@ little-endian

/* \reg = the run-time address, MMU off, of \sym. */
.macro	pa reg, sym
	movw	\reg, #:lower16:\sym
	movt	\reg, #:upper16:\sym
	add	\reg, \reg, r9
.endm

/* MMU on, at the linked address: the user half maps nothing any more; vectors, current (r9), its stack. */
.macro	c_world
	mov	r0, #TTBCR_N1 | TTBCR_PD0	@ user half: none
	mcr	p15, 0, r0, c2, c0, 2
	isb
	mov	r0, #0
	mcr	p15, 0, r0, c8, c7, 0
	dsb
	isb
	movw	r0, #:lower16:vectors
	movt	r0, #:upper16:vectors
	mcr	p15, 0, r0, c12, c0, 0
	mcr	p15, 0, r9, c13, c0, 4		@ current
	isb
	ldr	r0, [r9, #TSK_STACK]
	add	r0, r0, #THREAD_SIZE
	sub	r0, r0, #S_FRAME_SIZE
	mov	sp, r0
	mov	lr, #0
.endm

.Lstart:
	mov	r8, r2
	adr	r10, _start
	movw	r9, #:lower16:_start
	movt	r9, #:upper16:_start
	sub	r9, r10, r9
	bl	to_svc

	/* .bss; in a machine too small for it, the early vectors speak. */
	pa	r0, __bss_start
	pa	r1, __bss_stop
	mov	r2, #0
	mov	r3, #0
	mov	r4, #0
	mov	r5, #0
2:	stmia	r0!, {r2-r5}
	stmia	r0!, {r2-r5}
	cmp	r0, r1
	blo	2b

	/* arm_boot_tables(swapper_pg_dir, phys_offset): C that touches no globals. */
	pa	sp, init_stack
	add	sp, sp, #THREAD_SIZE
	pa	r0, swapper_pg_dir
	sub	r1, r10, #TEXT_OFFSET
	bl	arm_boot_tables

	pa	r0, swapper_pg_dir		@ its lower half has the jump
	mov	r1, r0
	ldr	lr, =.Lhigh
	b	enable_mmu
.Lhigh:
	movw	r9, #:lower16:init_task
	movt	r9, #:upper16:init_task
	c_world
	mov	r0, r8
	mov	r1, r10
	mov	r2, r7
	bl	boot_main
	b	.
	.size	_start, . - _start

/*
 * Another CPU, from PSCI: r0 = its idle task (kernel/smp.c), like the loader's otherwise. The tables are there.
 */
	.globl	secondary_entry
	.type	secondary_entry, %function
secondary_entry:
	mov	r8, r0
	adr	r10, _start
	movw	r9, #:lower16:_start
	movt	r9, #:upper16:_start
	sub	r9, r10, r9
	bl	to_svc
	pa	r0, idmap_pg_dir
	pa	r1, swapper_pg_dir
	ldr	lr, =secondary_switched
	b	enable_mmu
	.size	secondary_entry, . - secondary_entry

	.pushsection .entry.text, "ax"
	.globl	secondary_switched
	.type	secondary_switched, %function
secondary_switched:
	mov	r9, r8
	c_world
	bl	secondary_start_kernel
	b	.
	.size	secondary_switched, . - secondary_switched
	.popsection

/* To SVC, everything masked, MMU and caches off, early vectors. Out: r7 = mode we came in. Clobbers r0, r1, r11. */
to_svc:
	mov	r11, lr				@ which is another one's in HYP
	mov	r7, #1
	mrs	r0, cpsr
	and	r1, r0, #MODE_MASK
	cmp	r1, #HYP_MODE
	bne	1f
	mov	r7, #2
	bl	hyp_drop
1:	cpsid	aif, #SVC_MODE
	mrc	p15, 0, r0, c1, c0, 0		@ SCTLR: caches, MMU off whatever the loader says
	bic	r0, r0, #0x1000
	bic	r0, r0, #0x0007
	bic	r0, r0, #0x2000			@ V: vectors where VBAR says
	mcr	p15, 0, r0, c1, c0, 0
	isb
	pa	r0, early_vectors
	mcr	p15, 0, r0, c12, c0, 0		@ VBAR
	isb
	bx	r11

/*
 * MMU on. r0 = the table of both halves until the jump is made, which maps this code to itself; r1 = the upper
 * half's from then on; lr = where to go on, as linked. Clobbers r2.
 */
enable_mmu:
	mov	r2, #0
	mcr	p15, 0, r2, c8, c7, 0		@ TLBIALL
	mcr	p15, 0, r2, c7, c5, 0		@ ICIALLU
	mcr	p15, 0, r2, c7, c5, 6		@ BPIALL
	mcr	p15, 0, r2, c2, c0, 2		@ TTBCR: short descriptors, N = 0
	mcr	p15, 0, r2, c13, c0, 1		@ CONTEXTIDR
	mov	r2, #DACR_KERNEL
	mcr	p15, 0, r2, c3, c0, 0
	orr	r0, r0, #TTBR_FLAGS
	orr	r1, r1, #TTBR_FLAGS
	mcr	p15, 0, r0, c2, c0, 0		@ TTBR0
	mcr	p15, 0, r1, c2, c0, 1		@ TTBR1
	dsb
	isb
	mrc	p15, 0, r2, c1, c0, 0
	bic	r2, r2, #1 << 1			@ no alignment checks,
	bic	r2, r2, #1 << 25		@ little-endian handlers
	bic	r2, r2, #7 << 28		@ in A32, no TEX remap, no access flag
	bic	r2, r2, #3 << 19		@ writable may be executable, for now
	orr	r2, r2, #0x1800			@ I-cache, branch prediction
	orr	r2, r2, #0x0005			@ D-cache, MMU
	mcr	p15, 0, r2, c1, c0, 0
	isb
	bx	lr
	.ltorg

/*
 * Exceptions before the kernel has vectors, MMU off, in any mode: mostly, memory that is not there. All there
 * is to report it is semihosting; where that is missing too, the machine stops here.
 */
	.balign	32
early_vectors:
	.rept	8
	b	early_die
	.endr
	.globl	early_die
early_die:
	adr	r0, early_stop_vectors		@ for the request below, if nobody serves it
	mrs	r1, cpsr
	and	r1, r1, #MODE_MASK
	cmp	r1, #HYP_MODE
	mcreq	p15, 4, r0, c12, c0, 0		@ HVBAR
	mcrne	p15, 0, r0, c12, c0, 0		@ VBAR
	isb
	mov	r0, #4				@ SYS_WRITE0
	adr	r1, early_message
	.inst	0xe10f0070
	mov	r0, #0x20			@ SYS_EXIT_EXTENDED
	adr	r1, early_status
	.inst	0xe10f0070
early_stop:
	wfi
	b	early_stop
	.balign	32
early_stop_vectors:
	.rept	8
	b	early_stop
	.endr
early_status:
	.long	0x20026, 1			@ ADP_Stopped_ApplicationExit
early_message:
	.asciz	"lintel: exception before the memory map was built: is there memory for the image and its .bss?\n"
	.balign	4
	.fnend

	.section .note.GNU-stack, "", %progbits
