// SPDX-License-Identifier: MIT
/*
 * Boot arguments, in place: words of the tree's bootargs are ended by NULs written over the blanks
 * behind them, so there is no limit on length or number. As in Linux, double quotes keep blanks
 * in a word, what nobody knows is init's, and so is everything after "--".
 */
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/printk.h>
#include <lintel/string.h>

#define SHOWN	40		/* characters of a long argument in a message */

extern const struct boot_param __init_param_start[], __init_param_end[];

static char *args, *args_end;
static const char *init_program = "/init";

static int set_init(const char *value)
{
	if (!*value)
		return -EINVAL;
	init_program = value;
	return 0;
}
BOOT_PARAM("init", set_init);

const char *bootargs_init_program(void)
{
	return init_program;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Cuts the text into words, and takes the quotes away. */
static void split(void)
{
	bool quoted = false;
	char *to = args;

	for (char *s = args; s < args_end; s++) {
		if (*s == '"')
			quoted = !quoted;
		else
			*to++ = blank(*s) && !quoted ? '\0' : *s;
	}
	while (to < args_end)
		*to++ = '\0';
}

/* The word after w, or the first one; NULL at the end. */
static char *next_word(char *w)
{
	w = w ? w + strlen(w) : args;
	while (w < args_end && !*w)
		w++;
	return w < args_end ? w : NULL;
}

static const struct boot_param *find_param(const char *word)
{
	for (const struct boot_param *p = __init_param_start; p < __init_param_end; p++) {
		size_t n = strlen(p->name);

		if (!strncmp(word, p->name, n) && (!word[n] || word[n] == '='))
			return p;
	}
	return NULL;
}

static void named(const char *word, const char *what)
{
	size_t n = strlen(word);

	if (n > SHOWN)
		pr_notice("boot argument \"%.*s...\" (%zu characters): %s\n", SHOWN, word, n, what);
	else
		pr_notice("boot argument \"%s\": %s\n", word, what);
}

static void apply(const struct boot_param *p, const char *word)
{
	const char *value = word + strlen(p->name);

	if (p->set(*value ? value + 1 : value))
		named(word, "its value is not understood, ignored");
}

void bootargs_parse(void)
{
	int node = fdt_path("/chosen"), len;
	const char *s = node < 0 ? NULL : fdt_prop(node, "bootargs", &len);

	if (!s || !len)
		return;
	if (s[len - 1]) {
		pr_warn("device tree: /chosen/bootargs does not end with a NUL, ignored\n");
		return;
	}
	args = (char *)(ulong)s;
	args_end = args + len - 1;
	split();
	for (char *w = next_word(NULL); w && strcmp(w, "--"); w = next_word(w)) {
		const struct boot_param *p = find_param(w);

		if (p)
			apply(p, w);
		else
			named(w, "unknown, passed to init");
	}
}

/* Init's words with a '=', or those without; behind "--" all are without. */
static int collect(const char **out, int max, bool env)
{
	bool all = false;
	int n = 0;

	for (char *w = args ? next_word(NULL) : NULL; w; w = next_word(w)) {
		if (!all && !strcmp(w, "--")) {
			all = true;
			continue;
		}
		if (!all && (find_param(w) || !strchr(w, '=') == env))
			continue;
		if (all && env)
			break;
		if (n < max)
			out[n] = w;
		n++;
	}
	return n;
}

int bootargs_init_args(const char **argv, int max)
{
	return collect(argv, max, false);
}

int bootargs_init_env(const char **envp, int max)
{
	return collect(envp, max, true);
}
