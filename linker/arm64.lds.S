/* SPDX-License-Identifier: MIT */
/*
 *	KIMAGE_VADDR, a multiple of 2 MiB in physical memory too
 *	+-----------------+ _text		read, execute
 *	| .head.text      |			Image header, early boot (at its physical address)
 *	| .entry.text     | __entry_text_start	vectors and their bodies
 *	| .noinstr.text   | __noinstr_text_start
 *	| .text           |
 *	+-----------------+ _etext = __start_rodata	read
 *	| .rodata, tables |
 *	+-----------------+ __end_rodata = _sdata	read, write
 *	| .data, per-CPU  |
 *	+-----------------+ _edata		the Image file ends here
 *	| stacks          |			each above an unmapped page, aligned to 32 KiB
 *	| page tables     | __pgtables_start	written with the MMU off, never cleared again
 *	+-----------------+ __early_end		single pages up to here, blocks of 2 MiB behind
 *	| .bss            | __bss_start .. __bss_stop
 *	+-----------------+ _end
 */
#include <asm/memory.h>
#include <asm/pgtable.h>
#include <asm/thread_info.h>

/* A stack as the overflow check wants it: the page below holds nothing and gets unmapped. */
#define STACK(name)	. += 4096; . = ALIGN(2 * THREAD_SIZE); name = .; . += THREAD_SIZE

OUTPUT_ARCH(aarch64)
ENTRY(_text)
SECTIONS
{
	. = KIMAGE_VADDR;
	.text : {
		_text = .; KEEP(*(.head.text)) *(.init.text) . = ALIGN(2048);
		__entry_text_start = .; *(.entry.text) __entry_text_end = .;
		__noinstr_text_start = .; *(.noinstr.text) __noinstr_text_end = .;
		*(.text .text.*) . = ALIGN(4096);
		_etext = .;
	}
	__start_rodata = .;
	.rodata : { *(.rodata .rodata.* .kallsyms .kallsyms.*) }
	.init.param : { __init_param_start = .; KEEP(*(.init.param)) __init_param_end = .; }
	.selftests : { __start_selftests = .; KEEP(*(.selftests)) __stop_selftests = .; }
	__ex_table : { __start___ex_table = .; KEEP(*(__ex_table)) __stop___ex_table = .; }
	__bug_table : { __start___bug_table = .; KEEP(*(__bug_table)) __stop___bug_table = .; }
	.doors : { __start_doors = .; KEEP(*(.doors)) __stop_doors = .; . = ALIGN(4096); }
	__end_rodata = .;
	_sdata = .;
	.data : {
		*(.data .data.[!.]*) . = ALIGN(64);
		__per_cpu_start = .; *(.data..percpu) __per_cpu_end = .;
		. = ALIGN(4096);
		_edata = .;
	}
	.stacks (NOLOAD) : {
		STACK(init_stack);
		STACK(init_irq_stack);
		STACK(init_overflow_stack);
		STACK(firmware_stack);
		__pgtables_start = .;
		swapper_pg_dir = .; . += 4096;
		idmap_pg_dir = .; . += 4096;
		reserved_pg_dir = .; . += 4096;
		boot_tables = .; . += BOOT_TABLES * 4096;
		__pgtables_end = .; __early_end = .;
	}
	.bss (NOLOAD) : {
		__bss_start = .; *(.bss .bss.* COMMON) . = ALIGN(64);
		__per_cpu_template = .; . += __per_cpu_end - __per_cpu_start; . = ALIGN(64); __bss_stop = .;
		. = ALIGN(4096);
		_end = .;
	}
	/* For tools/noinstr and the sweeps; not part of the image. */
	.instr_begin 0 : { *(.instr_begin) }
	.instr_end 0 : { *(.instr_end) }
	.instr_needed 0 : { *(.instr_needed) }
	.instr_target 0 : { *(.instr_target) }
	.f_masked 0 : { *(.f_masked) }
	.sync_survived 0 : { *(.sync_survived) }
	/DISCARD/ : { *(.eh_frame .comment .note.* .ARM.attributes .got .got.plt .igot*) }
}
_image_size = _end - _text;
ASSERT(__early_end - _text <= (BOOT_TABLES - 2) << BLOCK_SHIFT, "boot.c has too few tables")
ASSERT(_end - _text < 0x20000000, "the image leaves the gigabyte that boot.c maps")
ASSERT(init_stack % 0x8000 == 0 && init_irq_stack % 0x8000 == 0, "stacks")
ASSERT(init_overflow_stack % 0x8000 == 0, "overflow stack")
ASSERT(__entry_text_start % 2048 == 0, "vectors are aligned by their section")
