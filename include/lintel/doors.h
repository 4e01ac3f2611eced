/* SPDX-License-Identifier: MIT */
/*
 * Doors: every vector slot, and every other way into C, leads to exactly one function with one
 * declared entry contract.
 *
 *	DEFINE_DOOR(el0t_64_irq, DOOR_IRQ, slot, CONTRACT_USER)
 *	{
 *		... regs, syndrome and far are at hand ...
 *	}
 *
 * The assembly has saved the frame, has read the syndrome registers (before anything that could
 * overwrite them may come in) and calls el0t_64_irq(regs, syndrome, far). The macro records V and
 * X around the body and puts the contract into .doors. `slot` numbers the vector (0-7 from user and
 * 8-15 from kernel on ARMv7; 0-15 on AArch64; 16 and up: no vector). The build's last step
 * (tools/census) follows the machine code of every way into C, and fails unless exactly one
 * contract is declared where it ends; `make doors` prints the map.
 */
#ifndef LINTEL_DOORS_H
#define LINTEL_DOORS_H

#include <lintel/evlog.h>
#include <lintel/ptrace.h>

#define DOOR_SLOT_NONE	31	/* in a V: an NMI that the IRQ path acknowledged */

enum door_contract {
	CONTRACT_USER,		/* enter_from_user_mode .. exit_to_user_mode */
	CONTRACT_KERNEL,	/* irqentry_enter .. irqentry_exit */
	CONTRACT_NMI,		/* irqentry_nmi_enter .. irqentry_nmi_exit */
	CONTRACT_FORK,		/* a new task: syscall_exit_to_user_mode only */
	CONTRACT_NEVER,		/* its firing is an error: says so and dies */
	CONTRACT_IDLE,		/* the idle task comes back: ct_idle_enter .. ct_idle_exit */
	CONTRACT_USER_OR_NMI,	/* one of the two, by what the syndrome says came through the slot */
	CONTRACT_KERNEL_OR_NMI,
	CONTRACT_START,		/* another CPU begins: everything masked, nothing open, RCU watches */
};

struct door_entry {
	void		(*fn)(struct pt_regs *regs, ulong syndrome, ulong far);
	const char	*name;
	u8		door, contract, slot;
};

/* Where one slot serves several doors, asm/ptrace.h says which it was; `door` is then the usual one. */
#ifndef arch_door
#define arch_door(regs, door, syndrome)	(door)
#endif

#define DECLARE_CONTRACT(name, door, slot, contract)					\
	static const struct door_entry __door_##name __used __section(".doors") =	\
		{ (void *)(name), #name, door, contract, slot }

/* Not a door, but a way from un-watched code into watched code all the same: a function of the idle
 * task that calls ct_idle_exit(). */
#define DECLARE_IDLE_EXIT(name)	DECLARE_CONTRACT(name, NR_DOORS, 255, CONTRACT_IDLE)

#define DEFINE_DOOR(name, door, slot, contract)	DEFINE_DOOR_AROUND(name, door, slot, contract, false, (void)0)

/*
 * With something around the crossing, in noinstr code, no keeper told: `before` comes before V and is an expression;
 * if it is true it was no crossing, and that is all (row 35). `after` comes after X.
 */
#define DEFINE_DOOR_AROUND(name, door, slot, contract, before, after)			\
	static __always_inline void __##name(struct pt_regs *regs, ulong syndrome, ulong far);	\
	void name(struct pt_regs *regs, ulong syndrome, ulong far);			\
	DECLARE_CONTRACT(name, door, slot, contract);					\
	void noinstr name(struct pt_regs *regs, ulong syndrome, ulong far)			\
	{										\
		if (before)								\
			return;								\
		evlog_door(regs, arch_door(regs, door, syndrome), slot, syndrome);	\
		__##name(regs, syndrome, far);						\
		evlog(EV_RETURN);							\
		after;									\
	}										\
	static __always_inline void __##name(struct pt_regs *regs,				\
					     ulong syndrome __unused, ulong far __unused)

#endif
