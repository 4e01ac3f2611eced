// SPDX-License-Identifier: MIT
/*
 * The idle task: it sleeps in WFI while RCU does not watch. Its two bodies differ in where the
 * interrupt that ends the sleep is taken:
 *
 *	usual		masked through WFI until RCU watches again, then opened and closed: an
 *			interrupt finds idle watching
 *	idle=irqs-on	opened inside the un-watched state: an interrupt finds idle un-watched
 *
 * In both, WFI itself runs with interrupts masked: one that is already pending ends it at once,
 * so that no wake-up between the last look at need_resched and WFI is lost.
 */
#include <lintel/boot.h>
#include <lintel/context_tracking.h>
#include <lintel/doors.h>
#include <lintel/errno.h>
#include <lintel/idle.h>
#include <lintel/instrumentation.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/sched.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <asm/processor.h>

static bool irqs_on_body;
static DEFINE_PER_CPU(void (*)(void), visitor);

void idle_set_body(bool irqs_on) { WRITE_ONCE(irqs_on_body, irqs_on); }
bool idle_irqs_on(void) { return READ_ONCE(irqs_on_body); }
void idle_set_visitor(void (*fn)(void)) { this_cpu_write(visitor, fn); }

void idle_set_visitor_of(u32 cpu, void (*fn)(void)) { WRITE_ONCE(*per_cpu_ptr(&visitor, cpu), fn); }

static int set_idle(const char *value)
{
	if (strcmp(value, "irqs-on") && strcmp(value, "irqs-off"))
		return -EINVAL;
	idle_set_body(!strcmp(value, "irqs-on"));
	return 0;
}
BOOT_PARAM("idle", set_idle);

/* Interrupts off in and out, RCU watching in and out. */
static noinstr void sleep_irqs_off(void)
{
	ct_idle_enter();
	cpu_wfi();
	ct_idle_exit();
}
DECLARE_IDLE_EXIT(sleep_irqs_off);

/*
 * The same, but between R- and R+ interrupts are opened and closed again. Lockdep is prepared
 * while RCU watches, and believes "on" exactly as long as they are.
 */
static noinstr void sleep_irqs_on(void)
{
	instrumentation_begin();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();
	ct_idle_enter();

	cpu_wfi();
	lockdep_hardirqs_on(CALLER_ADDR);
	raw_local_irq_enable();
	cpu_relax();
	raw_local_irq_disable();
	lockdep_hardirqs_off(CALLER_ADDR);

	ct_idle_exit();
	instrumentation_begin();
	trace_hardirqs_off_finish();
	instrumentation_end();
}
DECLARE_IDLE_EXIT(sleep_irqs_on);

static void idle_visit(void)
{
	void (*fn)(void) = this_cpu_read(visitor);

	if (!fn)
		return;
	local_irq_enable();
	fn();
	local_irq_disable();
}

/* Interrupts off in and out. What an interrupt raised but could not finish runs here. */
static void idle_round(void)
{
	idle_visit();
	if (softirq_pending())
		do_softirq();
	if (test_thread_flag(TIF_NEED_RESCHED))
		return;
	if (idle_irqs_on()) {
		sleep_irqs_on();
		return;
	}
	sleep_irqs_off();
	local_irq_enable();
	cpu_relax();
	local_irq_disable();
}

/* Interrupts on in, preemption off. */
void __noreturn cpu_idle_loop(void)
{
	for (;;) {
		local_irq_disable();
		tick_nohz_idle_enter();
		while (!test_thread_flag(TIF_NEED_RESCHED))
			idle_round();
		tick_nohz_idle_exit();
		local_irq_enable();
		schedule_idle();
	}
}
