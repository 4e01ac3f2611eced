/* SPDX-License-Identifier: MIT */
/* ARMv7 has the FIQ, and nothing else is asked of it. */
#ifndef ASM_NMI_H
#define ASM_NMI_H
#endif
