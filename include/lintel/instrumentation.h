/* SPDX-License-Identifier: MIT */
/*
 * instrumentation_begin()/end(): between them, noinstr code may call anything (row 1).
 *
 * Each leaves its address in .instr_begin / .instr_end, which the linker keeps in lintel.elf for the
 * noinstr checker and leaves out of the image: no instruction where every one is counted. The
 * checking configuration has a NOP behind each, so that of two blocks that meet at a marker the
 * checker can tell which one it is in. With the event ring they also emit { and }.
 */
#ifndef LINTEL_INSTRUMENTATION_H
#define LINTEL_INSTRUMENTATION_H

#include <lintel/evlog.h>
#include <asm/instrumentation.h>	/* __instr_marker(section) */

#ifdef CONFIG_DEBUG_ENTRY
#define __instr_room	"nop\n\t"
#else
#define __instr_room	""
#endif

#define instrumentation_begin()				\
	do {						\
		__instr_marker("instr_begin");		\
		evlog(EV_INSTR_BEGIN);			\
	} while (0)

#define instrumentation_end()				\
	do {						\
		evlog(EV_INSTR_END);			\
		__instr_marker("instr_end");		\
	} while (0)

/* In an inline function that is nothing for noinstr code outside { }, and has no call by which the
 * checker could tell: a lock. */
#define instrumentation_needed()	__instr_marker("instr_needed")

/* In front of a call through a pointer, outside { }: this is where it may lead. Once for each function that
 * it may be; the checker follows all of them, and takes the word of whoever wrote it. */
#define noinstr_target(fn)		__instr_target(fn)

/* The markers alone, for keepers whose callers may be inside a bracket already. */
#define instrumentation_quiet_begin()	__instr_marker("instr_begin")
#define instrumentation_quiet_end()	__instr_marker("instr_end")

#endif
