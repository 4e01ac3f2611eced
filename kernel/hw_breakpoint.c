// SPDX-License-Identifier: MIT
/*
 * What was hit, whose it is, and how to go on. An instruction that was hit is stepped over with its slot off: in the
 * kernel everything is masked for that one instruction, so nobody else runs meanwhile; in user mode
 * breakpoints are planted where it may go on, so it does not matter what comes first.
 */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/context_tracking.h>
#include <lintel/errno.h>
#include <lintel/hw_breakpoint.h>
#include <lintel/irqflags.h>
#include <lintel/mm.h>
#include <lintel/percpu.h>
#include <lintel/preempt.h>
#include <lintel/ptrace.h>
#include <lintel/sched.h>

#define PLANTS		2U		/* the last breakpoints: where a step may go on */

/* DBGBCR and DBGWCR, the same on both architectures. */
#define CTRL_ENABLE	1U
#define CTRL_KERNEL	(1U << 1)
#define CTRL_USER	(2U << 1)
#define CTRL_BREAK_WORD	(0xfU << 5)
#define CTRL_TYPE(t)	((u32)(t) << 3)
#define CTRL_BYTES(b)	((b) << 5)

struct debug_cpu {
	struct hwbp		*slot[2 * HWBP_SLOTS];
	struct debug_step	kernel, user;
	struct task_struct	*stepped;	/* user: whose step */
};
static DEFINE_PER_CPU(struct debug_cpu, debug_cpu);

static struct { u32 immediate; void (*fn)(struct pt_regs *regs); } breaks[8];

/* ---- slots ---- */

static __always_inline u32 control(const struct hwbp *b)
{
	u32 ctrl = CTRL_ENABLE | (b->mm ? CTRL_USER : CTRL_KERNEL);

	if (b->type == HWBP_EXECUTE)
		return ctrl | CTRL_BREAK_WORD;
	return ctrl | CTRL_TYPE(b->type) | CTRL_BYTES(((1U << b->len) - 1) << b->addr % sizeof(long));
}

static __always_inline void slot_on(const struct hwbp *b)
{
	ulong align = b->type == HWBP_EXECUTE ? 4 : sizeof(long);

	arch_hwbp_write(b->slot, b->addr & ~(align - 1), control(b));
}

static void slot_off(u32 slot)
{
	arch_hwbp_write(slot, 0, 0);
}

/* Those that a step had off; some may have been cleared since. */
static __always_inline void slots_on(struct debug_cpu *d, u32 off)
{
	for (u32 i = 0; i < ARRAY_SIZE(d->slot); i++)
		if (off & BIT(i) && d->slot[i])
			slot_on(d->slot[i]);
}

static bool is_valid(const struct hwbp *b)
{
	bool watch = b->type != HWBP_EXECUTE;
	ulong last = b->addr + (watch ? b->len - 1 : 3);

	if (b->type > HWBP_ACCESS || (!watch && b->addr % 4))
		return false;
	if (watch && (!b->len || b->len > sizeof(long) || b->addr / sizeof(long) != last / sizeof(long)))
		return false;
	if (b->mm)
		return last < TASK_SIZE;
	return b->fn && b->addr >= TASK_SIZE && arch_hwbp_allowed(b->addr, watch);
}

static int take_slot(struct debug_cpu *d, struct hwbp *b)
{
	bool watch = b->type != HWBP_EXECUTE;
	u32 first = watch ? HWBP_SLOTS : 0, n = arch_hwbp_count(watch) - (watch ? 0 : PLANTS);

	for (u32 i = first; i < first + n; i++)
		if (!d->slot[i]) {
			b->slot = i;
			d->slot[i] = b;
			slot_on(b);
			return 0;
		}
	return -ENOSPC;
}

int hwbp_set(struct hwbp *b)
{
	ulong flags;
	int err;

	if (!is_valid(b))
		return -EINVAL;
	flags = local_irq_save();
	arch_debug_enable();
	err = take_slot(this_cpu_ptr(&debug_cpu), b);
	local_irq_restore(flags);
	return err;
}

void hwbp_clear(struct hwbp *b)
{
	struct debug_cpu *d = this_cpu_ptr(&debug_cpu);

	if (d->slot[b->slot] != b)
		return;
	slot_off(b->slot);
	d->slot[b->slot] = NULL;
}

/* ---- steps ---- */

static void plant(const struct debug_step *s, u32 privilege)
{
	u32 first = arch_hwbp_count(false) - PLANTS;

	for (u32 i = 0; i < PLANTS; i++)
		arch_hwbp_write(first + i, s->next[i],
				s->next[i] ? CTRL_ENABLE | privilege | CTRL_BREAK_WORD : 0);
}

static void user_step_end(struct debug_cpu *d)
{
	struct debug_step *s = &d->user;

	if (!s->active)
		return;
	s->active = false;
	s->next[0] = s->next[1] = 0;
	plant(s, CTRL_USER);
	slots_on(d, s->off);
	s->off = 0;
}

/* Where nobody can tell where user mode goes on, the breakpoint stays off. */
static bool user_step_begin(struct debug_cpu *d, struct pt_regs *regs)
{
	user_step_end(d);
	if (!arch_next(regs, d->user.next))
		return false;
	d->stepped = current;
	plant(&d->user, CTRL_USER);
	return true;
}

static __always_inline void kernel_step_end(struct debug_cpu *d, struct pt_regs *regs)
{
	struct debug_step *s = &d->kernel;

	arch_step_end(regs, s);
	s->active = false;
	slots_on(d, s->off);
	s->off = 0;
}

void noinstr debug_step_cancel(struct pt_regs *regs)
{
	struct debug_cpu *d = this_cpu_ptr(&debug_cpu);

	if (d->kernel.active && d->kernel.pc == instruction_pointer(regs))
		kernel_step_end(d, regs);
}

/* What a step was for comes last: it may ask for the next one. */
static void stepped(struct debug_step *s, struct pt_regs *regs)
{
	void (*fn)(struct pt_regs *) = s->fn;

	s->fn = NULL;
	if (fn)
		fn(regs);
}

static void step(struct debug_cpu *d, struct pt_regs *regs, u32 off)
{
	bool user = user_mode(regs);
	struct debug_step *s = user ? &d->user : &d->kernel;

	while (!user && !s->active && arch_step_emulate(regs)) {
		slots_on(d, off);
		off = 0;
		stepped(s, regs);
		if (!s->fn)
			return;
	}
	if (!s->active)
		s->active = user ? user_step_begin(d, regs) : arch_step_begin(regs, s);
	if (!s->active)
		s->fn = NULL;
	s->pc = instruction_pointer(regs);
	s->off |= off;
}

/* ---- hits ---- */

static bool wants(const struct debug_cpu *d, u32 slot, bool user, enum debug_event event)
{
	const struct hwbp *b = d->slot[slot];
	u32 type = event == DEBUG_EXECUTE ? HWBP_EXECUTE : event == DEBUG_WRITE ? HWBP_WRITE : HWBP_READ;
	u32 off = user ? d->user.off : d->kernel.off;

	return b && !b->mm == !user && !(off & BIT(slot)) && (b->type == type || b->type & type);
}

/* The one that is nearest to the access, which may have begun below it. */
static struct hwbp *find_watch(struct debug_cpu *d, ulong addr, bool user, enum debug_event event)
{
	struct hwbp *best = NULL;
	ulong distance = 64;

	for (u32 i = HWBP_SLOTS; i < 2 * HWBP_SLOTS; i++) {
		struct hwbp *b = d->slot[i];
		ulong away;

		if (!wants(d, i, user, event))
			continue;
		away = addr - b->addr < b->len ? 0 : b->addr - addr;
		if (away < distance) {
			distance = away;
			best = b;
		}
	}
	return best;
}

static struct hwbp *find_break(struct debug_cpu *d, ulong pc, bool user)
{
	for (u32 i = 0; i < HWBP_SLOTS; i++)
		if (wants(d, i, user, DEBUG_EXECUTE) && d->slot[i]->addr == pc)
			return d->slot[i];
	return NULL;
}

static struct hwbp *find(struct debug_cpu *d, ulong addr, bool user, enum debug_event event)
{
	return event == DEBUG_EXECUTE ? find_break(d, addr, user) : find_watch(d, addr, user, event);
}

static bool at_plant(const struct debug_step *s, ulong pc)
{
	return s->active && pc && (s->next[0] == pc || s->next[1] == pc);
}

/* The handler may take its breakpoint away, or go on somewhere else. */
static void hit(struct debug_cpu *d, struct hwbp *b, struct pt_regs *regs, ulong addr)
{
	ulong pc = instruction_pointer(regs);
	u32 slot = b->slot;

	if (!b->mm || b->mm == current->mm)
		b->fn(b, regs, addr);
	if (instruction_pointer(regs) != pc || (d->slot[slot] != b && !(user_mode(regs) ? d->user : d->kernel).fn))
		return;
	slot_off(slot);
	step(d, regs, d->slot[slot] == b ? BIT(slot) : 0);
}

static bool run_break(struct pt_regs *regs, u32 immediate)
{
	for (u32 i = 0; i < ARRAY_SIZE(breaks); i++)
		if (breaks[i].fn && breaks[i].immediate == immediate) {
			struct debug_cpu *d = this_cpu_ptr(&debug_cpu);

			instruction_pointer_set(regs, instruction_pointer(regs) + BREAK_SIZE);
			breaks[i].fn(regs);
			if (d->kernel.fn && !d->kernel.active)
				step(d, regs, 0);
			return true;
		}
	return false;
}

/* Handlers may use RCU. Whoever calls them before the entry's accounting hears of it here (row 42). */
static void check_watching(void)
{
	WARN(IS_ENABLED(CONFIG_DEBUG_ENTRY) && !rcu_is_watching(),
	     "suspicious RCU usage: the handling of a debug exception in %s[%d], where RCU does not watch (%s)\n",
	     current->comm, current->pid, ct_state() == CT_STATE_USER ? "user" :
	     ct_state() == CT_STATE_IDLE ? "idle" : "kernel");
}

bool debug_kernel(struct pt_regs *regs, enum debug_event event, ulong addr)
{
	struct debug_cpu *d = this_cpu_ptr(&debug_cpu);
	struct hwbp *b = NULL;

	check_watching();
	if (event == DEBUG_BREAK)
		return run_break(regs, (u32)addr);
	if (event == DEBUG_STEP || (event == DEBUG_EXECUTE && at_plant(&d->kernel, addr))) {
		if (!d->kernel.active)
			return false;
		kernel_step_end(d, regs);
		if (d->user.active)
			plant(&d->user, CTRL_USER);
		stepped(&d->kernel, regs);
		if (d->kernel.fn && !d->kernel.active)
			step(d, regs, 0);
		return true;
	}
	b = find(d, addr, false, event);
	if (b)
		hit(d, b, regs, addr);
	return b;
}

bool debug_user(struct pt_regs *regs, enum debug_event event, ulong addr)
{
	struct debug_cpu *d = this_cpu_ptr(&debug_cpu);
	struct hwbp *b;
	bool done = false;

	check_watching();
	if (event > DEBUG_WRITE)
		return false;
	preempt_disable();
	if (event == DEBUG_EXECUTE && at_plant(&d->user, addr)) {
		/* Somebody else's: whoever it is for is hit once more. */
		user_step_end(d);
		if (d->stepped == current)
			stepped(&d->user, regs);
		if (d->user.fn)
			step(d, regs, 0);
		done = true;
	}
	b = done ? NULL : find(d, addr, true, event);
	if (b && (b->fn || b->mm != current->mm)) {
		hit(d, b, regs, addr);
		done = true;
	}
	preempt_enable();
	return done;
}

void debug_exit(void)
{
	struct debug_cpu *d = this_cpu_ptr(&debug_cpu);

	if (d->user.active && d->stepped == current)
		user_step_end(d);
}

void debug_step(struct pt_regs *regs, void (*fn)(struct pt_regs *regs))
{
	struct debug_cpu *d = this_cpu_ptr(&debug_cpu);

	(user_mode(regs) ? &d->user : &d->kernel)->fn = fn;
}

/* ---- breakpoint instructions ---- */

int break_register(u32 immediate, void (*fn)(struct pt_regs *regs))
{
	u32 free = ARRAY_SIZE(breaks);

	for (u32 i = 0; i < ARRAY_SIZE(breaks); i++) {
		if (!breaks[i].fn)
			free = i;
		else if (breaks[i].immediate == immediate) {
			breaks[i].fn = fn;
			return 0;
		}
	}
	if (!fn || free == ARRAY_SIZE(breaks))
		return fn ? -ENOSPC : 0;
	breaks[free].immediate = immediate;
	barrier();
	breaks[free].fn = fn;
	return 0;
}
