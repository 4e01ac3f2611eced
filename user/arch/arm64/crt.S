/* SPDX-License-Identifier: MIT */
	.text

/*
 * The first instruction of a program. The kernel leaves at sp: argc, argv[0..argc-1], NULL,
 * envp[..], NULL. Calls main(argc, argv, envp) and exits with its result.
 */
	.globl	_start
	.type	_start, %function
_start:
	mov	x29, #0			// the end of every back trace
	mov	x30, #0
	ldr	x0, [sp]
	add	x1, sp, #8
	add	x2, x1, x0, lsl #3
	add	x2, x2, #8
	bl	main
	mov	x8, #94			// exit_group
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
	and	x1, x1, #~15
	stp	x2, x3, [x1, #-16]!
	mov	x2, x4			// ptid
	mov	x3, x5			// tls
	mov	x4, x6			// ctid
	mov	x8, #220		// clone
	svc	#0
	cbz	x0, 2f
	ret
2:	ldp	x1, x0, [sp], #16	// the child, on its own stack
	mov	x29, #0
	mov	x30, #0
	blr	x1
	mov	x8, #93			// exit: this thread only
3:	svc	#0
	b	3b
	.size	thread_create, . - thread_create

	.section .note.GNU-stack, "", %progbits
