/* SPDX-License-Identifier: MIT */
/* The host has one CPU. */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H
#define smp_mb()		barrier()
#define smp_mb_sync_core()	barrier()
#endif
