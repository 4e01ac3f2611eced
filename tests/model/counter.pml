/* SPDX-License-Identifier: MIT */
/*
 * The context-tracking counter (rcu/context_tracking.c): two CPUs that come and go, NMIs that strike
 * between any two of their steps, and an observer who changes something and must know when no CPU can
 * be using what was there before. docs/counter.md explains it, tools/counter runs it.
 *
 * Two things must hold, however slow anybody is:
 *	FREED	nobody reads memory after a grace period that began when it could no longer be found;
 *	STALE	nobody runs kernel code that was fetched before it changed, once the kick has returned.
 *
 * `nesting` is not here: nothing but checks reads it. R- has ARMv7's two steps, a barrier and the
 * increment; AArch64's store-release is one step less to strike between.
 *
 * Each #ifdef is a mistake; tools/counter makes one at a time, and each must be found. The printf()s
 * are what a trail consists of, and steps that the search of the sound model must have reached.
 */
#define KERNEL		0	/* the word as in the kernel: a counter above two bits of state */
#define IDLE		1
#define USER		2
#define WATCHING	4
#define WORD		7	/* a counter of one bit: that it moved is kept in `moved` */
#ifdef NMI_COUNTS_TWO
#define NMI_COUNTS	2
#else
#define NMI_COUNTS	1	/* ... where it made RCU watch */
#endif
#ifdef NMI_CLEARS
#define NMI_EXIT_LEAVES	0
#else
#define NMI_EXIT_LEAVES	(nmi_nesting[C] - 2)
#endif
#define TASK		8	/* CT_NESTING_IRQ_NONIDLE: even, and more than the NMIs add up to */

/*
 * The first processes are what the CPUs do, the next two are NMIs: C is whose, L how many it has below it.
 * One CPU is enough to break something. What holds must hold for two, struck in two ways.
 */
#if CPUS == 1
#define C		0
#define L		_pid
#elif defined(NESTED)
#define C		(_pid == 1)
#define L		(_pid < 2 -> 0 : _pid - 1)
#else
#define C		(_pid % 2)
#define L		(_pid / 2)
#endif

byte own[2] = WATCHING;			/* the word: as its CPU sees it, */
chan buffer[2] = [2] of { byte };	/* stores that the others do not see yet, */
byte seen[2] = WATCHING;		/* as they see it, */
byte nmi_nesting[2] = TASK;
byte level[2];				/* of the NMI that runs; what it interrupted stands still */

mtype = { grace_period, kick };
mtype task;				/* what the observer is about */
bool published, visible;		/* its store: made; seen by the CPUs */
bool freed, kicked;
bool ipi[2];
byte looked_at = 2;			/* whose word the observer has kept, and whether it changed since */
bool moved;
byte reads[2];				/* bit L: accesses of level L to the old memory may not be over */
bool stale[2];				/* the next instructions may have been fetched before the change */

/* ---- what a CPU can do: each of these is one step, and an NMI may strike before and after it ---- */

/* What this level has read is over, and so is what struck it; what it struck may be in the middle. */
#define READS_ARE_OVER	reads[C] = reads[C] & ((1 << L) - 1)

inline dmb() { d_step { READS_ARE_OVER; printf("CPU %d.%d: dmb: what it read is over\n", C, L) } }
inline dsb() { d_step { empty(buffer[C]); READS_ARE_OVER; printf("CPU %d.%d: dsb: its stores are seen\n", C, L) } }
inline isb() { d_step { stale[C] = false; printf("CPU %d.%d: isb\n", C, L) } }

/* For the CPU itself and its NMIs it happens at once, for the others when the buffer lets it out. */
inline add(n)
{
	atomic {
		nfull(buffer[C]);
		own[C] = (own[C] + n) & WORD;
		buffer[C]!own[C];
		printf("CPU %d.%d: the word becomes %d\n", C, L, own[C])
	}
}

inline set_nesting(n)
{
	d_step { nmi_nesting[C] = n; printf("CPU %d.%d: nmi_nesting becomes %d\n", C, L, nmi_nesting[C]) }
}

/* Loads do not wait for the buffer. What they have found is in use until something says that it is not. */
inline kernel_code()
{
	atomic {
		printf("CPU %d.%d: kernel code\n", C, L);
		assert(!(kicked && stale[C]));		/* STALE */
		if
		:: task == grace_period && !visible ->
			assert(!freed);			/* FREED */
			reads[C] = reads[C] | (1 << L);
			printf("CPU %d.%d: reads the old memory\n", C, L)
		:: task == kick && kicked ->
			printf("CPU %d.%d: runs the new code\n", C, L)
		:: else
		fi
	}
}

/* ---- rcu/context_tracking.c ---- */

inline r_minus(n)
{
#if !defined(R_MINUS_NO_RELEASE) && !defined(R_MINUS_RELEASE_LATE)
	dmb();
#endif
#ifdef R_MINUS_STATE_ONLY
	add(n);
#else
	add(WATCHING + n);
#endif
#ifdef R_MINUS_RELEASE_LATE
	dmb();
#endif
}

inline r_plus(n)
{
#ifdef R_PLUS_ISB_EARLY
	isb();
#endif
#ifdef R_PLUS_BARRIER_EARLY
	dsb();
#endif
	add(WATCHING - n);
#ifdef R_PLUS_DMB
	isb();		/* A dmb in front of it: it does not wait, only the accesses behind do. */
	dsb();
#else
#if !defined(R_PLUS_NO_BARRIER) && !defined(R_PLUS_BARRIER_EARLY)
	dsb();
#endif
#if !defined(R_PLUS_NO_ISB) && !defined(R_PLUS_ISB_EARLY)
	isb();
#endif
#endif
}

inline ct_kernel_exit(to)
{
#ifdef R_MINUS_BEFORE_NESTING
	r_minus(to);
	set_nesting(0);
#else
	set_nesting(0);
	r_minus(to);
#endif
}

inline ct_kernel_enter(from)
{
#ifdef R_PLUS_AFTER_NESTING
	set_nesting(TASK);
	r_plus(from);
#else
	r_plus(from);
	set_nesting(TASK);
#endif
}

inline ct_nmi_enter()
{
	if
	:: d_step { !(own[C] & WATCHING) -> printf("CPU %d.%d: finds RCU not watching\n", C, L) };
		r_plus(0);
		set_nesting(nmi_nesting[C] + NMI_COUNTS)
	:: atomic { own[C] & WATCHING ->
		if
		:: nempty(buffer[C]) -> printf("CPU %d.%d: finds RCU watching, but nobody else sees it yet\n", C, L)
		:: empty(buffer[C]) -> printf("CPU %d.%d: finds RCU watching\n", C, L)
		fi };
#ifndef NMI_ENTER_NO_BARRIER
		dsb();
		isb();
#endif
		set_nesting(nmi_nesting[C] + 2)
	fi
}

inline ct_nmi_exit()
{
	if
	:: atomic { nmi_nesting[C] != 1 ->
		printf("CPU %d.%d: somebody else will end the watching\n", C, L);
#ifndef NMI_EXIT_NO_BARRIER
		dmb()
#endif
		};
		set_nesting(NMI_EXIT_LEAVES)
	:: atomic { nmi_nesting[C] == 1 -> set_nesting(0) };
		r_minus(0)
	fi
}

/* ---- the machine ---- */

/* Exceptions, and returns from them, synchronise what is fetched; the end of WFI does not. */
active [CPUS] proctype cpu() provided (level[C] <= L)
{
	do
	:: kernel_code()
	:: d_step { ipi[C] -> ipi[C] = false; stale[C] = false; printf("CPU %d: takes the IPI\n", C) }
	:: ct_kernel_exit(USER);
		d_step { stale[C] = false; printf("CPU %d: user mode, and back\n", C) };
		ct_kernel_enter(USER)
	:: ct_kernel_exit(IDLE);
		printf("CPU %d: sleeps, and wakes up\n", C);
		ct_kernel_enter(IDLE)
	od
}

active [2] proctype nmi() provided (level[C] <= L)
{
	do
	:: d_step { level[C] == L - 1 -> level[C] = L; stale[C] = false; printf("CPU %d: NMI %d strikes\n", C, L) };
#ifdef NMI_NOT_TRACKED
		kernel_code();
#else
		ct_nmi_enter();
		kernel_code();
		ct_nmi_exit();
#endif
		d_step { level[C] = L - 1; stale[C] = false; printf("CPU %d: NMI %d returns\n", C, L) }
	od
}

inline arrive(i)
{
	atomic {
		buffer[i]?seen[i] ->
		moved = moved || looked_at == i;
		printf("memory: others see %d of CPU %d\n", seen[i], i)
	}
}

active proctype memory()
{
	do
	:: arrive(0)
#if CPUS == 2
	:: arrive(1)
#endif
	:: d_step { published && !visible ->
		visible = true;
		stale[0] = task == kick;
		stale[1] = task == kick;
		printf("memory: the observer's change is seen\n") }
	od
}

/* ---- the observer ---- */

inline change()
{
	d_step { published = true; printf("observer: changes it\n") };
#ifndef OBSERVER_NO_BARRIER
	d_step { visible; printf("observer: dsb\n") }
#endif
}

#ifdef OBSERVER_GOES_BY_STATE
#define QUIESCENT(word)	(((word) & 3) != KERNEL)
#else
#define QUIESCENT(word)	(((word) & WATCHING) == 0)
#endif
#ifdef KICKS_THE_OTHERS
#define KICK(word)	(((word) & WATCHING) == 0)
#else
#define KICK(word)	(((word) & WATCHING) != 0)
#endif

/* One CPU after the other: that all were looked at first makes the wait shorter, and nothing else. */
inline wait_for_readers(i)
{
	if
	:: atomic { QUIESCENT(seen[i]) -> printf("observer: CPU %d has %d: quiescent\n", i, seen[i]) }
	:: d_step { !QUIESCENT(seen[i]) -> looked_at = i; moved = false;
		printf("observer: CPU %d has %d\n", i, seen[i]) };
		d_step { moved -> looked_at = 2; moved = false; printf("observer: CPU %d was quiescent\n", i) }
	fi
}

inline kick_cpu(i)
{
	if
	:: atomic { KICK(seen[i]) -> ipi[i] = true; printf("observer: CPU %d has %d: IPI\n", i, seen[i]) };
		!ipi[i]
	:: atomic { !KICK(seen[i]) -> printf("observer: CPU %d has %d: no IPI\n", i, seen[i]) }
	fi
}

active proctype observer()
{
	if
#ifndef KICK_ONLY
	:: task = grace_period;
#ifndef OBSERVER_CHANGES_LATE
		change();
#endif
		wait_for_readers(0);
#if CPUS == 2
		wait_for_readers(1);
#endif
#ifdef OBSERVER_CHANGES_LATE
		change();
#endif
		d_step { freed = true; printf("observer: frees it\n"); assert(!reads[0] && !reads[1]) }	/* FREED */
#endif
#ifndef GRACE_PERIOD_ONLY
	:: task = kick;
#ifndef OBSERVER_CHANGES_LATE
		change();
#endif
		kick_cpu(0);
#if CPUS == 2
		kick_cpu(1);
#endif
#ifdef OBSERVER_CHANGES_LATE
		change();
#endif
		d_step { kicked = true; printf("observer: the kick has returned\n") }
#endif
	fi
}
