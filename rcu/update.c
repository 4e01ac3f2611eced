// SPDX-License-Identifier: MIT
/* Readers of RCU, checked: is this one, and does RCU watch it (row 42)? */
#include <lintel/bug.h>
#include <lintel/irqflags.h>
#include <lintel/printk.h>
#include <lintel/rcupdate.h>
#include <lintel/sched.h>
#include <kernel/lockdep/lock.h>

#ifdef CONFIG_LOCKDEP
bool debug_lockdep_rcu_enabled(void)
{
	return lockdep_follows();
}

bool rcu_read_lock_held(void)
{
	if (!debug_lockdep_rcu_enabled())
		return true;
	return rcu_is_watching() && lock_is_held(&rcu_lock_map);
}

bool rcu_read_lock_any_held(void)
{
	return rcu_read_lock_held() || (rcu_is_watching() && (preempt_count() || irqs_disabled()));
}

#define say(...)	printk(LOG_EMERG, __VA_ARGS__)

static const char *context(void)
{
	return in_nmi() ? "an NMI" : in_hardirq() ? "an interrupt" : in_serving_softirq() ? "a softirq" :
	       is_idle_task(current) ? "idle" : "a task";
}

/* In Linux's words, so that who has met one there knows it again. */
void __noinline lockdep_rcu_suspicious(const char *file, int line, const char *why)
{
	static const char *const states[] = { "kernel", "idle", "user mode", "guest" };

	say("======== suspicious RCU usage ========\n");
	say("%s:%d %s!\n", file, line, why);
	say("%s[%d] on CPU %u, in %s\n", current->comm, current->pid, smp_processor_id(), context());
	if (!rcu_is_watching())
		say("RCU used illegally from extended quiescent state (%s)!\n", states[ct_state()]);
	say("%d lock%s held%s\n", current->lockdep_depth, current->lockdep_depth == 1 ? "" : "s",
	    current->lockdep_depth ? ":" : "");
	lockdep_show_held();
	WARN(true, "suspicious RCU usage\n");
}
#endif
