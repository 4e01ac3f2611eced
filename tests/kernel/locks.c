// SPDX-License-Identifier: MIT
/* The locks themselves, and lockdep where its tables end or an NMI comes in between. */
#include <lintel/bug.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/irqflags.h>
#include <lintel/mutex.h>
#include <lintel/preempt.h>
#include <lintel/rwlock.h>
#include <lintel/selftest.h>
#include <lintel/time.h>
#include <kernel/lockdep/lock.h>

/* ---- a mutex between tasks ---- */

static struct mutex mutex = MUTEX_INIT(mutex);
static u32 inside, most_inside, turns, ended;

static int want_mutex(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < 20; i++) {
		mutex_lock(&mutex);
		inside++;
		most_inside = max(most_inside, inside);
		turns++;
		schedule();		/* the others come, and have to sleep */
		inside--;
		mutex_unlock(&mutex);
	}
	ended++;
	return 0;
}

SELFTEST(mutex_one_at_a_time)
{
	for (u32 i = 0; i < 3; i++)
		EXPECT(kthread_create(want_mutex, NULL, "mutex"));
	for (u32 i = 0; i < 10000 && READ_ONCE(ended) < 3; i++)
		schedule();
	EXPECT(ended == 3 && turns == 60 && most_inside == 1);
	EXPECT(mutex_trylock(&mutex));
	EXPECT(!mutex_trylock(&mutex));
	mutex_unlock(&mutex);
}

/* ---- readers and writers ---- */

static bool read_try_in_irq(rwlock_t *l)
{
	bool got;

	local_irq_disable();
	__preempt_count_add(HARDIRQ_OFFSET);
	got = read_trylock(l);
	if (got)
		read_unlock(l);
	__preempt_count_sub(HARDIRQ_OFFSET);
	local_irq_enable();
	return got;
}

SELFTEST(rwlock_who_may)
{
	static rwlock_t l = RWLOCK_INIT(l);

	read_lock(&l);
	EXPECT(read_trylock(&l) && !write_trylock(&l));
	read_unlock(&l);
	__atomic_fetch_or(&l.word, RW_WAITING, __ATOMIC_RELAXED);
	EXPECT(!read_trylock(&l) && !write_trylock(&l));
	EXPECT(read_try_in_irq(&l));
	read_unlock(&l);
	EXPECT(write_trylock(&l) && l.word == RW_WRITER);
	EXPECT(!read_trylock(&l) && !write_trylock(&l) && !read_try_in_irq(&l));
	write_unlock(&l);
	EXPECT(!l.word);
}

/* ---- lockdep ---- */

#ifdef CONFIG_LOCKDEP
static struct lock_mark mark;
static struct lock_class_key keys[MAX_LOCK_CLASSES + 1];
static struct lockdep_map maps[MAX_LOCK_CLASSES + 1];

static void begin(void)
{
	mark = lock_used;
	for (u32 i = 0; i < ARRAY_SIZE(maps); i++)
		lockdep_init_map(&maps[i], "one of many", &keys[i], LOCK_WAIT_ANY, LOCK_WAIT_ANY);
	warn_expect_begin();
}

/* There was one report, of this; and all is checked again. */
static void end(enum lock_report found)
{
	EXPECT(warn_expect_end() == 1 && lockdep_off && lockdep_found == found);
	lock_graph_rewind(mark);
	current->lockdep_depth = 0;
	lockdep_off = false;
}

SELFTEST(lockdep_classes_full)
{
	begin();
	for (u32 i = 0; i < ARRAY_SIZE(maps); i++) {
		lock_acquire(&maps[i], LOCK_WRITE);
		lock_release(&maps[i]);
	}
	EXPECT(lock_used.classes == MAX_LOCK_CLASSES && !current->lockdep_depth);
	end(REPORT_FULL);
}

SELFTEST(lockdep_edges_full)
{
	begin();
	for (u32 i = 0; i < 70; i++) {
		for (u32 j = i + 1; j < 70; j++) {
			lock_acquire(&maps[i], LOCK_WRITE);
			lock_acquire(&maps[j], LOCK_WRITE);
			lock_release(&maps[j]);
			lock_release(&maps[i]);
		}
	}
	EXPECT(lock_used.edges == MAX_LOCK_EDGES);
	end(REPORT_FULL);
}

SELFTEST(lockdep_held_full)
{
	begin();
	for (u32 i = 0; i <= MAX_HELD_LOCKS; i++)
		lock_acquire(&maps[i], LOCK_WRITE);
	EXPECT(current->lockdep_depth == MAX_HELD_LOCKS && lock_is_held(&maps[0]));
	end(REPORT_FULL);
}

SELFTEST(lockdep_never_initialised)
{
	struct lockdep_map map = { .name = "on the stack" };

	begin();
	lock_acquire(&map, LOCK_WRITE);
	lock_release(&map);
	end(REPORT_INIT);
}

/* An NMI where lockdep itself holds its lock: it may try locks all the same, and is not followed. */
static raw_spinlock_t in_between = RAW_SPINLOCK_INIT(in_between);
static u32 came;

static void try_in_between(struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	(void)b;
	(void)regs;
	(void)addr;
	if (!raw_spin_trylock(&in_between))
		return;
	raw_spin_unlock(&in_between);
	came++;
}

SELFTEST(lockdep_nmi_in_between)
{
	struct hwbp b = { .addr = (ulong)lock_circle, .type = HWBP_EXECUTE, .fn = try_in_between };
	u32 classes = lock_used.classes;
	static spinlock_t l = SPINLOCK_INIT(l);

	if (hwbp_set(&b)) {
		selftest_skip("no hardware breakpoint");
		return;
	}
	spin_lock(&l);
	spin_unlock(&l);
	hwbp_clear(&b);
	EXPECT(came && !current->lockdep_depth && lock_used.classes == classes + 1 && !lockdep_off);
}
#endif
