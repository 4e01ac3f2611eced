// SPDX-License-Identifier: MIT
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/mm.h>
#include <lintel/nmi_timer.h>
#include <lintel/printk.h>
#include <lintel/profile.h>
#include <lintel/smp.h>
#include <lintel/stacktrace.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <asm/timex.h>

#define DEPTH		64U		/* frames of a sample, at most */
#define USER		BIT(31)		/* beside a sample's number of frames: it came from user mode */
#define WHOLE		BIT(30)		/* ... the trace leads to where the kernel was entered */

static u32 hz, order = MAX_ORDER;
static u64 period;

/* A sample is a word with its flags and number of frames, and the frames, innermost first. */
static ulong *words;
static u32 nr_words, used, taken, dropped;

static int set_profile(const char *value)
{
	char rate[16];
	const char *comma = strchr(value, ',');
	ulong v, pages = 1UL << MAX_ORDER;

	strlcpy(rate, value, min(sizeof(rate), comma ? (size_t)(comma - value) + 1 : sizeof(rate)));
	if (kstrtoul(rate, &v) || v < 1 || v > 100000 || (comma && kstrtoul(comma + 1, &pages)))
		return -EINVAL;
	if (pages < 1 || pages > 1UL << MAX_ORDER || pages & (pages - 1))
		return -EINVAL;
	for (order = 0; 1UL << order < pages; order++)
		;
	hz = (u32)v;
	return 0;
}
BOOT_PARAM("profile", set_profile);

static void keep(struct pt_regs *regs)
{
	struct stack_trace trace = { .pc = words + used + 1, .max = DEPTH };

	if (nr_words - used < DEPTH + 1) {
		dropped++;
		return;
	}
	if (user_mode(regs)) {
		words[used++] = USER;
		return;
	}
	arch_keep_trace(regs, &trace);
	words[used] = trace.nr | (trace.whole && trace.nr < DEPTH ? WHOLE : 0);
	used += 1 + trace.nr;
}

/* The next one so long after this one is over: it does not see itself, and leaves something to see. */
static void sample(struct nmi_event *e, struct pt_regs *regs)
{
	taken++;
	keep(regs);
	nmi_event_arm(e, arch_counter() + period);
}

static struct nmi_event event = { .fn = sample };

static u64 common_divisor(u64 a, u64 b)
{
	while (b) {
		u64 rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

void profile_start(void)
{
	struct page *pages;
	int err;

	if (!hz)
		return;
	if (smp_several)
		pr_notice("profile: only of CPU %u\n", smp_processor_id());
	pages = alloc_pages(order);
	if (!pages) {
		pr_err("profile: no memory for its buffer\n");
		return;
	}
	words = page_address(pages);
	nr_words = (u32)((PAGE_SIZE << order) / sizeof(*words));
	/* Nothing in common with the tick: each sample finds it elsewhere. */
	for (period = counter_freq / hz; common_divisor(period, counter_freq / HZ) != 1; period++)
		;
	err = nmi_event_arm(&event, arch_counter() + period);
	if (err)
		pr_err("profile: there is no NMI timer: error %d\n", -err);
}

/* "sample", what it is, and offsets into the image. */
static u32 print_sample(u32 at)
{
	char line[DEPTH * 10 + 20];
	u32 n, nr = (u32)words[at] & ~(USER | WHOLE);
	const char *what = words[at] & USER ? "user" : words[at] & WHOLE ? "whole" : "cut";

	n = (u32)snprintf(line, sizeof(line), "sample %s", what);
	for (u32 i = 1; i <= nr; i++)
		n += (u32)snprintf(line + n, sizeof(line) - n, " %x", (u32)(words[at + i] - (ulong)_text));
	line[n++] = '\n';
	console_write_polled(line, n);
	return at + 1 + nr;
}

void profile_end(void)
{
	u32 at = 0;

	if (!words)
		return;
	nmi_event_cancel(&event);
	while (at < used)
		at = print_sample(at);
	printk(LOG_EMERG, "profile: %u samples, %u dropped, one in %llu ticks\n", taken, dropped,
	       (unsigned long long)period);
	words = NULL;
}
