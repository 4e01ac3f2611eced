/* SPDX-License-Identifier: MIT */
/*
 * From the loader to C. Linux's arm64 boot protocol: MMU off, D-cache off or coherent, x0 the
 * device tree's address, any address that is a multiple of 2 MiB, EL1 or EL2. Everything up to
 * `switched` runs at physical addresses and reaches data relative to the pc only.
 */
#include <asm/asm.h>
#include <asm/asm-offsets.h>
#include <asm/memory.h>
#include <asm/pgtable.h>
#include <asm/ptrace.h>
#include <asm/sysreg.h>
#include <asm/thread_info.h>

	.section .head.text, "ax"
	.globl	_head
_head:
	b	primary_entry			/* code0 */
	.long	0				/* code1 */
	.quad	0				/* text_offset */
	.quad	_image_size			/* memory from here that the image needs */
	.quad	0xa				/* little endian, 4 KiB pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

/* C's world for the task in x0: vectors, current, its stack. Clobbers x1. */
	.macro	c_world
	adr_l	x1, vectors
	msr	vbar_el1, x1
	msr	tpidr_el1, x0
	mov	x18, x0
	ldr	x1, [x0, #TSK_STACK]
	add	x1, x1, #THREAD_SIZE
	sub	x1, x1, #PT_REGS_SIZE
	mov	sp, x1
	mov	x29, xzr
	isb
	.endm

/*
 * primary_entry: from the loader; does not return.
 *
 *	x19	where the image is (_text's physical address)
 *	x20	exception level that we were entered at
 *	x21	device tree
 */
func primary_entry
	.cfi_undefined x30
	msr	daifset, #15
	mov	x21, x0
	adrp	x19, _text
	bl	init_el				/* w0 = 1 or 2; we are at EL1 now */
	mov	w20, w0

	/* Page tables: empty, and no stale line of a cache that was on before hides them. */
	adr_l	x0, __pgtables_start
	adr_l	x1, __pgtables_end
	mov	x2, x0
1:	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	cmp	x2, x1
	b.lo	1b

	adr_l	x2, init_stack + THREAD_SIZE
	mov	sp, x2
	mov	x29, xzr
	mov	x0, x19
	bl	boot_map
	bl	invalidate_pgtables

	adrp	x0, idmap_pg_dir
	adrp	x1, swapper_pg_dir
	bl	enable_mmu
	ldr	x9, =switched
	br	x9
endfunc primary_entry

/* void invalidate_pgtables(void): what was written with the cache off is what walks see. Clobbers
 * x0 - x3. */
func invalidate_pgtables
	adr_l	x0, __pgtables_start
	adr_l	x1, __pgtables_end
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4			/* DminLine: log2 of words */
	mov	x3, #4
	lsl	x2, x3, x2
	dmb	sy
1:	dc	ivac, x0
	add	x0, x0, x2
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret
endfunc invalidate_pgtables

/*
 * void enable_mmu(u64 ttbr0, u64 ttbr1)
 * MMU off in, on out, at the same pc: ttbr0 maps it to itself. Clobbers x2 - x5.
 */
func enable_mmu
	mov	x2, #MAIR_VALUE
	msr	mair_el1, x2
	ldr	x2, =(TCR_T0SZ | TCR_T1SZ | TCR_WALK0 | TCR_WALK1 | TCR_TG1_4K)
	mrs	x3, id_aa64mmfr0_el1
	and	x4, x3, #0xf			/* physical address bits: up to 48 */
	mov	x5, #5
	cmp	x4, x5
	csel	x4, x4, x5, lo
	orr	x2, x2, x4, lsl #TCR_IPS_SHIFT
	ubfx	x4, x3, #5, #1			/* 16-bit ASIDs? */
	orr	x2, x2, x4, lsl #TCR_AS_SHIFT
	msr	tcr_el1, x2
	msr	ttbr0_el1, x0
	msr	ttbr1_el1, x1
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ldr	x2, =SCTLR_EL1_MMU_ON
	msr	sctlr_el1, x2
	isb
	ret
endfunc enable_mmu

/*
 * switched: at the linked address, x19 - x21 as above. Makes C's world: vectors, stack, current,
 * .bss; then boot_main(dtb, image, entry level).
 */
func switched
	.cfi_undefined x30
	adr_l	x0, init_task
	c_world

	adr_l	x0, __bss_start
	adr_l	x1, __bss_stop
	mrs	x2, dczid_el0
	tbnz	x2, #4, 3f			/* DC ZVA is not allowed */
	and	x2, x2, #0xf			/* its block: log2 of words */
	mov	x3, #4
	lsl	x2, x3, x2
	sub	x3, x2, #1
1:	tst	x0, x3				/* single stores up to the first whole block */
	b.eq	2f
	cmp	x0, x1
	b.hs	4f
	stp	xzr, xzr, [x0], #16
	b	1b
2:	sub	x4, x1, x0			/* blocks, while one fits */
	cmp	x4, x2
	b.lo	3f
	dc	zva, x0
	add	x0, x0, x2
	b	2b
3:	cmp	x0, x1				/* and the rest */
	b.hs	4f
	stp	xzr, xzr, [x0], #16
	b	3b

4:	mov	x0, x21
	mov	x1, x19
	mov	w2, w20
	bl	boot_main
	brk	#0				/* it does not return */
endfunc switched

/*
 * secondary_entry: another CPU, from PSCI; x0 = its idle task (kernel/smp.c). The tables are there: so
 * straight to the linked address.
 */
	.section .head.text, "ax"
func secondary_entry
	.cfi_undefined x30
	msr	daifset, #15
	mov	x21, x0
	bl	init_el
	adrp	x0, idmap_pg_dir
	adrp	x1, swapper_pg_dir
	bl	enable_mmu
	ldr	x9, =secondary_switched
	br	x9
endfunc secondary_entry

	.section .entry.text, "ax"
func secondary_switched
	.cfi_undefined x30
	mov	x0, x21
	c_world
	bl	secondary_start_kernel
	b	.				/* it does not return */
endfunc secondary_switched
