/* SPDX-License-Identifier: MIT */
	.syntax unified
	.arm
	.text

/*
 * The first instruction of a program. The kernel leaves at sp: argc, argv[0..argc-1], NULL,
 * envp[..], NULL. Calls main(argc, argv, envp) and exits with its result.
 */
	.globl	_start
	.type	_start, %function
_start:
	mov	fp, #0			@ the end of every back trace
	mov	lr, #0
	ldr	r0, [sp]
	add	r1, sp, #4
	add	r2, r1, r0, lsl #2
	add	r2, r2, #4
	bic	sp, sp, #7
	bl	main
	mov	r7, #248		@ exit_group
1:	svc	#0
	b	1b
	.size	_start, . - _start

/*
 * long thread_create(ulong flags, void *stack_top, int (*fn)(void *), void *arg,
 *		      int *ptid, ulong tls, int *ctid)
 * fn and arg travel on the new stack, because the child has nothing else of its own.
 */
	.globl	thread_create
	.type	thread_create, %function
thread_create:
	push	{r4, r5, r7, lr}
	bic	r1, r1, #7
	strd	r2, r3, [r1, #-8]!
	ldr	r2, [sp, #16]		@ ptid
	ldr	r3, [sp, #20]		@ tls
	ldr	r4, [sp, #24]		@ ctid
	mov	r7, #120		@ clone
	svc	#0
	cmp	r0, #0
	popne	{r4, r5, r7, pc}
	ldrd	r2, r3, [sp], #8	@ the child, on its own stack
	mov	fp, #0
	mov	r0, r3
	blx	r2
	mov	r7, #1			@ exit: this thread only
2:	svc	#0
	b	2b
	.size	thread_create, . - thread_create

/* libgcc's division calls it for a division by zero; on Linux that is a SIGFPE. */
	.globl	raise
	.type	raise, %function
raise:
	.inst	0xe7f000f0
	b	raise
	.size	raise, . - raise

	.section .note.GNU-stack, "", %progbits
