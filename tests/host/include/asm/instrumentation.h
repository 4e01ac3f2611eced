/* SPDX-License-Identifier: MIT */
#ifndef ASM_INSTRUMENTATION_H
#define ASM_INSTRUMENTATION_H
#define __instr_marker(sec) barrier()
#endif
