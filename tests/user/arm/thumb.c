/* SPDX-License-Identifier: MIT */
/* T32: this file is compiled for it. System calls, and what a T32 program may do wrong. */
#include "test/tap.h"

#define BAD(fn, text)							\
	static int fn(void *arg)					\
	{								\
		(void)arg;						\
		__asm__ volatile(text ::: "r0", "r1", "memory", "cc");	\
		return 0;						\
	}
BAD(undef_short, "udf #7")
BAD(undef_long, "udf.w #7")
BAD(abi_breakpoint, ".inst.n 0xde01")	/* the breakpoint of Linux's ABI */
BAD(breakpoint, "bkpt #0")
BAD(privileged, "mrc p15, 0, r0, c1, c0, 0")
BAD(change_mode, "cps #0x13")

/* A fault inside an IT block: served, and the block goes on where it was. */
static int it_block_fault(void *arg)
{
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	int r = 1;

	(void)arg;
	__asm__ volatile("cmp %1, %1\n\tittee eq\n\tstrbeq %2, [%1]\n\tmoveq %0, #0\n\t"
			 "movne %0, #2\n\tmovne %0, #3"
			 : "+l"(r) : "l"(page), "l"(5) : "cc", "memory");
	return r ? r : page[0] != 5;
}

static int system_call_in_it_block(void *arg)
{
	register long r7 __asm__("r7") = NR_getppid;
	register long r0 __asm__("r0") = -1;

	(void)arg;
	__asm__ volatile("cmp r0, r0\n\tite eq\n\tsvceq #0\n\tmovne r0, #0"
			 : "+r"(r0) : "r"(r7) : "cc", "memory");
	return r0 == getppid() ? 0 : 1;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	ok((ulong)main & 1, "this is T32");
	ok(getpid() > 0 && getppid() >= 0, "system calls");
	is(SYS(NR_none, 0, 0, 0, 0, 0, 0), -ENOSYS, "a system call that does not exist");
	exited(run_child(system_call_in_it_block, NULL), 0, "a system call in an IT block");
	exited(run_child(it_block_fault, NULL), 0, "a page fault in an IT block");
	died(run_child(undef_short, NULL), SIGILL, "an undefined instruction of two bytes");
	died(run_child(undef_long, NULL), SIGILL, "an undefined instruction of four bytes");
	died(run_child(abi_breakpoint, NULL), SIGTRAP, "the ABI's breakpoint");
	if (on_lintel())
		died(run_child(breakpoint, NULL), SIGTRAP, "bkpt");
	else
		skip("some versions of Linux take it for ever", "bkpt");
	died(run_child(privileged, NULL), SIGILL, "a privileged instruction");
	exited(run_child(change_mode, NULL), 0, "cps is ignored");
	done();
}
