// SPDX-License-Identifier: MIT
#include <lintel/firmware.h>
#include <lintel/instrumentation.h>
#include <lintel/printk.h>
#include <lintel/sched.h>

struct firmware firmware;
#define WORD(n, member)	static_assert(offsetof(struct firmware, member) == (n) * sizeof(ulong), #member)
WORD(FW_X(0), x);
WORD(FW_EVENT, event);
WORD(FW_PC, pc);
WORD(FW_LIVE, live);
WORD(FW_CHANGED, changed);
WORD(FW_RUNNING, running);

static void (*wanted)(struct pt_regs *regs, ulong event);

void firmware_event_register(void (*fn)(struct pt_regs *regs, ulong event))
{
	WRITE_ONCE(wanted, fn);
}

void handle_firmware_event(struct pt_regs *regs, ulong event)
{
	void (*fn)(struct pt_regs *, ulong) = READ_ONCE(wanted);

	if (fn)
		fn(regs, event);
	else
		pr_warn("firmware: event %lu, which nobody has asked for\n", event);
}

/* (masked until the one before is complete) */
static noinstr bool begin(ulong event)
{
	if (__atomic_exchange_n(&firmware.running, 1, __ATOMIC_ACQUIRE))
		return false;
	firmware.event = event;
	firmware.stack_end = (ulong)firmware_stack + THREAD_SIZE;
	return true;
}

noinstr bool firmware_event_raise(ulong event)
{
	if (!begin(event))
		return false;
	firmware.psr = arch_firmware_mask();
	arch_firmware_event();
	return true;
}

bool firmware_event_raise_user(ulong event)
{
	if (!begin(event))
		return false;
	arch_firmware_event_user();
	return true;
}
