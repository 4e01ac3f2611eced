/* SPDX-License-Identifier: MIT */
/*
 * The CPUs, and what they send each other. CPU 0 is the one that boots; the others are numbered as the device
 * tree names them. docs/smp.md has the whole story.
 */
#ifndef LINTEL_SMP_H
#define LINTEL_SMP_H

#include <lintel/percpu.h>
#include <lintel/types.h>

typedef u64 cpumask_t;			/* a bit for each: CONFIG_NR_CPUS is 64 at most */
#define CPU_MASK(cpu)		(1ULL << (cpu))
#define CPU_MASK_ALL		(~0ULL)

extern u32 nr_cpus;			/* that the device tree names and this kernel has room for */
extern bool smp_several;		/* there may be more than one; set before the second one starts */

/* Those that can be called and interrupted, and of them those that take tasks. Changed by the CPU itself as it comes;
 * one that is to go takes no more tasks first. */
extern cpumask_t cpus_online, cpus_active;
static __always_inline cpumask_t cpu_online_mask(void)
{
	return __atomic_load_n(&cpus_online, __ATOMIC_ACQUIRE);
}
static __always_inline cpumask_t cpu_active_mask(void)
{
	return __atomic_load_n(&cpus_active, __ATOMIC_ACQUIRE);
}
static __always_inline bool cpu_online(u32 cpu) { return cpu_online_mask() & CPU_MASK(cpu); }
static __always_inline cpumask_t cpus_others(void) { return cpu_online_mask() & ~CPU_MASK(smp_processor_id()); }

/* Named by nohz_full=, CPU 0 among them if it was: user mode is tracked. Constant from the first task on. */
extern cpumask_t nohz_full_cpus;
/* Its tick stops while it runs one task. CPU 0's does not: it keeps time for the others. */
static __always_inline bool is_nohz_full(u32 cpu)
{
	return unlikely(nohz_full_cpus) && cpu && (nohz_full_cpus & CPU_MASK(cpu));
}

/* Not of an empty mask. In halves: libgcc is for division. */
static __always_inline u32 cpu_first(cpumask_t mask)
{
	return (u32)mask ? (u32)__builtin_ctz((u32)mask) : 32 + (u32)__builtin_ctz((u32)(mask >> 32));
}
#define for_each_cpu(cpu, mask)						\
	for (cpumask_t __m = (mask); __m && ((cpu) = cpu_first(__m), true); __m &= __m - 1)

/* First of all in start_kernel(): per-CPU data as it is now is what other CPUs begin with. */
void percpu_init(void);
void smp_find_cpus(void);		/* in the device tree: nr_cpus */
/* Starts the CPUs that the device tree names, one after the other; one that does not come is named, with the
 * reason. Task context. */
void smp_init(void);
void secondary_start_kernel(void) __noreturn;	/* from head.S: current = the CPU's idle task, MMU on */

/*
 * fn(arg) on each CPU of the mask that is online, in an interrupt there, here directly with interrupts off; done
 * everywhere when it returns. Task context, interrupts on, no lock held that one of them could wait for.
 */
void smp_call_function_many(cpumask_t mask, void (*fn)(void *), void *arg);
static inline void smp_call_function_single(u32 cpu, void (*fn)(void *), void *arg)
{
	smp_call_function_many(CPU_MASK(cpu), fn, arg);
}
/* fn(arg) here, while all other CPUs wait with interrupts off. Otherwise as above. */
void stop_machine(void (*fn)(void *), void *arg);
/* Off, and on again: its tasks go elsewhere, also those that may run only there, until it is back. Task context. 0,
 * -EINVAL for one that is not there, -EBUSY for CPU 0 or if it is so already, -EIO with a message if PSCI fails. */
int cpu_down(u32 cpu);
int cpu_up(u32 cpu);
/* That CPU looks at its need-resched flag when the interrupt returns. Any context. */
void smp_send_reschedule(u32 cpu);
/* All others, by NMI: for good. Any context; who does not stop is named. */
void smp_stop_others(void);

#endif
