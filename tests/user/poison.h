/* SPDX-License-Identifier: MIT */
/*
 * All that a user program can hold in registers. poison_*() load it from `in`, do one thing, and
 * store what is there to `out`; sp points at `out` meanwhile, so that it is a test value as well.
 */
#ifndef POISON_H
#define POISON_H

#ifdef __aarch64__
#define POISON_X	0
#define POISON_SP	248
#define POISON_FLAGS	256
#define POISON_FPCR	264
#define POISON_FPSR	272
#define POISON_V	288
#define POISON_SIZE	800
#define NR_GENERAL	31
#define NR_COUNTER	0	/* the register that poison_spin() counts down */
#define NR_SCRATCH	0	/* ... and that it uses besides */
#define NR_NUMBER	8	/* ... that holds the system call's number */
#define NR_ADDRESS	2	/* ... that holds poison_store()'s address */
#define FLAGS_MASK	0xf0000000UL
#define FPCR_MASK	0x07c00000UL
#define FPSR_MASK	0x0800009fUL
#else
#define POISON_X	0
#define POISON_SP	56
#define POISON_FLAGS	60
#define POISON_FPCR	64
#define POISON_FPSR	68
#define POISON_V	72
#define POISON_SIZE	328
#define NR_GENERAL	14	/* r0-r12, lr */
#define NR_COUNTER	0
#define NR_SCRATCH	1
#define NR_NUMBER	7
#define NR_ADDRESS	2
#define FLAGS_MASK	0xf80f0000UL	/* NZCVQ, GE */
#define FPCR_MASK	0xffc0009fUL	/* control and status are one register */
#define FPSR_MASK	0UL
#endif

#ifndef __ASSEMBLER__
struct poison {
#ifdef __aarch64__
	unsigned long x[31], sp, flags, fpcr, fpsr, pad;
	unsigned long v[64];
#else
	unsigned long x[14], sp, flags, fpcr, fpsr;
	unsigned long v[64];
#endif
};
_Static_assert(__builtin_offsetof(struct poison, sp) == POISON_SP, "POISON_SP");
_Static_assert(__builtin_offsetof(struct poison, flags) == POISON_FLAGS, "POISON_FLAGS");
_Static_assert(__builtin_offsetof(struct poison, fpcr) == POISON_FPCR, "POISON_FPCR");
_Static_assert(__builtin_offsetof(struct poison, fpsr) == POISON_FPSR, "POISON_FPSR");
_Static_assert(__builtin_offsetof(struct poison, v) == POISON_V, "POISON_V");
_Static_assert(sizeof(struct poison) == POISON_SIZE, "POISON_SIZE");

typedef void (*poison_fn)(const struct poison *in, struct poison *out);
void poison_svc(const struct poison *in, struct poison *out);	/* a system call */
void poison_spin(const struct poison *in, struct poison *out);	/* a loop: counter to zero */
void poison_store(const struct poison *in, struct poison *out);	/* a byte to the address */
/* These two end a program, unless it is forgiven (LINTEL_SHOT_FORGIVE). */
void poison_undef(const struct poison *in, struct poison *out);
void poison_brk(const struct poison *in, struct poison *out);
/* The same in another instruction set, where there is one; else NULL. */
extern const poison_fn poison_svc_other, poison_spin_other;

/* Adds n times one to *to with an exclusive load and store, with time to be interrupted between. */
void exclusive_add(unsigned int *to, unsigned long n);
/* An exclusive load, a while, the counter read at its begin and its end, an exclusive store. Returns 1 if
 * the store failed. */
int exclusive_hold(unsigned int *word, unsigned long long span[2]);
void set_thread_pointers(unsigned long v);	/* every TLS register that programs may write */
unsigned long thread_pointers(void);		/* a sum of them all */
#endif
#endif
