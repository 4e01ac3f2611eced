/* SPDX-License-Identifier: MIT */
/* What a tracer or a signal handler would see of a frame: Linux's registers, and not a byte behind them. */
#include "test/tap.h"

#define BEHIND	16
#define CANARY	0x5a5a5a5aL

#ifdef __aarch64__
enum { NUMBER = 8, SP = 31, PC = 32, PSR = 33 };
#else
enum { NUMBER = 7, SP = 13, PC = 15, PSR = 16, ORIG_R0 = 17 };
#endif

int main(int argc, char **argv, char **envp)
{
	long regs[LINTEL_NR_REGS + BEHIND];
	int untouched = 0;

	(void)argc, (void)argv, (void)envp;
	for (u32 i = 0; i < ARRAY_SIZE(regs); i++)
		regs[i] = CANARY;
	if (lintel(LINTEL_REGS, regs) == -ENOSYS) {
		skip("not Lintel", "registers");
		done();
	}
	for (u32 i = LINTEL_NR_REGS; i < ARRAY_SIZE(regs); i++)
		untouched += regs[i] == CANARY;
	is(untouched, BEHIND, "what is behind the registers stays");
	is(regs[0], LINTEL_REGS, "the first argument");
	is(regs[1], (long)regs, "the second");
	is(regs[NUMBER], __NR_lintel, "the number of the call");
	ok(regs[SP] <= (long)regs && (ulong)regs - (ulong)regs[SP] < PAGE, "the stack pointer");
	ok((ulong)regs[PC] >> 16 == (ulong)main >> 16, "the program counter");
	is(regs[PSR] & 0xf, 0, "the mode is user's");
#ifndef __aarch64__
	is(regs[ORIG_R0], LINTEL_REGS, "orig_r0");
#endif
	is(lintel(LINTEL_REGS, (void *)-8L), -EFAULT, "not into the kernel");
	done();
}
