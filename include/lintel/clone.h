/* SPDX-License-Identifier: MIT */
/* clone() flags that are served, with Linux's numbers, and what fork.c and exit.c share. */
#ifndef LINTEL_CLONE_H
#define LINTEL_CLONE_H

#include <lintel/sched.h>

#define CSIGNAL			0x000000ffUL
#define CLONE_VM		0x00000100UL
#define CLONE_FS		0x00000200UL
#define CLONE_FILES		0x00000400UL
#define CLONE_SIGHAND		0x00000800UL
#define CLONE_VFORK		0x00004000UL
#define CLONE_THREAD		0x00010000UL
#define CLONE_SYSVSEM		0x00040000UL
#define CLONE_SETTLS		0x00080000UL
#define CLONE_PARENT_SETTID	0x00100000UL
#define CLONE_CHILD_CLEARTID	0x00200000UL
#define CLONE_DETACHED		0x00400000UL	/* means nothing, and always has */
#define CLONE_CHILD_SETTID	0x01000000UL

#define SIGILL			4
#define SIGBUS			7
#define SIGKILL			9
#define SIGSEGV			11
#define SIGCHLD			17

/* Guards the list, and who is whose parent, child and thread. Wait queues' locks come inside. */
extern spinlock_t tasks_lock;
extern struct list_head all_tasks;		/* by task_struct.all */
void free_task(struct task_struct *t);		/* that never ran */

/* A vfork() parent waits on its own stack; whoever comes first, child or its own death, ends it. */
struct vfork_wait { struct task_struct *parent; bool done; };
void vfork_done(struct task_struct *child);

#endif
