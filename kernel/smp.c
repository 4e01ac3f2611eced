// SPDX-License-Identifier: MIT
/*
 * Other CPUs: found in the device tree, given an area, stacks and an idle task, and started by PSCI one after the
 * other. A CPU that comes too late finds that nobody waits for it any more, and goes off again.
 */
#include <lintel/boot.h>
#include <lintel/doors.h>
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/evlog.h>
#include <lintel/fdt.h>
#include <lintel/instrumentation.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/idle.h>
#include <lintel/mm.h>
#include <lintel/mutex.h>
#include <lintel/nmi.h>
#include <lintel/nmi_timer.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/smp.h>
#include <lintel/spinlock.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/uart.h>
#include <lintel/vtime.h>
#include <lintel/watchdog.h>
#include <asm/barrier.h>
#include <asm/cpu.h>
#include <asm/stack.h>
#include <asm/timex.h>

#define PATIENCE	counter_freq		/* a second */
#define RING_ORDER	6			/* pages of the event ring, as a power of two */

enum cpu_state { CPU_OFF, CPU_STARTING, CPU_RUNNING, CPU_GIVEN_UP };

struct cpu {
	u64			affinity;	/* MPIDR's */
	const char		*name;		/* of its node */
	struct task_struct	*idle;
	u32			state;		/* enum cpu_state */
};

u32 nr_cpus = 1;
bool smp_several;
cpumask_t cpus_online = CPU_MASK(0), cpus_active = CPU_MASK(0);
ulong per_cpu_offset[CONFIG_NR_CPUS];
static struct cpu cpus[CONFIG_NR_CPUS];

/* ---- per-CPU data ---- */

extern char __per_cpu_start[], __per_cpu_end[], __per_cpu_template[];

void percpu_init(void)
{
	memcpy(__per_cpu_template, __per_cpu_start, (size_t)(__per_cpu_end - __per_cpu_start));
}

static bool percpu_alloc(u32 cpu)
{
	size_t size = (size_t)(__per_cpu_end - __per_cpu_start);
	char *area = kmalloc(size);

	if (!area)
		return false;
	memcpy(area, __per_cpu_template, size);
	per_cpu_offset[cpu] = (ulong)(area - __per_cpu_start);
	return true;
}

static bool stacks_alloc(u32 cpu)
{
	char *irq = stack_alloc(), *overflow = stack_alloc();

	if (!irq || !overflow)
		return false;
	*per_cpu_ptr(&irq_stack_top, cpu) = (ulong)irq + THREAD_SIZE;
	*per_cpu_ptr(&overflow_stack_top, cpu) = (ulong)overflow + THREAD_SIZE;
	return true;
}

static bool ring_alloc(u32 cpu)
{
#ifdef CONFIG_EVENT_RING
	struct page *pages = alloc_pages(RING_ORDER);

	if (!pages)
		return false;
	evlog_cpu_init(cpu, memset(page_address(pages), 0, PAGE_SIZE << RING_ORDER), PAGE_SIZE << RING_ORDER);
#endif
	return true;
}

/* Once for each CPU; what is missing for one is not for all. */
static bool cpu_prepare(u32 cpu)
{
	if (cpus[cpu].idle)
		return true;
	if (!percpu_alloc(cpu) || !stacks_alloc(cpu) || !ring_alloc(cpu) || !nmi_log_cpu_prepare(cpu))
		return false;
	rcu_cpu_prepare(cpu);
	cpus[cpu].idle = idle_task_create(cpu);
	return cpus[cpu].idle;
}

/* ---- the device tree ---- */

static bool is_cpu(int node)
{
	const char *type = fdt_prop_string(node, "device_type");

	return type && !strcmp(type, "cpu");
}

/* One cell or two. */
static bool read_affinity(int node, u64 *affinity)
{
	int len;
	const u8 *reg = fdt_prop(node, "reg", &len);

	if (!reg || (len != 4 && len != 8))
		return false;
	for (*affinity = 0; len--; reg++)
		*affinity = *affinity << 8 | *reg;
	return !(*affinity & ~MPIDR_AFFINITY);
}

static bool is_enabled(int node)
{
	const char *status = fdt_prop_string(node, "status"), *method = fdt_prop_string(node, "enable-method");

	if (status && strcmp(status, "okay") && strcmp(status, "ok")) {
		pr_notice("%s: not started: its status is \"%s\"\n", fdt_node_name(node), status);
		return false;
	}
	if (!method || strcmp(method, "psci")) {
		pr_notice("%s: not started: its enable-method is \"%s\", not psci\n", fdt_node_name(node),
			  method ? method : "");
		return false;
	}
	return true;
}

static bool is_known(u64 affinity)
{
	for (u32 cpu = 0; cpu < nr_cpus; cpu++)
		if (cpus[cpu].affinity == affinity)
			return true;
	return false;
}

static void add_cpu(int node)
{
	u64 affinity;

	if (!read_affinity(node, &affinity)) {
		pr_warn("%s: not started: its reg is no MPIDR\n", fdt_node_name(node));
		return;
	}
	if (affinity == cpus[0].affinity && !cpus[0].name) {
		cpus[0].name = fdt_node_name(node);
		return;
	}
	if (is_known(affinity)) {
		pr_warn("%s: not started: there is another one with MPIDR 0x%llx\n", fdt_node_name(node),
			(unsigned long long)affinity);
		return;
	}
	if (!is_enabled(node))
		return;
	if (nr_cpus == CONFIG_NR_CPUS) {
		pr_notice("%s: not started: this kernel has room for %u CPUs\n", fdt_node_name(node), nr_cpus);
		return;
	}
	cpus[nr_cpus].affinity = affinity;
	cpus[nr_cpus++].name = fdt_node_name(node);
}

void smp_find_cpus(void)
{
	int parent = fdt_path("/cpus");

	cpus[0].affinity = arch_cpu_affinity();
	cpus[0].state = CPU_RUNNING;
	for (int node = parent < 0 ? parent : fdt_first_child(parent); node >= 0; node = fdt_next_sibling(node))
		if (is_cpu(node))
			add_cpu(node);
}

/* ---- what they send each other ---- */

static spinlock_t call_lock = SPINLOCK_INIT(call_lock);
static struct { void (*fn)(void *); void *arg; cpumask_t pending; } call;	/* one at a time */

static void call_interrupt(u32 irq, void *arg)
{
	cpumask_t me = CPU_MASK(smp_processor_id());

	(void)irq;
	(void)arg;
	if (!(__atomic_load_n(&call.pending, __ATOMIC_ACQUIRE) & me))
		return;
	call.fn(call.arg);
	__atomic_fetch_and(&call.pending, ~me, __ATOMIC_RELEASE);
}

/* Interrupts stay open while this one waits: it may be called itself, and is preempted by nobody. */
void smp_call_function_many(cpumask_t mask, void (*fn)(void *), void *arg)
{
	cpumask_t others;
	ulong flags;

	WARN(irqs_disabled() || in_interrupt(), "a CPU that cannot be called calls others\n");
	spin_lock(&call_lock);
	others = mask & cpus_others();
	call.fn = fn;
	call.arg = arg;
	__atomic_store_n(&call.pending, others, __ATOMIC_RELEASE);
	if (others)
		irq_chip->send(others, SGI_CALL);
	if (mask & CPU_MASK(smp_processor_id())) {
		flags = local_irq_save();
		fn(arg);
		local_irq_restore(flags);
	}
	while (__atomic_load_n(&call.pending, __ATOMIC_ACQUIRE))
		cpu_relax();
	spin_unlock(&call_lock);
}

struct machine_stop { void (*fn)(void *); void *arg; u32 cpu; cpumask_t arrived; bool over; };

static void stop_here(void *arg)
{
	struct machine_stop *s = arg;
	cpumask_t me = CPU_MASK(smp_processor_id());

	if (s->cpu != smp_processor_id()) {
		__atomic_fetch_or(&s->arrived, me, __ATOMIC_RELEASE);
		while (!__atomic_load_n(&s->over, __ATOMIC_ACQUIRE))
			cpu_relax();
		return;
	}
	/* Whoever is called stays pending until it is over. */
	while (__atomic_load_n(&s->arrived, __ATOMIC_ACQUIRE) != __atomic_load_n(&call.pending, __ATOMIC_ACQUIRE))
		cpu_relax();
	s->fn(s->arg);
	__atomic_store_n(&s->over, true, __ATOMIC_RELEASE);
}

void stop_machine(void (*fn)(void *), void *arg)
{
	struct machine_stop s = { .fn = fn, .arg = arg };

	preempt_disable();
	s.cpu = smp_processor_id();
	smp_call_function_many(CPU_MASK_ALL, stop_here, &s);
	preempt_enable();
}

/* The flag is set; that the interrupt returns is all there is to do. */
static void reschedule_interrupt(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
}

void smp_send_reschedule(u32 cpu)
{
	irq_chip->send(CPU_MASK(cpu), SGI_RESCHEDULE);
}

static cpumask_t stopped;

static void stop_nmi(u32 irq, void *arg)
{
	(void)irq;
	(void)arg;
	__atomic_fetch_or(&stopped, CPU_MASK(smp_processor_id()), __ATOMIC_RELEASE);
	clockevent_stop();
	psci_cpu_off();
	for (;;)
		cpu_wfi();
}

static bool all_stopped(cpumask_t others)
{
	return !(others & ~__atomic_load_n(&stopped, __ATOMIC_ACQUIRE));
}

void smp_stop_others(void)
{
	cpumask_t others = cpus_others();
	u64 end = arch_counter() + counter_freq / 10;
	u32 cpu;

	if (all_stopped(others))
		return;
	irq_chip->send(others, SGI_STOP);
	while (!all_stopped(others) && arch_counter() < end)
		cpu_relax();
	uart_others_stopped();
	for_each_cpu(cpu, others & ~__atomic_load_n(&stopped, __ATOMIC_ACQUIRE))
		printk(LOG_EMERG, "cpu %u does not stop\n", cpu);
}

static int request_ipis(void)
{
	int err = request_irq(SGI_RESCHEDULE, reschedule_interrupt, NULL, "reschedule");

	err = err ? err : request_irq(SGI_CALL, call_interrupt, NULL, "call");
	return err ? err : request_nmi(SGI_STOP, stop_nmi, NULL, "stop");
}

/* ---- on ---- */

static bool change_state(u32 cpu, u32 from, u32 to)
{
	return __atomic_compare_exchange_n(&cpus[cpu].state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static bool wait_online(u32 cpu)
{
	u64 end = arch_counter() + PATIENCE;

	while (!cpu_online(cpu) && arch_counter() < end)
		cpu_relax();
	return cpu_online(cpu);
}

/* One that is late is given up, if it has not begun; one that has gets as long again. */
static bool comes_online(u32 cpu)
{
	return wait_online(cpu) || (!change_state(cpu, CPU_STARTING, CPU_GIVEN_UP) && wait_online(cpu));
}

static int cpu_start(u32 cpu)
{
	struct cpu *c = &cpus[cpu];
	int err;

	if (!cpu_prepare(cpu)) {
		pr_warn("%s: not started: no memory for it\n", c->name);
		return -ENOMEM;
	}
	if (!change_state(cpu, CPU_OFF, CPU_STARTING))
		return -EBUSY;
	err = psci_cpu_on(c->affinity, virt_to_phys(secondary_entry), (ulong)c->idle);
	if (err) {
		pr_warn("%s: not started: PSCI says \"%s\" (%d)\n", c->name, psci_error(err), err);
		WRITE_ONCE(c->state, CPU_OFF);
		return -EIO;
	}
	if (comes_online(cpu))
		return 0;
	pr_warn("%s: started, but does not come up within a second\n", c->name);
	return -EIO;
}

static struct mutex hotplug = MUTEX_INIT(hotplug);

int cpu_up(u32 cpu)
{
	int err = -EINVAL;

	if (!cpu || cpu >= nr_cpus)
		return cpu ? -EINVAL : -EBUSY;
	mutex_lock(&hotplug);
	err = cpu_online(cpu) ? -EBUSY : cpu_start(cpu);
	mutex_unlock(&hotplug);
	return err;
}

/* ---- off ---- */

/*
 * The last that a CPU does, as its idle task's visitor. Once it is not online any more nobody calls it; who was at it
 * is served here, because that one has the lock and waits.
 */
static void play_dead(void)
{
	u32 cpu = smp_processor_id();

	idle_set_visitor(NULL);
	local_irq_disable();
	if (softirq_pending())
		do_softirq();
	tick_cpu_exit();
	sched_cpu_empty();		/* CPU 0 looks again: also for the timers */
	while (!arch_spin_trylock(&call_lock.lock)) {
		call_interrupt(SGI_CALL, NULL);
		cpu_relax();
	}
	__atomic_fetch_and(&cpus_online, ~CPU_MASK(cpu), __ATOMIC_SEQ_CST);
	arch_spin_unlock(&call_lock.lock);
	nmi_timer_stop();
	nmi_log_flush();
	rcutree_report_cpu_dead(cpu);
	irq_chip->cpu_exit();
	__atomic_store_n(&cpus[cpu].state, CPU_OFF, __ATOMIC_RELEASE);
	psci_cpu_off();
	panic("cpu %u: PSCI does not turn it off", cpu);
}

static int wait_until_off(u32 cpu)
{
	u64 end = arch_counter() + PATIENCE;

	while (cpu_online(cpu) || !psci_cpu_is_off(cpus[cpu].affinity)) {
		if (arch_counter() > end) {
			pr_warn("%s: does not go off within a second\n", cpus[cpu].name);
			return -EIO;
		}
		cond_resched();		/* it may be the one that this runs on */
		cpu_relax();
	}
	return 0;
}

int cpu_down(u32 cpu)
{
	int err = -EBUSY;

	if (!cpu || cpu >= nr_cpus)
		return cpu ? -EINVAL : -EBUSY;
	mutex_lock(&hotplug);
	if (cpu_online(cpu)) {
		sched_cpu_leave(cpu);
		idle_set_visitor_of(cpu, play_dead);
		smp_send_reschedule(cpu);
		err = wait_until_off(cpu);
		if (!err)
			rcutree_migrate_callbacks(cpu);
	}
	mutex_unlock(&hotplug);
	return err;
}

static u32 nr_online(void)
{
	u32 n = 0;

	for (cpumask_t m = cpu_online_mask(); m; m &= m - 1)
		n++;
	return n;
}

void smp_init(void)
{
	rcu_start(nr_cpus);
	if (nr_cpus == 1)
		return;
	if (request_ipis()) {
		pr_err("smp: no interrupts for it, one CPU runs\n");
		return;
	}
	smp_several = true;
	arch_smp_prepare();
	for (u32 cpu = 1; cpu < nr_cpus; cpu++)
		cpu_start(cpu);
	pr_notice("smp: %u of %u CPUs are up\n", nr_online(), nr_cpus);
}

/* Everything masked, as on the CPU that boots. Without a GIC it is of no use to anybody. */
static void __noreturn start(void)
{
	u32 cpu = smp_processor_id();

	arch_secondary_init();
	arch_early_init();
	if (!change_state(cpu, CPU_STARTING, CPU_RUNNING)) {
		psci_cpu_off();
		for (;;)
			cpu_wfi();
	}
	rcutree_report_cpu_starting(cpu);
	irq_chip->cpu_init();
	arch_nmi_start(nmi_design);
	irq_cpu_init();
	nmi_timer_stop();
	vtime_cpu_init();
	tick_cpu_init();
	watchdog_cpu_start();
	sched_cpu_online();
	local_irq_enable();
	cpu_idle_loop();
}

/* The keepers are per-CPU data as it was at the very beginning: RCU watches, so whatever comes may be traced. */
void noinstr secondary_start_kernel(void)
{
	instrumentation_quiet_begin();
	start();
}
DECLARE_CONTRACT(secondary_start_kernel, NR_DOORS, 254, CONTRACT_START);
