// SPDX-License-Identifier: MIT
/*
 * What a task holds, and what is learned from each lock it takes. What is known already, which is nearly
 * always, is found without a lock.
 *
 * An NMI may come anywhere in here. What it takes and lets go of while lockdep is busy on its CPU is not
 * followed at all: both lie inside that time.
 */
#include <lintel/boot.h>
#include <lintel/irqflags.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/sched.h>
#include <lintel/spinlock.h>
#include "lock.h"

#ifdef CONFIG_LOCKDEP
#define INTERRUPT_MASK	(NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)

bool lockdep_off;
static DEFINE_PER_CPU(u32, lockdep_busy);
static arch_spinlock_t graph_lock;		/* the tables, and the circle that was found */
static struct lock_trouble trouble;		/* whose report is the first one */

struct lockdep_map rcu_lock_map = { .name = "rcu_read_lock", .outer = LOCK_WAIT_FREE, .inner = LOCK_WAIT_CONFIG };

/* False: inside it already. Interrupts off. */
static bool lockdep_enter(void)
{
	if (this_cpu_read(lockdep_busy))
		return false;
	this_cpu_write(lockdep_busy, 1);
	barrier();
	return true;
}

static void lockdep_leave(void)
{
	barrier();
	this_cpu_write(lockdep_busy, 0);
}

bool lockdep_follows(void)
{
	return !READ_ONCE(lockdep_off) && !this_cpu_read(lockdep_busy);
}

enum interrupt lockdep_interrupt(u32 count)
{
	return count & NMI_MASK ? BY_NMI : count & HARDIRQ_MASK ? BY_HARDIRQ :
	       count & SOFTIRQ_OFFSET ? BY_SOFTIRQ : BY_NOBODY;
}

static void report_circle(enum lock_report kind, const char *what, const struct lockdep_map *map, ulong ip,
			  const struct held_lock *old, u32 length)
{
	if (__atomic_exchange_n(&lockdep_off, true, __ATOMIC_RELAXED))
		return;
	trouble.kind = kind;
	trouble.what = what;
	trouble.map = map;
	trouble.ip = ip;
	trouble.old = old;
	trouble.length = length;
	lockdep_report(&trouble);
}

static void report(enum lock_report kind, const char *what, const struct lockdep_map *map, ulong ip,
		   const struct held_lock *old)
{
	report_circle(kind, what, map, ip, old, 0);
}

static void full(const char *what, const struct held_lock *h)
{
	report(REPORT_FULL, what, h->map, h->ip, NULL);
}

/* ---- classes ---- */

static const void *key_of(const struct lockdep_map *map)
{
	bool is_static = (ulong)map >= (ulong)_text && (ulong)map < (ulong)_end;

	return map->key ? map->key : is_static ? map : NULL;
}

static bool is_class(u32 class, const void *key, u32 subclass)
{
	return class < __atomic_load_n(&lock_used.classes, __ATOMIC_ACQUIRE) && lock_classes[class].key == key &&
	       lock_classes[class].subclass == subclass;
}

static u32 find_or_add_class(struct held_lock *h, const void *key)
{
	u32 subclass = h->how & LOCK_SUBCLASS, class;

	arch_spin_lock(&graph_lock);
	class = lock_class_find(key, subclass);
	if (class == NO_CLASS)
		class = lock_class_add(key, subclass, h->map->name);
	if (class == NO_CLASS)
		full("lock classes", h);
	arch_spin_unlock(&graph_lock);
	return class;
}

static bool set_class(struct held_lock *h)
{
	const void *key = key_of(h->map);
	u32 class = READ_ONCE(h->map->class);

	if (!key) {
		report(REPORT_INIT, "it was never initialised", h->map, h->ip, NULL);
		return false;
	}
	if (!is_class(class, key, h->how & LOCK_SUBCLASS))
		class = find_or_add_class(h, key);
	if (class == NO_CLASS)
		return false;
	if (!(h->how & LOCK_SUBCLASS))
		WRITE_ONCE(h->map->class, (u16)class);
	h->class = (u16)class;
	return true;
}

/* ---- what is checked at once ---- */

static u32 longest_wait(enum interrupt in)
{
	return in == BY_NMI ? LOCK_WAIT_SPIN : in == BY_NOBODY ? LOCK_WAIT_SLEEP : LOCK_WAIT_CONFIG;
}

/* In the way is the interrupt, a lock, or that the task may not be switched. */
static bool check_wait(const struct held_lock *h, const struct held_lock *held)
{
	u32 wants = h->how & LOCK_SYNC ? LOCK_WAIT_SLEEP : h->map->outer;

	if (wants > longest_wait(lockdep_interrupt(h->interrupt))) {
		report(REPORT_WAIT, "one must not wait that long in an interrupt", h->map, h->ip, NULL);
		return false;
	}
	for (const struct held_lock *o = h; o-- > held && o->interrupt == h->interrupt;) {
		if (o->map->inner && wants > o->map->inner) {
			report(REPORT_WAIT, "whoever waits for the other one must not wait that long", h->map, h->ip, o);
			return false;
		}
	}
	if (wants == LOCK_WAIT_SLEEP && (preempt_count() || !lockdep_hardirqs_enabled())) {
		report(REPORT_WAIT, preempt_count() ? "one must not sleep with preemption off" :
		       "one must not sleep with interrupts off", h->map, h->ip, NULL);
		return false;
	}
	return true;
}

/* A recursive reader may come to readers. */
static bool check_recursion(const struct held_lock *h, const struct held_lock *held)
{
	for (const struct held_lock *o = h; o-- > held;) {
		if (o->class != h->class)
			continue;
		if ((o->how & (LOCK_READ | LOCK_READ_RECURSIVE)) && (h->how & LOCK_READ_RECURSIVE))
			continue;
		report(REPORT_RECURSION, o->map == h->map ? "it holds this lock" : "it holds a lock of this class",
		       h->map, h->ip, o);
		return false;
	}
	return true;
}

/* ---- what is learned ---- */

/* True if the circle that the news closes, if any, was reported. Graph lock held. */
static bool check_circle(const struct held_lock *h, u32 class, bool recursive)
{
	u32 length = lock_circle(class, recursive, trouble.circle, MAX_CIRCLE);
	bool interrupted = false;

	for (u32 i = 0; i < min(length, MAX_CIRCLE); i++)
		interrupted |= trouble.circle[i].by != BY_NOBODY;
	if (length)
		report_circle(interrupted ? REPORT_INTERRUPT : REPORT_CIRCLE, NULL, h->map, h->ip, NULL, length);
	return length;
}

static u32 uses_of(const struct held_lock *h)
{
	enum interrupt in = lockdep_interrupt(h->interrupt);
	u32 open = h->how & (LOCK_READ | LOCK_READ_RECURSIVE) ? OPEN_SHARED : OPEN, uses = 0;

	if (in != BY_NOBODY && !(h->how & LOCK_TRY))
		uses |= BIT(USE(in, h->how & LOCK_READ_RECURSIVE ? IN_RECURSIVE : IN));
	if (h->how & LOCK_SYNC)
		return uses;
	if (in != BY_NMI)
		uses |= BIT(USE(BY_NMI, open));
	if (lockdep_hardirqs_enabled())
		uses |= BIT(USE(BY_HARDIRQ, open)) | (in_softirq() ? 0 : BIT(USE(BY_SOFTIRQ, open)));
	return uses;
}

static bool learn_use(const struct held_lock *h, u32 use)
{
	bool bad;

	lock_use_add(h->class, use, h->ip);
	/* Either way this class is waited for, it is part of the circle. */
	bad = check_circle(h, h->class, false) || check_circle(h, h->class, true);
	return !bad;
}

static bool learn_uses(const struct held_lock *h)
{
	u32 news = uses_of(h) & ~READ_ONCE(lock_classes[h->class].uses);
	bool ok = true;

	if (likely(!news))
		return true;
	arch_spin_lock(&graph_lock);
	for (u32 use = 0; ok && use < USE(NR_INTERRUPTS, 0); use++)
		if (news & BIT(use))
			ok = learn_use(h, use);
	arch_spin_unlock(&graph_lock);
	return ok;
}

static bool learn_edge(const struct held_lock *h, const struct lock_step *s)
{
	bool ok = true;

	arch_spin_lock(&graph_lock);
	if (!lock_edge_known(s)) {
		ok = lock_edge_add(s);
		if (!ok)
			full("edges of the lock graph", h);
		else
			ok = !check_circle(h, h->class, s->recursive);
	}
	arch_spin_unlock(&graph_lock);
	return ok;
}

/*
 * Edges from what is held in this context; what an interrupt interrupted is in the uses. One for which somebody
 * waited has its own edges from those below it, and they lead here; not so a try, and not strictly a recursive
 * reader, who does not wait for all.
 */
static bool learn_edges(const struct held_lock *h, const struct held_lock *held)
{
	for (const struct held_lock *o = h; o-- > held && o->interrupt == h->interrupt;) {
		struct lock_step s = {
			.from = o->class, .to = h->class, .by = BY_NOBODY, .held_ip = o->ip, .taken_ip = h->ip,
			.shared = o->how & (LOCK_READ | LOCK_READ_RECURSIVE),
			.recursive = h->how & LOCK_READ_RECURSIVE,
		};

		if (o->class != h->class && !lock_edge_known(&s) && !learn_edge(h, &s))
			return false;
		if (!(o->how & (LOCK_TRY | LOCK_READ_RECURSIVE)))
			break;
	}
	return true;
}

/* ---- taken, let go ---- */

static void check_and_learn(const struct held_lock *h, const struct held_lock *held)
{
	bool waits = !(h->how & LOCK_TRY);

	if (waits && !check_wait(h, held))
		return;
	if (!learn_uses(h))
		return;
	if (waits && check_recursion(h, held))
		learn_edges(h, held);
}

static void acquire(struct lockdep_map *map, u32 how, ulong ip)
{
	struct held_lock *h = &current->held_locks[current->lockdep_depth];

	if (lockdep_off && lockdep_found == REPORT_FULL)
		return;
	if (current->lockdep_depth == MAX_HELD_LOCKS) {
		report(REPORT_FULL, "locks held by one task", map, ip, NULL);
		return;
	}
	*h = (struct held_lock){
		.map = map, .ip = ip, .how = (u16)how, .class = NO_CLASS, .interrupt = preempt_count() & INTERRUPT_MASK,
	};
	if (!lockdep_off && set_class(h))
		check_and_learn(h, current->held_locks);
	if (!(how & LOCK_SYNC))
		current->lockdep_depth++;
}

void __noinline lock_acquire(struct lockdep_map *map, u32 how)
{
	ulong flags;

	raw_local_irq_save(flags);
	if (lockdep_enter()) {
		acquire(map, how, CALLER_ADDR);
		lockdep_leave();
	}
	raw_local_irq_restore(flags);
}

static struct held_lock *find_held(const struct lockdep_map *map)
{
	for (s32 i = current->lockdep_depth; i-- > 0;)
		if (current->held_locks[i].map == map)
			return &current->held_locks[i];
	return NULL;
}

static void release(struct lockdep_map *map, ulong ip)
{
	struct held_lock *h = find_held(map), *end = current->held_locks + current->lockdep_depth;

	if (!h) {
		report(REPORT_UNLOCK, "it does not hold it", map, ip, NULL);
		return;
	}
	if (h->interrupt != (preempt_count() & INTERRUPT_MASK))
		report(REPORT_UNLOCK, "it was taken in another context", map, ip, h);
	for (; h + 1 < end; h++)
		h[0] = h[1];
	current->lockdep_depth--;
}

void __noinline lock_release(struct lockdep_map *map)
{
	ulong flags;

	raw_local_irq_save(flags);
	if (lockdep_enter()) {
		release(map, CALLER_ADDR);
		lockdep_leave();
	}
	raw_local_irq_restore(flags);
}

bool lock_is_held(const struct lockdep_map *map)
{
	return find_held(map);
}

void __noinline lockdep_init_map(struct lockdep_map *map, const char *name, const void *key, enum lock_wait outer,
				 enum lock_wait inner)
{
	struct held_lock *h = find_held(map);

	if (h)
		report(REPORT_INIT, "it is initialised, and held", map, CALLER_ADDR, h);
	*map = (struct lockdep_map){ .key = key, .name = name, .outer = (u8)outer, .inner = (u8)inner };
}
#endif
