/* SPDX-License-Identifier: MIT */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H
struct thread_struct { int unused; };
void model_hook(void);
void model_wfi(void);
#define cpu_relax()	model_hook()
#define cpu_wfi()	model_wfi()
#endif
