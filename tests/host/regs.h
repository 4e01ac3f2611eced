/* SPDX-License-Identifier: MIT */
/*
 * Row 34, for the frames of both architectures (test_regs_*.c): what leaves the kernel are the first words, to the
 * byte, in Linux's order. WORD: an architecture's word; LAYOUT: the member behind each of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void golden_bytes(void **s)
{
	union { struct pt_regs regs; WORD word[sizeof(struct pt_regs) / sizeof(WORD)]; } frame;
	struct { struct user_pt_regs regs; WORD behind; } view;
	WORD want[USER_PT_REGS_WORDS];

	(void)s;
	for (WORD i = 0; i < sizeof(frame) / sizeof(WORD); i++)
		frame.word[i] = 0x10000 + i;
	for (WORD i = 0; i < USER_PT_REGS_WORDS; i++)
		want[i] = 0x10000 + i;
	memset(&view, 0xee, sizeof(view));
	user_regs_get(&view.regs, &frame.regs);
	assert_int_equal(sizeof(view.regs), sizeof(want));
	assert_memory_equal(&view.regs, want, sizeof(want));
	assert_int_equal(view.behind, (WORD)0xeeeeeeeeeeeeeeeeULL);
}

/* What is the kernel's alone: set it to something, and look for it. */
static void kernel_words_stay(void **s)
{
	struct pt_regs frame;
	struct user_pt_regs view;
	u8 *byte = (u8 *)&view;

	(void)s;
	memset(&frame, 0, sizeof(frame));
	KERNEL_WORDS(frame, 0x7f);
	user_regs_get(&view, &frame);
	for (size_t i = 0; i < sizeof(view); i++)
		assert_int_equal(byte[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_bytes),
		cmocka_unit_test(kernel_words_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
