/* SPDX-License-Identifier: MIT */
/*
 * Events of the firmware (row 41): firmware has taken an interrupt that the kernel cannot mask, and enters the kernel in
 * its place, at an address of the kernel's and on a stack of the kernel's, whatever ran: user mode, an NMI,
 * un-watched code. The kernel says when it is done, and what ran goes on. AArch64 has a standard for this, SDEI
 * (Arm DEN 0054). QEMU's virt has no such firmware, so each architecture has one in software that follows it, firmware.S;
 * an event comes when somebody asks for it.
 */
#ifndef LINTEL_FIRMWARE_H
#define LINTEL_FIRMWARE_H

/* Offsets, for assembly: words of struct firmware. */
#define FW_X(n)		(n)
#define FW_EVENT	4
#define FW_PC		6
#define FW_LIVE		8
#define FW_CHANGED	12
#define FW_RUNNING	13

#ifndef __ASSEMBLER__
#include <lintel/ptrace.h>
#include <lintel/types.h>

/* What the firmware keeps for the time of an event. There is one event at a time. */
extern struct firmware {
	ulong	x[4];			/* the interrupted code's x0 to x3: the door's arguments are in their place */
	ulong	event, stack_end;	/* what the door finds in x0, x1 */
	ulong	pc, psr;		/* ... x2, x3: of what was interrupted */
	ulong	live[4];		/* registers of exceptions, which it may just have been about to read */
	ulong	changed;		/* not zero: some event came back with others */
	ulong	running;
} firmware;

/* Which function is called for each event, in an NMI; NULL: none, and each event is a warning. */
void firmware_event_register(void (*fn)(struct pt_regs *regs, ulong event));
/*
 * An event now: here, between two instructions of the caller's, in any context, un-watched ones included; or of
 * user mode, to which the running system call then does not return at first. False: there is one already.
 */
bool firmware_event_raise(ulong event);
bool firmware_event_raise_user(ulong event);
/* The door's service. */
void handle_firmware_event(struct pt_regs *regs, ulong event);

/*
 * arch/<arch>. All that can be masked is, as for a handler; returns the PSR as it was. An event between two instructions in
 * there, with firmware.psr from that. And one of user mode, to which the running system call belongs.
 */
ulong arch_firmware_mask(void);
void arch_firmware_event(void);
void arch_firmware_event_user(void);
#endif

#endif
