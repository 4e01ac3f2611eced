/* SPDX-License-Identifier: MIT */
/* For arch/<arch>/asm-offsets.c only: each line becomes a #define of <asm/asm-offsets.h>. */
#ifndef LINTEL_KBUILD_H
#define LINTEL_KBUILD_H

#define DEFINE(sym, val)	__asm__ volatile(".ascii \"->" #sym " %c0\"" : : "i" (val))
#define OFFSET(sym, t, m)	DEFINE(sym, __builtin_offsetof(t, m))

#endif
