// SPDX-License-Identifier: MIT
/* entry/order.def, followed by the kernel's own matcher: a state knows where its crossings stand. */
#define MODEL_PLAIN
#include "model.h"
#include <lintel/string.h>
#include <lintel/printk.h>
#include <kernel/trace/order.h>

u32 spec_begin(struct spec *s, const struct crossing *c)
{
	const struct order_line *l = order_for(c->door.arg & 0xff, c->door.ctx);

	*s = (struct spec){ .holds = order_holds(&c->door) };
	for (; l; l = l->next) {
		s->line[s->nr] = l;
		s->set[s->nr++] = order_begin(l, s->holds);
	}
	return s->nr;
}

bool spec_step(struct spec *s, u8 event, u8 arg)
{
	bool alive = false;

	for (u32 i = 0; i < s->nr; i++) {
		if (s->set[i])
			s->set[i] = order_next(s->line[i], s->holds, s->set[i], event, arg);
		alive |= s->set[i] != 0;
	}
	return alive;
}

bool spec_complete(const struct spec *s)
{
	for (u32 i = 0; i < s->nr; i++)
		if (order_ends(s->line[i], s->set[i]))
			return true;
	return false;
}

void spec_mark_ends(const struct spec *s, u32 *lines)
{
	const struct order_line *first;

	order_lines(&first);
	for (u32 i = 0; i < s->nr; i++)
		if (order_ends(s->line[i], s->set[i]))
			lines[s->line[i] - first]++;
}

u32 spec_lines(void)
{
	const struct order_line *first;
	u32 n = order_lines(&first);

	if (n > SPEC_MAX)
		model_wrong("entry/order.def has %u lines: SPEC_MAX is too small", n);
	return n;
}

const char *spec_line(u32 i, u8 *door, u8 *ctx)
{
	const struct order_line *first;

	order_lines(&first);
	*door = first[i].door;
	*ctx = first[i].ctx;
	return first[i].text;
}

int spec_event(const char *word, u8 *arg)
{
	char work[24];

	for (*arg = 0; *arg < NR_EV_WORK; ++*arg) {
		snprintf(work, sizeof(work), "W(%s)", evlog_work_name(*arg));
		if (!strcmp(word, work))
			return EV_WORK;
	}
	*arg = 0;
	for (u32 e = 0; e < NR_EVENTS; e++)
		if (!strcmp(word, evlog_letter(e)))
			return e;
	return -1;
}
