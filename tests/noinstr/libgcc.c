/* SPDX-License-Identifier: MIT */
/*
 * A division that the machine does not have.
 *
 * finds: compilers make such calls by themselves (libgcc's arithmetic)
 * path: door
 */
#include "seed.h"

#ifdef __arm__
typedef unsigned long long wide;
#define DIVISION __aeabi_uldivmod
#else
typedef unsigned __int128 wide;
#define DIVISION __udivti3
#endif
wide DIVISION(wide a, wide b);
wide DIVISION(wide a, wide b) { return a ^ b; }

wide share[2];

void noinstr door(long n)
{
	share[0] = share[0] / share[1];
	ct_user_exit();
}
