/* SPDX-License-Identifier: MIT */
/* The host has one CPU and the task that a test says is running. */
#ifndef ASM_THREAD_INFO_H
#define ASM_THREAD_INFO_H
#define THREAD_SIZE 16384
extern struct thread_info *host_current;
#define current_thread_info()	host_current
#endif
