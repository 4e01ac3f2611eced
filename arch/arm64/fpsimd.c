// SPDX-License-Identifier: MIT
/* The only code of the kernel that touches FP and SIMD registers: it moves them. */
#include <asm/processor.h>

/* All of v0 - v31 from or to [x0]; the compiler is told that the kernel has no such registers. */
#define EACH_PAIR(insn)							\
	".arch_extension fp\n\t.arch_extension simd\n\t"		\
	insn " q0, q1, [%[v]]\n\t"		insn " q2, q3, [%[v], #32]\n\t"		\
	insn " q4, q5, [%[v], #64]\n\t"		insn " q6, q7, [%[v], #96]\n\t"		\
	insn " q8, q9, [%[v], #128]\n\t"	insn " q10, q11, [%[v], #160]\n\t"	\
	insn " q12, q13, [%[v], #192]\n\t"	insn " q14, q15, [%[v], #224]\n\t"	\
	insn " q16, q17, [%[v], #256]\n\t"	insn " q18, q19, [%[v], #288]\n\t"	\
	insn " q20, q21, [%[v], #320]\n\t"	insn " q22, q23, [%[v], #352]\n\t"	\
	insn " q24, q25, [%[v], #384]\n\t"	insn " q26, q27, [%[v], #416]\n\t"	\
	insn " q28, q29, [%[v], #448]\n\t"	insn " q30, q31, [%[v], #480]\n\t"

void fpsimd_save(struct fpsimd_state *s)
{
	u64 fpsr, fpcr;

	__asm__ volatile(EACH_PAIR("stp") "mrs %[sr], fpsr\n\tmrs %[cr], fpcr"
			 : [sr] "=&r" (fpsr), [cr] "=&r" (fpcr) : [v] "r" (s->v) : "memory");
	s->fpsr = (u32)fpsr;
	s->fpcr = (u32)fpcr;
}

void fpsimd_load(const struct fpsimd_state *s)
{
	__asm__ volatile(EACH_PAIR("ldp") "msr fpsr, %[sr]\n\tmsr fpcr, %[cr]"
			 : : [sr] "r" ((u64)s->fpsr), [cr] "r" ((u64)s->fpcr), [v] "r" (s->v)
			 : "memory");
}
