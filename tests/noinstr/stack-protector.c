/* SPDX-License-Identifier: MIT */
/*
 * finds: __stack_chk_fail is called outside { }: compilers make such calls by themselves
 * path: door
 * flags: -fstack-protector-explicit -mstack-protector-guard=global
 */
#include "seed.h"

ulong __stack_chk_guard = 1;
void __noreturn __stack_chk_fail(void);
void __noreturn __stack_chk_fail(void)
{
	for (;;)
		;
}

void noinstr __attribute__((stack_protect)) door(long n)
{
	char name[16];

	__asm__ volatile("" : : "r" (name) : "memory");
	ct_user_exit();
}
