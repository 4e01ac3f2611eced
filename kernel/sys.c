// SPDX-License-Identifier: MIT
/* System calls that are about no single room, and the table of all of them. Results and errors
 * are Linux's, for every argument. */
#include <lintel/bug.h>
#include <lintel/errno.h>
#include <lintel/mm.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/string.h>
#include <lintel/syscalls.h>
#include <lintel/time.h>
#include <lintel/tty.h>
#include <lintel/uaccess.h>
#include <lintel/version.h>
#include <asm/elf.h>
#include <asm/timex.h>

/* ---- who am I ---- */

SYSCALL_DEFINE0(getpid)
{
	return current->tgid;
}

SYSCALL_DEFINE0(gettid)
{
	return current->pid;
}

SYSCALL_DEFINE0(getppid)
{
	return READ_ONCE(current->parent)->tgid;
}

SYSCALL_DEFINE0(sched_yield)
{
	schedule();
	return 0;
}

struct utsname { char field[6][65]; };	/* sysname nodename release version machine domainname */

SYSCALL_DEFINE1(uname, struct utsname __user *, to)
{
	static const char *const values[6] = {
		"Lintel", "lintel", LINTEL_VERSION, "#1 SMP", UTS_MACHINE, "(none)",
	};
	struct utsname u;

	memset(&u, 0, sizeof(u));
	for (u32 i = 0; i < ARRAY_SIZE(values); i++)
		strlcpy(u.field[i], values[i], sizeof(u.field[i]));
	return copy_to_user(to, &u, sizeof(u)) ? -EFAULT : 0;
}

/* ---- files: there are three, and all are the terminal ---- */

#define CHUNK	256

SYSCALL_DEFINE3(read, u32, fd, char __user *, buf, size_t, n)
{
	char line[CHUNK];
	long got;

	if (fd > 2)
		return -EBADF;
	if ((long)n < 0)
		return -EINVAL;
	if (!access_ok(buf, n))
		return -EFAULT;
	if (!n)
		return 0;
	got = tty_read(line, min(n, sizeof(line)));
	if (got > 0 && copy_to_user(buf, line, got))
		return -EFAULT;
	return got;
}

/* What could be read before a fault is written, and counts. */
SYSCALL_DEFINE3(write, u32, fd, const char __user *, buf, size_t, n)
{
	char chunk[CHUNK];
	size_t done = 0, want, got;

	if (fd > 2)
		return -EBADF;
	if ((long)n < 0)
		return -EINVAL;
	if (!access_ok(buf, n))
		return -EFAULT;
	while (done < n) {
		want = min(n - done, sizeof(chunk));
		got = want - copy_from_user(chunk, buf + done, want);
		if (got && tty_write(chunk, got) < 0)
			return done ? (long)done : -EINTR;
		done += got;
		if (got < want)
			return done ? (long)done : -EFAULT;
	}
	return done;
}

/* ---- memory ---- */

#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4
#define MAP_SHARED	0x01
#define MAP_PRIVATE	0x02
#define MAP_TYPE	0x0f
#define MAP_FIXED	0x10
#define MAP_ANONYMOUS	0x20
#define MAP_FIXED_NOREPLACE 0x100000

static u32 vm_flags(ulong prot, ulong flags)
{
	u32 shared = (flags & MAP_TYPE) == MAP_SHARED ? VM_SHARED : 0;

	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0) | shared;
}

/* Where it goes, or -errno. */
static ulong pick_address(struct mm *mm, ulong addr, ulong len, ulong flags)
{
	if (len > TASK_SIZE)
		return -ENOMEM;
	if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
		addr = mm_find_gap(mm, addr, len);
		return addr ? addr : (ulong)-ENOMEM;
	}
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	/* The first page stays empty: a null pointer is to be found out. */
	return addr < PAGE_SIZE ? (ulong)-EPERM : addr;
}

static long do_mmap(ulong addr, ulong len, ulong prot, ulong flags, u32 fd)
{
	struct mm *mm = current->mm;
	ulong type = flags & MAP_TYPE;
	int err;

	if (!(flags & MAP_ANONYMOUS))
		return fd > 2 ? -EBADF : -ENODEV;
	if (!len)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return -ENOMEM;
	addr = pick_address(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (type != MAP_SHARED && type != MAP_PRIVATE)
		return -EINVAL;
	if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) == MAP_FIXED && mm_unmap(mm, addr, len))
		return -ENOMEM;
	err = mm_map(mm, addr, len, vm_flags(prot, flags));
	return err ? err : (long)addr;
}

SYSCALL_DEFINE6(mmap, ulong, addr, ulong, len, ulong, prot, ulong, flags, u32, fd, ulong, off)
{
	if (off & ~PAGE_MASK)
		return -EINVAL;
	return do_mmap(addr, len, prot, flags, fd);
}

/* The offset counts pages. */
SYSCALL_DEFINE6(mmap2, ulong, addr, ulong, len, ulong, prot, ulong, flags, u32, fd, ulong, pgoff)
{
	(void)pgoff;
	return do_mmap(addr, len, prot, flags, fd);
}

SYSCALL_DEFINE2(munmap, ulong, addr, size_t, len)
{
	if ((addr & ~PAGE_MASK) || addr > TASK_SIZE || len > TASK_SIZE - addr || !len)
		return -EINVAL;
	return mm_unmap(current->mm, addr, PAGE_ALIGN(len));
}

/* Returns the new end of the heap, or the old one if it cannot be had. */
SYSCALL_DEFINE1(brk, ulong, to)
{
	struct mm *mm = current->mm;
	ulong old_end = PAGE_ALIGN(mm->brk), new_end = PAGE_ALIGN(to);

	if (to < mm->brk_start || to > TASK_SIZE)
		return mm->brk;
	if (new_end > old_end && mm_map(mm, old_end, new_end - old_end, VM_READ | VM_WRITE))
		return mm->brk;
	if (new_end < old_end && mm_unmap(mm, new_end, old_end - new_end))
		return mm->brk;
	mm->brk = to;
	return to;
}

/* ---- time ---- */

enum {
	CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
	CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
	CLOCK_TAI = 11,
};
#define TIMER_ABSTIME	1U

/* Two layouts: of words, which is the only one on 64-bit machines, and of 64-bit fields. */
struct timespec_long { long sec, nsec; };
struct timespec64 { s64 sec, nsec; };

/* Counter ticks since reset; there is no clock of the day, so all real clocks agree. */
static int clock_ns(u32 clock, u64 *ns)
{
	ulong flags;

	switch (clock) {
	case CLOCK_REALTIME: case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE: case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME: case CLOCK_TAI:
		*ns = ktime_get_ns();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID: case CLOCK_THREAD_CPUTIME_ID:
		flags = local_irq_save();
		tick_nohz_full_account();
		*ns = (current->utime + current->stime) * (NSEC_PER_SEC / HZ);
		local_irq_restore(flags);
		return 0;
	default:
		return -EINVAL;
	}
}

static long put_timespec_long(void __user *to, u64 ns)
{
	struct timespec_long ts = { (long)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC) };

	return copy_to_user(to, &ts, sizeof(ts)) ? -EFAULT : 0;
}

static long put_timespec64(void __user *to, u64 ns)
{
	struct timespec64 ts = { (s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC) };

	return copy_to_user(to, &ts, sizeof(ts)) ? -EFAULT : 0;
}

static int get_timespec_long(struct timespec64 *ts, const void __user *from)
{
	struct timespec_long u;

	if (copy_from_user(&u, from, sizeof(u)))
		return -EFAULT;
	*ts = (struct timespec64){ u.sec, u.nsec };
	return 0;
}

static int get_timespec64(struct timespec64 *ts, const void __user *from)
{
	if (copy_from_user(ts, from, sizeof(*ts)))
		return -EFAULT;
	ts->nsec = (long)ts->nsec;	/* where a word is short, its upper half is padding */
	return 0;
}

SYSCALL_DEFINE2(clock_gettime, u32, clock, void __user *, to)
{
	u64 ns;
	int err = clock_ns(clock, &ns);

	return err ? err : put_timespec_long(to, ns);
}

SYSCALL_DEFINE2(clock_gettime64, u32, clock, void __user *, to)
{
	u64 ns;
	int err = clock_ns(clock, &ns);

	return err ? err : put_timespec64(to, ns);
}

/* A time that is too far away to say in nanoseconds is for ever. */
#define MAX_SECONDS	(INT64_MAX / (s64)NSEC_PER_SEC)

/* Only a task that is about to die is woken early, so nobody ever sees what was left. */
static long do_nanosleep(const struct timespec64 *ts, bool absolute)
{
	u64 ns, when;

	if (ts->sec < 0 || ts->nsec < 0 || ts->nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	ns = ts->sec >= MAX_SECONDS ? INT64_MAX : (u64)ts->sec * NSEC_PER_SEC + ts->nsec;
	when = ns_to_counter(ns);
	if (!absolute)
		when += arch_counter();
	return nanosleep_until(when);
}

static int sleep_clock_ok(u32 clock)
{
	switch (clock) {
	case CLOCK_REALTIME: case CLOCK_MONOTONIC: case CLOCK_BOOTTIME: case CLOCK_TAI:
		return 0;
	case CLOCK_MONOTONIC_RAW: case CLOCK_REALTIME_COARSE: case CLOCK_MONOTONIC_COARSE:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE2(nanosleep, const void __user *, want, void __user *, left)
{
	struct timespec64 ts;
	int err = get_timespec_long(&ts, want);

	(void)left;
	return err ? err : do_nanosleep(&ts, false);
}

SYSCALL_DEFINE4(clock_nanosleep, u32, clock, u32, flags, const void __user *, want,
		void __user *, left)
{
	struct timespec64 ts;
	int err = sleep_clock_ok(clock);

	(void)left;
	if (!err)
		err = get_timespec_long(&ts, want);
	return err ? err : do_nanosleep(&ts, flags & TIMER_ABSTIME);
}

SYSCALL_DEFINE4(clock_nanosleep_time64, u32, clock, u32, flags, const void __user *, want,
		void __user *, left)
{
	struct timespec64 ts;
	int err = sleep_clock_ok(clock);

	(void)left;
	if (!err)
		err = get_timespec64(&ts, want);
	return err ? err : do_nanosleep(&ts, flags & TIMER_ABSTIME);
}

/* ---- the end ---- */

#define REBOOT_MAGIC1		0xfee1deadU
#define REBOOT_RESTART		0x01234567U
#define REBOOT_HALT		0xcdef0123U
#define REBOOT_CAD_ON		0x89abcdefU
#define REBOOT_CAD_OFF		0x00000000U
#define REBOOT_POWER_OFF	0x4321fedcU

static bool reboot_magic2(u32 magic)
{
	return magic == 672274793 || magic == 85072278 || magic == 369367448 || magic == 537993216;
}

SYSCALL_DEFINE4(reboot, u32, magic1, u32, magic2, u32, cmd, void __user *, arg)
{
	(void)arg;
	if (magic1 != REBOOT_MAGIC1 || !reboot_magic2(magic2))
		return -EINVAL;
	switch (cmd) {
	case REBOOT_CAD_ON:
	case REBOOT_CAD_OFF:
		return 0;
	case REBOOT_POWER_OFF:
	case REBOOT_HALT:
	case REBOOT_RESTART:
		pr_info("machine stops: %u warnings\n", warn_count());
		machine_exit(warn_count() ? 1 : 0);
	default:
		return -EINVAL;
	}
}

/* ---- the table ---- */

long sys_ni_syscall(struct pt_regs *regs)
{
	(void)regs;
	return -ENOSYS;
}

#define SYSCALL(nr, name) long sys_##name(struct pt_regs *regs);
#include <asm/syscalls.def>
#undef SYSCALL

/* Every entry has a default first, which the list then replaces: on purpose. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#endif
#define SYSCALL(nr, name) [nr] = sys_##name,
const syscall_fn_t sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
#include <asm/syscalls.def>
};
#undef SYSCALL
#pragma GCC diagnostic pop
