/* SPDX-License-Identifier: MIT */
/* ESR_EL1, the syndrome: exception class, and what of its details is used. */
#ifndef ASM_ESR_H
#define ASM_ESR_H

#define ESR_EC_SHIFT		26

#define ESR_EC_UNKNOWN		0x00
#define ESR_EC_WFX		0x01
#define ESR_EC_FP_ASIMD		0x07
#define ESR_EC_BTI		0x0d
#define ESR_EC_ILL		0x0e
#define ESR_EC_SVC64		0x15
#define ESR_EC_SYS64		0x18
#define ESR_EC_SVE		0x19
#define ESR_EC_FPAC		0x1c
#define ESR_EC_IABT_LOW		0x20
#define ESR_EC_IABT_CUR		0x21
#define ESR_EC_PC_ALIGN		0x22
#define ESR_EC_DABT_LOW		0x24
#define ESR_EC_DABT_CUR		0x25
#define ESR_EC_SP_ALIGN		0x26
#define ESR_EC_FP_EXC64		0x2c
#define ESR_EC_SERROR		0x2f
#define ESR_EC_BREAKPT_LOW	0x30
#define ESR_EC_BREAKPT_CUR	0x31
#define ESR_EC_SOFTSTP_LOW	0x32
#define ESR_EC_SOFTSTP_CUR	0x33
#define ESR_EC_WATCHPT_LOW	0x34
#define ESR_EC_WATCHPT_CUR	0x35
#define ESR_EC_BRK64		0x3c

#define ESR_ISS_MASK		0x01ffffff
#define ESR_BRK_MASK		0x0000ffff	/* BRK: the immediate */
#define ESR_WNR			0x00000040	/* data abort: a write (or cache maintenance, CM) */
#define ESR_CM			0x00000100
#define ESR_FNV			0x00000400	/* FAR does not hold the address */
#define ESR_FSC_MASK		0x3f
#define ESR_FSC_TYPE_MASK	0x3c
#define ESR_FSC_ADDRSIZE	0x00
#define ESR_FSC_TRANSLATION	0x04
#define ESR_FSC_ACCESS		0x08
#define ESR_FSC_PERMISSION	0x0c
#define ESR_FSC_EXTERNAL	0x10
#define ESR_FSC_ALIGNMENT	0x21

#ifndef __ASSEMBLER__
#include <lintel/evlog.h>

static __always_inline u32 esr_class(ulong esr) { return (u32)esr >> ESR_EC_SHIFT; }

static __always_inline bool esr_is_debug(u32 ec)
{
	return (ec >= ESR_EC_BREAKPT_LOW && ec <= ESR_EC_WATCHPT_CUR) || ec == ESR_EC_BRK64;
}

/* For the V record: what a synchronous exception is. Other slots are one door each. */
static __always_inline enum door esr_door(enum door door, ulong esr)
{
	if (door != DOOR_SYSCALL && door != DOOR_FAULT)
		return door;
	if (esr_is_debug(esr_class(esr)))
		return DOOR_DEBUG;
	switch (esr_class(esr)) {
	case ESR_EC_SVC64:
		return DOOR_SYSCALL;
	case ESR_EC_IABT_LOW: case ESR_EC_IABT_CUR: case ESR_EC_DABT_LOW: case ESR_EC_DABT_CUR:
	case ESR_EC_PC_ALIGN: case ESR_EC_SP_ALIGN:
		return DOOR_FAULT;
	default:
		return DOOR_UNDEF;
	}
}

const char *esr_class_name(ulong esr);	/* traps.c: in words */
const char *esr_fault_name(ulong esr);	/* of an abort */
#endif
#endif
