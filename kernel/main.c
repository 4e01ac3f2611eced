// SPDX-License-Identifier: MIT
/* From the architecture's boot code to the first user instruction. */
#include <lintel/boot.h>
#include <lintel/bug.h>
#include <lintel/crash.h>
#include <lintel/crossing_log.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/idle.h>
#include <lintel/irq.h>
#include <lintel/irqflags.h>
#include <lintel/lockdep.h>
#include <lintel/mm.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/profile.h>
#include <lintel/rcutree.h>
#include <lintel/sched.h>
#include <lintel/selftest.h>
#include <lintel/smp.h>
#include <lintel/stacktrace.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/tty.h>
#include <lintel/uart.h>
#include <lintel/version.h>
#include <lintel/watchdog.h>
#include <asm/cpu.h>
#include <asm/timex.h>

#define MAX_INIT_ARGS	30

u64 init_first_tick;
static const char *selftest_names, *lockdep_row, *torture, *stress;

static int set_selftest(const char *value)
{
	if (!value[0])
		return -EINVAL;
	selftest_names = value;
	return 0;
}
BOOT_PARAM("selftest", set_selftest);

static int set_lockdep(const char *value)
{
	if (!value[0])
		return -EINVAL;
	lockdep_row = value;
	return 0;
}
BOOT_PARAM("lockdep", set_lockdep);

static int set_torture(const char *value)
{
	torture = value;
	return 0;
}
BOOT_PARAM("torture", set_torture);

static int set_stress(const char *value)
{
	stress = value;
	return 0;
}
BOOT_PARAM("stress", set_stress);

/* ---- the banner ---- */

static const char *entry_mode(void)
{
	static const char *const names[] = ARCH_ENTRY_MODES;
	u32 mode = boot_info.entry_mode - 1;

	return mode < ARRAY_SIZE(names) ? names[mode] : "an unknown mode";
}

static void banner(void)
{
	const char *model = fdt_prop_string(fdt_path("/"), "model");
	char cpu[48];

	arch_cpu_name(cpu, sizeof(cpu));
	pr_notice("Lintel " LINTEL_VERSION " on %s: %s, entered in %s, %s, %lu MiB free\n",
		  model ? model : "a machine without a name", cpu, entry_mode(),
		  irq_chip->name, nr_free_pages() >> (20 - PAGE_SHIFT));
}

/* ---- pid 1 ---- */

static void exec_init(void)
{
	const char *program = bootargs_init_program();
	const char *argv[MAX_INIT_ARGS + 2] = { program };
	const char *envp[MAX_INIT_ARGS + 2] = { "HOME=/", "TERM=linux" };
	char why[128];
	int n;

	n = bootargs_init_args(argv + 1, MAX_INIT_ARGS);
	argv[1 + min(n, MAX_INIT_ARGS)] = NULL;
	n = bootargs_init_env(envp + 2, MAX_INIT_ARGS - 1);
	envp[2 + min(n, MAX_INIT_ARGS - 1)] = NULL;
	if (kernel_execve(program, argv, envp, why, sizeof(why)))
		panic("cannot start init %s: %s", program, why);
}

/* Returns into user mode: what ret_from_fork() does next is the return of a system call. */
static int kernel_init(void *arg)
{
	(void)arg;
	smp_init();
	crossing_log_start();
	watchdog_cpu_start();
	profile_start();
	crash_now();
	if (selftest_names)
		selftest_run(selftest_names);
	if (lockdep_row)
		lockdep_selftest(lockdep_row);
	if (torture)
		torture_start(torture);
	if (stress)
		stress_start(stress);
	initramfs_init();
	exec_init();
	init_first_tick = arch_counter();
	return 0;
}

void __noreturn start_kernel(void)
{
	percpu_init();
	arch_early_init();
	fdt_init();
	mm_init();
	smp_find_cpus();
	bootargs_parse();
	pl011_init();
	psci_init();
	sched_init();
	rcu_init();
	mm_fault_init();
	irq_init();
	nmi_log_init();
	backtrace_init();
	timer_init();
	nmi_timer_init();
	tick_init();
	tty_init();
	banner();
	if (!kthread_create(kernel_init, NULL, "init"))
		panic("no memory for the first task");
	local_irq_enable();
	cpu_idle_loop();
}
