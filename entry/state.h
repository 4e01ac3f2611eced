/* SPDX-License-Identifier: MIT */
/*
 * irqentry_state_t: what an exit needs to know of its enter, once for each crossing (row 32: never in a
 * variable that two CPUs or two nest levels share). A door holds it and hands it on,
 *
 *	irqentry_state_t state = irqentry_enter(regs);
 *	...
 *	irqentry_exit(regs, state);
 *
 * and cannot tell which of the designs it is (docs/state.md):
 *
 *	value		the state itself
 *	reference	its address; the state is in the block of the door that called the enter function
 *	frame		nothing; the state is in struct pt_regs, where user mode never sees it. A frame has
 *			one for each kind: an NMI that the IRQ path acknowledges has that interrupt's frame
 */
#ifndef ENTRY_STATE_H
#define ENTRY_STATE_H

#include <lintel/instrumentation.h>
#include <lintel/ptrace.h>

enum irqentry_kind { IRQENTRY_IRQ, IRQENTRY_NMI };

struct irqentry_state {
	union {
		bool exit_rcu;	/* irqentry_enter: ct_irq_enter() was called */
		bool lockdep;	/* irqentry_nmi_enter: what lockdep believed before */
	};
#ifdef CONFIG_DEBUG_ENTRY
	u8 tag;			/* 1 + the kind that is in the union; 0: left already */
#endif
};

/*
 * For entry/ alone:
 *	DEFINE_IRQENTRY_ENTER(name, kind) { }	an enter function; its body has `regs`, and in `state` the
 *						address of a state of zeroes, to be filled
 *	irqentry_state(regs, state, kind)	that address, from what an exit function was given
 *	irqentry_state_leave(regs, state, kind)	the same, once, first of all in the enter function's counterpart
 */
#define irqentry_state_leave(regs, state, kind)	__irqentry_state_leave(irqentry_state(regs, state, kind), kind)
#define DEFINE_IRQENTRY_ENTER(name, kind)						\
	static __always_inline void name##_body(struct pt_regs *regs, struct irqentry_state *state); \
	static __always_inline void __##name(struct pt_regs *regs, struct irqentry_state *state) \
	{										\
		irqentry_state_fill(state, kind);					\
		name##_body(regs, state);						\
	}										\
	__IRQENTRY_ENTER(name, kind)							\
	static __always_inline void name##_body(struct pt_regs *regs, struct irqentry_state *state)

#if defined(CONFIG_IRQENTRY_STATE_REFERENCE)
typedef struct irqentry_state *irqentry_state_t;
#define irqentry_state(regs, state, kind)	(state)
#define __IRQENTRY_ENTER(name, kind)							\
	void noinstr (name)(struct pt_regs *regs, struct irqentry_state *state)		\
	{										\
		__##name(regs, state);							\
	}
/* The caller's half. A compound literal lives as long as the block that it is written in. */
#define DECLARE_IRQENTRY_ENTER(name)							\
	void (name)(struct pt_regs *regs, struct irqentry_state *state);		\
	static __always_inline irqentry_state_t name##_in(struct pt_regs *regs, irqentry_state_t state) \
	{										\
		(name)(regs, state);							\
		return state;								\
	}
#define irqentry_enter(regs)		irqentry_enter_in(regs, &(struct irqentry_state){ })
#define irqentry_nmi_enter(regs)	irqentry_nmi_enter_in(regs, &(struct irqentry_state){ })

#elif defined(CONFIG_IRQENTRY_STATE_FRAME)
typedef struct { } irqentry_state_t;
static_assert(2 * sizeof(struct irqentry_state) <= sizeof(((struct pt_regs *)0)->entry_state), "room for both");
#define irqentry_state(regs, state, kind)	((struct irqentry_state *)&(regs)->entry_state + (kind))
#define __IRQENTRY_ENTER(name, kind)							\
	irqentry_state_t noinstr name(struct pt_regs *regs)				\
	{										\
		*irqentry_state(regs, , kind) = (struct irqentry_state){ };		\
		__##name(regs, irqentry_state(regs, , kind));				\
		return (irqentry_state_t){ };						\
	}

#else	/* CONFIG_IRQENTRY_STATE_VALUE */
typedef struct irqentry_state irqentry_state_t;
#define irqentry_state(regs, state, kind)	(&(state))
#define __IRQENTRY_ENTER(name, kind)							\
	irqentry_state_t noinstr name(struct pt_regs *regs)				\
	{										\
		irqentry_state_t state = { };						\
											\
		__##name(regs, &state);							\
		return state;								\
	}
#endif
#ifndef DECLARE_IRQENTRY_ENTER
#define DECLARE_IRQENTRY_ENTER(name)	irqentry_state_t name(struct pt_regs *regs);
#endif

/* The union does not tell what is in it. So, with DEBUG_ENTRY, who fills it says so, only the counterpart may
 * leave it, and what is in an old frame is nobody's. */
void irqentry_mispaired(enum irqentry_kind kind) __noreturn;

static __always_inline void irqentry_state_fill(struct irqentry_state *state, enum irqentry_kind kind)
{
#ifdef CONFIG_DEBUG_ENTRY
	state->tag = 1 + kind;
#endif
}

static __always_inline struct irqentry_state *__irqentry_state_leave(struct irqentry_state *state,
								     enum irqentry_kind kind)
{
#ifdef CONFIG_DEBUG_ENTRY
	if (unlikely(state->tag != 1 + kind)) {
		instrumentation_quiet_begin();
		irqentry_mispaired(kind);
		instrumentation_quiet_end();
	}
	state->tag = 0;
#endif
	return state;
}

#endif
