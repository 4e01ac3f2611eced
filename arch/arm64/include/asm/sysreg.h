/* SPDX-License-Identifier: MIT */
#ifndef ASM_SYSREG_H
#define ASM_SYSREG_H

/* By name, or as s3_0_c12_c12_5 where the assembler may not know the name. */
#define read_sysreg(r)							\
	({								\
		u64 __v;						\
		__asm__ volatile("mrs %0, " __stringify(r) : "=r" (__v));	\
		__v;							\
	})
#define write_sysreg(v, r)						\
	do {								\
		u64 __v = (u64)(v);					\
		__asm__ volatile("msr " __stringify(r) ", %x0" : : "rZ" (__v) : "memory"); \
	} while (0)

/* SCTLR_EL1: MMU, caches, stack alignment checks for both levels, DC ZVA, CTR_EL0, cache
 * maintenance, WFI and WFE for EL0; SPAN clear, so that every exception sets PSTATE.PAN where the
 * CPU has PAN. Bits that were RES1 in ARMv8.0 are set. */
#define SCTLR_EL1_M		(1 << 0)
#define SCTLR_EL1_C		(1 << 2)
#define SCTLR_EL1_SA		(1 << 3)
#define SCTLR_EL1_SA0		(1 << 4)
#define SCTLR_EL1_SED		(1 << 8)
#define SCTLR_EL1_EOS		(1 << 11)
#define SCTLR_EL1_I		(1 << 12)
#define SCTLR_EL1_DZE		(1 << 14)
#define SCTLR_EL1_UCT		(1 << 15)
#define SCTLR_EL1_nTWI		(1 << 16)
#define SCTLR_EL1_nTWE		(1 << 18)
#define SCTLR_EL1_TSCXT		(1 << 20)
#define SCTLR_EL1_EIS		(1 << 22)
#define SCTLR_EL1_UCI		(1 << 26)
#define SCTLR_EL1_LSMAOE	(1 << 29)
#define SCTLR_EL1_nTLSMD	(1 << 28)

#define SCTLR_EL1_RES1		(SCTLR_EL1_EOS | SCTLR_EL1_TSCXT | SCTLR_EL1_EIS | \
				 SCTLR_EL1_LSMAOE | SCTLR_EL1_nTLSMD)
#define SCTLR_EL1_MMU_OFF	SCTLR_EL1_RES1
#define SCTLR_EL1_MMU_ON	(SCTLR_EL1_RES1 | SCTLR_EL1_M | SCTLR_EL1_C | SCTLR_EL1_SA |	\
				 SCTLR_EL1_SA0 | SCTLR_EL1_SED | SCTLR_EL1_I | SCTLR_EL1_DZE |	\
				 SCTLR_EL1_UCT | SCTLR_EL1_nTWI | SCTLR_EL1_nTWE | SCTLR_EL1_UCI)

#define CPACR_EL1_FPEN		(3 << 20)	/* FP, SIMD trap nowhere; SVE, SME everywhere */

#endif
