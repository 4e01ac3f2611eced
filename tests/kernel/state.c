// SPDX-License-Identifier: MIT
/* What belongs to one exception and must nest with it (row 33), and what of a frame user mode may see (row 34). */
#include <lintel/bug.h>
#include <lintel/irq.h>
#include <lintel/nmi_timer.h>
#include <lintel/ptrace.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/shot.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/uaccess.h>
#include <asm/processor.h>
#include <asm/timex.h>

/* ---- a window to user memory; an IRQ in it, with an NMI inside; a softirq behind that, with an IRQ inside ---- */

static struct {
	bool open_inside;		/* what the handlers make of it for what comes inside */
	bool in_irq, in_softirq, in_nmi;	/* as they find it */
	bool after_nmi, after_irq;	/* ... and as they find it again */
	volatile u32 irqs, softirqs, nmis;
} seen;

/* However busy the host is. */
static bool wait_for(volatile u32 *count)
{
	u64 end = arch_counter() + 2 * (u64)counter_freq;

	while (!*count && arch_counter() < end)
		cpu_relax();
	return *count;
}

static void nmi_in_window(struct nmi_event *e, struct pt_regs *regs)
{
	seen.in_nmi = arch_user_window_open();
	seen.nmis++;
}

static struct nmi_event nmi = { .fn = nmi_in_window };

static bool strike_nmi(void)
{
	seen.nmis = 0;
	return !nmi_event_arm(&nmi, arch_counter() + 1) && wait_for(&seen.nmis);
}

static void irq_in_softirq(void)
{
	seen.in_irq |= arch_user_window_open();
	seen.irqs++;
}

static void softirq_in_window(void)
{
	seen.in_softirq = arch_user_window_open();
	arch_set_user_window(seen.open_inside);
	seen.irqs = 0;
	irq_shot_at(arch_counter() + 1, 0, irq_in_softirq);
	wait_for(&seen.irqs);
	seen.after_irq = arch_user_window_open();
	arch_set_user_window(false);
	seen.softirqs++;
}

static void irq_in_window(void)
{
	seen.in_irq = arch_user_window_open();
	arch_set_user_window(seen.open_inside);
	strike_nmi();
	seen.after_nmi = arch_user_window_open();
	arch_set_user_window(false);
	raise_softirq(TASKLET_SOFTIRQ);
}

static bool strike_irq(bool open_inside)
{
	seen.open_inside = open_inside;
	seen.irqs = seen.nmis = seen.softirqs = 0;
	open_softirq(TASKLET_SOFTIRQ, softirq_in_window);
	irq_shot_at(arch_counter() + 1, 0, irq_in_window);
	return wait_for(&seen.softirqs) && seen.irqs && seen.nmis;
}

static bool begin(void)
{
	if (!arch_has_user_window()) {
		selftest_skip("this CPU cannot close user memory: it has no PAN");
		return false;
	}
	EXPECT(!arch_user_window_open());
	return true;
}

SELFTEST(window_nmi)
{
	if (!begin())
		return;
	EXPECT(strike_nmi() && !seen.in_nmi && !arch_user_window_open());
	arch_set_user_window(true);
	EXPECT(strike_nmi() && !seen.in_nmi && arch_user_window_open());
	arch_set_user_window(false);
}

/* Each level as it was, whatever the levels around it are. */
SELFTEST(window_in_window)
{
	if (!begin())
		return;
	for (u32 i = 0; i < 4; i++) {
		bool open = i & 1, open_inside = i & 2;

		arch_set_user_window(open);
		EXPECT(strike_irq(open_inside));
		EXPECT(arch_user_window_open() == open);
		EXPECT(!seen.in_irq && !seen.in_softirq && !seen.in_nmi);
		EXPECT(seen.after_irq == open_inside && seen.after_nmi == open_inside);
	}
	arch_set_user_window(false);
}

/* ---- the user's view of a frame ---- */

/* Byte by byte: the frame's first ones as they are, and not one more. */
SELFTEST(user_regs)
{
	union { struct pt_regs regs; u8 byte[sizeof(struct pt_regs)]; } frame;
	struct { struct user_pt_regs regs; u8 behind[16]; } view;
	u8 *got = (u8 *)&view;

	for (u32 i = 0; i < sizeof(frame); i++)
		frame.byte[i] = (u8)(i * 7 + 3);
	memset(&view, 0xee, sizeof(view));
	user_regs_get(&view.regs, &frame.regs);
	for (u32 i = 0; i < sizeof(view); i++)
		if (got[i] != (i < USER_PT_REGS_WORDS * sizeof(long) ? (u8)(i * 7 + 3) : 0xee)) {
			selftest_failed(__FILE__, __LINE__, "the golden bytes");
			break;
		}
}
