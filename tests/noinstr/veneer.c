/* SPDX-License-Identifier: MIT */
/*
 * Out of a branch's reach: the linker puts a veneer in between, in a section of its choice. That of
 * near() leads back into noinstr text, and is no way out.
 *
 * finds: far is called outside { }
 * path: door
 * flags: -Wl,--section-start=.far.text=0x30000000 -Wl,--section-start=.noinstr.text.far=0x38000000
 */
#include "seed.h"

void far(long n);
void __noinline __section(".far.text") far(long n) { __asm__ volatile("" : : "r" (n) : "memory"); }

void near(long n);
void __noinline __section(".noinstr.text.far") near(long n)
{
	__asm__ volatile("" : : "r" (n) : "memory");
}

void noinstr door(long n)
{
	near(n);
	far(n);
	ct_user_exit();
}
