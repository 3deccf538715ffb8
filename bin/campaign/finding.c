#include "finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

static const char *const words[] = {"ok", "warning", "unknown", "missing"};

void finding_add(struct findings *f, enum finding_state state, const char *check, const char *todo,
	const char *fmt, ...)
{
	char text[1024];
	json_t *one;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	utf8_repair(text);
	if (!f->list)
		f->list = json_array();
	one = json_pack(
		"{ss ss ss ss*}", "check", check, "state", words[state], "text", text, "do", todo);
	f->of[state]++;
	if (json_array_append_new(f->list, one) == -1)
		f->failed = true;
}

int findings_write_text(const struct findings *f)
{
	size_t i;
	json_t *one;
	int rc = f->failed ? -1 : 0;

	json_array_foreach(f->list, i, one) {
		const char *state, *check, *text, *todo = NULL;

		if (json_unpack(one, "{ss ss ss s?s}", "state", &state, "check", &check, "text",
			    &text, "do", &todo) == -1 ||
			printf("%-8s %-12s %s\n", state, check, text) < 0 ||
			(todo && printf("%-21s -> %s\n", "", todo) < 0))
			rc = -1;
	}
	return rc;
}

int findings_write_json(const struct findings *f)
{
	json_t *all = json_pack(
		"{sb sO?}", "ready", f->of[FINDING_MISSING] == 0, "findings", f->list);
	int rc = !all || f->failed || json_dumpf(all, stdout, JSON_COMPACT) == -1 ||
		puts("") == EOF;

	json_decref(all);
	return rc ? -1 : 0;
}

void findings_free(struct findings *f)
{
	json_decref(f->list);
	*f = (struct findings){0};
}
