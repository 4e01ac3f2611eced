/* SPDX-License-Identifier: MIT */
/* The host has one stack, which nothing here depends on. */
#ifndef ASM_STACK_H
#define ASM_STACK_H
static __always_inline bool on_thread_stack(void) { return false; }
#endif
