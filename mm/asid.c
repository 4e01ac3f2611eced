// SPDX-License-Identifier: MIT
#include <lintel/asid.h>
#include <lintel/percpu.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include <lintel/string.h>

#define GENERATION	(1ULL << 16)
#define WORD_BITS	(8 * sizeof(ulong))

static arch_spinlock_t asid_lock;	/* a leaf, interrupts off: lockdep is not told */
static u64 generation = GENERATION;
static ulong next = 1, kept[(1 << 16) / WORD_BITS];	/* kept: in use when the generation began */
static DEFINE_PER_CPU(u64, active);	/* the context_id in use, of whichever generation; or 0 */

static bool has_area(u32 cpu) { return !cpu || per_cpu_offset[cpu]; }

static void new_generation(void)
{
	generation += GENERATION;
	next = 1;
	memset(kept, 0, sizeof(kept));
	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		ulong asid = has_area(cpu) ? *per_cpu_ptr(&active, cpu) % GENERATION : 0;

		kept[asid / WORD_BITS] |= BIT(asid % WORD_BITS);
	}
	arch_tlb_flush_all();
}

static ulong unused(void)
{
	for (;; next++) {
		if (next == arch_nr_asids())
			new_generation();
		if (!(kept[next / WORD_BITS] & BIT(next % WORD_BITS)))
			return next++;
	}
}

/* One that some CPU uses keeps its number: its entries are in that CPU's TLB, and a flush must find them. */
static bool keep(u64 *context_id)
{
	u64 old = *context_id, new = generation | old % GENERATION;
	bool found = false;

	for (u32 cpu = 0; old && cpu < nr_cpus; cpu++)
		if (has_area(cpu) && *per_cpu_ptr(&active, cpu) == old) {
			*per_cpu_ptr(&active, cpu) = new;
			*context_id = new;
			found = true;
		}
	return found;
}

static void renew(u64 *context_id)
{
	ulong asid;

	if (keep(context_id))
		return;
	asid = unused();
	*context_id = generation | asid;
}

ulong asid_take(u64 *context_id)
{
	u64 id = 0;

	arch_spin_lock(&asid_lock);
	if (context_id) {
		if (*context_id / GENERATION != generation / GENERATION)
			renew(context_id);
		id = *context_id;
	}
	*this_cpu_ptr(&active) = id;
	return id % GENERATION;
}

void asid_taken(void)
{
	arch_spin_unlock(&asid_lock);
}
