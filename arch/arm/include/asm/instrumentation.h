/* SPDX-License-Identifier: MIT */
#ifndef ASM_INSTRUMENTATION_H
#define ASM_INSTRUMENTATION_H

/*
 * A label in the code, and its address in the named section. asm volatile, so that the compiler
 * keeps the order of markers and calls; %= numbers every copy. __instr_room: lintel/instrumentation.h.
 */
#define __instr_marker(sec)					\
	__asm__ volatile("8%=:\n\t" __instr_room			\
			 ".pushsection ." sec ", \"\", %%progbits\n\t" \
			 ".long 8%=b\n\t"			\
			 ".popsection" ::: "memory")

/* The same with the address of a function beside it. */
#define __instr_target(fn)					\
	__asm__ volatile("8%=:\n\t"				\
			 ".pushsection .instr_target, \"\", %%progbits\n\t" \
			 ".long 8%=b, %c0\n\t"			\
			 ".popsection" :: "i" (fn) : "memory")

#endif
