/* SPDX-License-Identifier: MIT */
/*
 *	PAGE_OFFSET + 0x10000	_text		.head.text	entered by the loader, MMU off	RX
 *						.entry.text	vectors				RX
 *						.noinstr.text	doors, entry/, keepers		RX
 *						.text						RX
 *	next page		__start_rodata	.rodata, tables, unwind data			R
 *	next page		_sdata		.data, per-CPU area			RW
 *				_edata		end of the Image file
 *				__bss_start	.bss					RW
 *				__bss_stop
 *	next 32 KiB		init_stack, init_irq_stack, init_overflow_stack: each in the lower half of
 *				a slot of 2 * THREAD_SIZE, above a hole that gets unmapped
 *				_end
 */
#include <asm/memory.h>
#include <asm/pgtable.h>
#include <asm/thread_info.h>

#define STACK(name, size)	. += THREAD_SIZE; . = ALIGN(2 * THREAD_SIZE); name = .; . += size;

OUTPUT_ARCH(arm)
ENTRY(_start)
SECTIONS
{
	. = PAGE_OFFSET + TEXT_OFFSET;
	_text = .;
	.text : {
		*(.head.start) *(.head.text)
		. = ALIGN(32);
		__entry_text_start = .; *(.entry.text) __entry_text_end = .;
		__noinstr_text_start = .; *(.noinstr.text) __noinstr_text_end = .;
		*(.text .text.*)
	}
	_etext = .;

	. = ALIGN(4096);
	__start_rodata = .;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		__start___ex_table = .; KEEP(*(__ex_table)) __stop___ex_table = .;
		__init_param_start = .; KEEP(*(.init.param)) __init_param_end = .;
		__start_selftests = .; KEEP(*(.selftests)) __stop_selftests = .;
		__start_doors = .; KEEP(*(.doors)) __stop_doors = .;
		__start___bug_table = .; KEEP(*(__bug_table)) __stop___bug_table = .;
	}
	.ARM.extab : { *(.ARM.extab*) }
	.ARM.exidx : { __exidx_start = .; *(.ARM.exidx*) __exidx_end = .; }
	__end_rodata = .;

	. = ALIGN(4096);
	_sdata = .;
	.data : {
		. = ALIGN(64);
		__per_cpu_start = .; *(.data..percpu) __per_cpu_end = .;
		. = ALIGN(64);
		*(.data .data.*) . = ALIGN(32);
	}
	_edata = .;
	_image_size = _edata - _text;
	.bss (NOLOAD) : { __bss_start = .; *(.bss .bss.* COMMON) . = ALIGN(32);
		__per_cpu_template = .; . += __per_cpu_end - __per_cpu_start; . = ALIGN(32); __bss_stop = .; }
	.stacks (NOLOAD) : ALIGN(2 * THREAD_SIZE) {
		STACK(init_stack, THREAD_SIZE)
		STACK(init_irq_stack, THREAD_SIZE)
		STACK(init_overflow_stack, OVERFLOW_STACK_SIZE)
		STACK(firmware_stack, THREAD_SIZE)
	}
	. = ALIGN(4096);
	_end = .;

	.instr_begin 0 (INFO) : { KEEP(*(.instr_begin)) }
	.instr_end 0 (INFO) : { KEEP(*(.instr_end)) }
	.instr_needed 0 (INFO) : { KEEP(*(.instr_needed)) }
	.instr_target 0 (INFO) : { KEEP(*(.instr_target)) }
	/DISCARD/ : { *(.note.* .comment .interp .dynamic .eh_frame) }
}

ASSERT(_end - PAGE_OFFSET <= EARLY_MAP_SIZE, "the image does not fit the early map")
ASSERT(_start == _text, "the loader enters the image at its start")
ASSERT((init_stack & (2 * THREAD_SIZE - 1)) == 0, "stacks are aligned to twice their size")
ASSERT((vectors & 31) == 0, "VBAR wants a multiple of 32")
ASSERT(_edata <= __bss_start, "file and .bss overlap")
