// SPDX-License-Identifier: MIT
#include <lintel/mutex.h>
#include <lintel/wait.h>

/* Marked as sleeping before each try: whoever unlocks in between wakes us. */
void __mutex_wait(struct mutex *m)
{
	struct waiter w;

	wait_begin(&m->queue, &w);
	for (;;) {
		set_current_state(TASK_SLEEPING);
		if (__mutex_try(m))
			break;
		schedule();
	}
	wait_end(&m->queue, &w);
}

void __mutex_wake(struct mutex *m)
{
	__atomic_store_n(&m->locked, 0, __ATOMIC_RELEASE);
	wake_up(&m->queue);
}
