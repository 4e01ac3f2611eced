/* SPDX-License-Identifier: MIT */
/* The kernel's own, with one thing more: after every write that others may see, something may
 * strike. */
#ifndef MODEL_COMPILER_H
#define MODEL_COMPILER_H
#include_next <lintel/compiler.h>

#ifndef MODEL_PLAIN
void model_point(void);
#undef WRITE_ONCE
#define WRITE_ONCE(x, v)					\
	do {							\
		*(volatile __typeof__(x) *)&(x) = (v);		\
		model_point();					\
	} while (0)
#endif
#endif
