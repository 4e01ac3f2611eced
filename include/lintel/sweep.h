/* SPDX-License-Identifier: MIT */
/* lintel()'s part for the sweeps (uapi/lintel.h): docs/sweep.md. */
#ifndef LINTEL_SWEEP_H
#define LINTEL_SWEEP_H

#include <uapi/lintel.h>

long lintel_shoot(struct lintel_shot __user *arg);
long lintel_place(struct lintel_shot __user *arg);
long lintel_work(ulong work);

/*
 * arch/<arch>/sweep.S: fills every register that C leaves to it, counts down to zero (from 0: executes the
 * breakpoint instruction at sweep_break), and compares. Returns 0, or 1 + the number of the register that has
 * changed. Interrupts as they are.
 */
u32 sweep_spin(u32 rounds);
extern char sweep_break[];

#endif
