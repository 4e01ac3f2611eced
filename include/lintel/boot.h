/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_BOOT_H
#define LINTEL_BOOT_H

#include <lintel/types.h>

/* Filled in by arch/<arch>/head.S through boot_main() before start_kernel(). */
struct boot_info {
	phys_addr_t	dtb;		/* as the loader passed it; not trusted */
	phys_addr_t	image;		/* where the image was loaded */
	u32		entry_mode;	/* arch: EL1 or EL2; SVC or HYP (1, 2) */
};
extern struct boot_info boot_info;

/*
 * kernel/main.c: interrupts off, MMU on, current = init_task, vectors installed (an undefined
 * instruction or abort of the kernel must reach fixup_exception()). Begins with
 *	fdt_init(); mm_init(); smp_find_cpus(); bootargs_parse(); pl011_init(); psci_init(); irq_init(); timer_init();
 * and initramfs_init() any time after bootargs_parse().
 */
void start_kernel(void) __noreturn;

/* Boot arguments (/chosen/bootargs), kernel/bootargs.c. A handler returns 0, or -EINVAL for a
 * value it does not understand (which is then named in a warning). */
struct boot_param { const char *name; int (*set)(const char *value); };
#define BOOT_PARAM(n, fn)						\
	static const struct boot_param __bp_##fn __used __section(".init.param") = { n, fn }
void bootargs_parse(void);		/* known ones to their handlers; others are named, kept for init */
/* The unknown ones, in order, for init's argv (words without =) and envp (with =): stores at most
 * max pointers, returns how many there are. After "--" all words are init's argv. */
int bootargs_init_args(const char **argv, int max);
int bootargs_init_env(const char **envp, int max);
const char *bootargs_init_program(void);	/* init=, default "/init" */

/* The initramfs, from /chosen/linux,initrd-{start,end}; fs/cpio.c. */
struct initramfs_file { const char *name; const void *data; size_t size; u32 mode; };
void initramfs_init(void);		/* panics with what is wrong and where */
/* Where /chosen says it is; false if it says nothing. mm_init() keeps these pages. */
bool initramfs_range(phys_addr_t *base, phys_addr_t *size);
int initramfs_lookup(const char *path, struct initramfs_file *f);	/* -ENOENT */

/* PSCI (drivers/psci.c): conduit from the device tree. -ENODEV without it. */
int psci_init(void);
int psci_system_off(void);
/* Another CPU begins at `entry`, MMU off, with `arg`. A PSCI error, or -ENODEV; psci_error() names it. */
int psci_cpu_on(u64 affinity, phys_addr_t entry, ulong arg);
void psci_cpu_off(void);		/* this one; comes back only where it cannot be done */
bool psci_cpu_is_off(u64 affinity);
const char *psci_error(int err);

/* Linker symbols. Beside them: __init_param_start/__init_param_end (.init.param),
 * __start___ex_table/__stop___ex_table (__ex_table), __per_cpu_start/__per_cpu_end
 * (.data..percpu), __start_doors/__stop_doors (.doors), and .instr_begin/.instr_end not loaded. */
extern char _text[], _etext[], __start_rodata[], __end_rodata[], _sdata[], _edata[], __bss_start[],
	__bss_stop[], _end[], __entry_text_start[], __entry_text_end[],
	__noinstr_text_start[], __noinstr_text_end[];

#endif
