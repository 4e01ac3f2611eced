/* SPDX-License-Identifier: MIT */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

#define isb()		__asm__ volatile("isb" ::: "memory")
#define dsb(o)		__asm__ volatile("dsb " #o ::: "memory")
#define dmb(o)		__asm__ volatile("dmb " #o ::: "memory")

#define mb()		dsb(sy)
#define rmb()		dsb(sy)
#define wmb()		dsb(st)
#define smp_mb()	dmb(ish)
#define smp_rmb()	dmb(ish)
#define smp_wmb()	dmb(ishst)

/* Full barrier, and what runs behind it is fetched anew once what was stored before it is seen by all.
 * One asm, so that nothing comes between. A DMB in it would hold back accesses, but not the ISB. */
#define smp_mb_sync_core()	__asm__ volatile("dsb ish\n\tisb" ::: "memory")

#endif
