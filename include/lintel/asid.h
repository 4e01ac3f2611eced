/* SPDX-License-Identifier: MIT */
/*
 * Numbers for address spaces, which tell their entries in the TLBs apart. They go out in turn; when all are used a
 * new generation begins, with empty TLBs, and every address space takes a new one when it is switched to. Those that
 * CPUs use at that moment stay as they are. 0 is for no address space at all.
 */
#ifndef LINTEL_ASID_H
#define LINTEL_ASID_H

#include <lintel/types.h>

/*
 * What this CPU uses from now on: *context_id's number, or 0 for NULL. Interrupts off; asid_taken() follows when it
 * has been loaded, because until then the old one still fills the TLB. Between the two the lock is held.
 */
ulong asid_take(u64 *context_id);
void asid_taken(void);

/* arch/<arch>: */
u32 arch_nr_asids(void);
void arch_tlb_flush_all(void);			/* of all CPUs; done when it returns */

#endif
