#include "hints.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "stt.h"

void hints_free(struct hints *h)
{
	for (size_t i = 0; i < h->phrases; i++)
		free(h->phrase[i]);
	free(h->phrase);
	*h = (struct hints){.digits = HINTS_NO_DIGITS};
}

static void phrases_take(const json_t *list, struct hints *h)
{
	size_t i;
	json_t *v;

	h->phrase = calloc(json_array_size(list) + 1, sizeof(*h->phrase));
	if (!h->phrase)
		return;
	json_array_foreach(list, i, v) {
		char *s = json_is_string(v) ? strdup(json_string_value(v)) : NULL;

		if (s)
			h->phrase[h->phrases++] = s;
	}
}

static void digits_take(const json_t *tree, struct hints *h)
{
	const json_t *max = json_object_get(tree, "digits"),
		     *min = json_object_get(tree, "digits_min");

	if (!json_is_integer(max) || json_integer_value(max) < 0)
		return;
	h->digits = HINTS_ANY_DIGITS;
	if (json_integer_value(max) > HINTS_DIGITS_MAX)
		return;
	h->digits = h->digits_min = (int)json_integer_value(max);
	if (json_is_integer(min) && json_integer_value(min) > 0 &&
		json_integer_value(min) < h->digits)
		h->digits_min = (int)json_integer_value(min);
}

void hints_parse(struct jspan obj, struct hints *ret)
{
	json_t *tree = json_loadb(obj.p, obj.n, 0, NULL);

	*ret = (struct hints){.digits = HINTS_NO_DIGITS};
	if (!tree)
		return;
	phrases_take(json_object_get(tree, "phrases"), ret);
	digits_take(tree, ret);
	json_decref(tree);
}

int hints_json(const char *phrases, int digits, char **ret)
{
	struct dynbuf b;

	*ret = NULL;
	if ((!phrases || !*phrases) && digits == HINTS_NO_DIGITS)
		return 0;
	dynbuf_init(&b, STT_HINTS_MAX);
	dynbuf_adds(&b, "{\"phrases\":[");
	while (phrases && *phrases) {
		size_t n = strcspn(phrases, "|");

		if (b.p[b.n - 1] != '[')
			dynbuf_adds(&b, ",");
		jline_add_quoted(&b, phrases, n);
		phrases += n + (phrases[n] == '|');
	}
	dynbuf_adds(&b, "]");
	if (digits != HINTS_NO_DIGITS)
		jline_add_int(&b, "digits", digits);
	dynbuf_adds(&b, "}");
	if (!dynbuf_failed(&b))
		*ret = strdup(b.p);
	dynbuf_free(&b);
	return *ret ? 0 : -1;
}

int hints_load(const char *dir, const char *name, char **ret, const char **ret_why)
{
	char path[PATH_MAX], *text;
	json_t *tree;
	size_t n;

	*ret_why = "is no name of a file in the call directory";
	if (!dir || !*dir || !*name || name[0] == '.' || strchr(name, '/') ||
		format_path(path, "%s/%s", dir, name) < 0)
		return -1;
	if (read_file(path, STT_HINTS_MAX, &text, &n) < 0) {
		*ret_why = strerror(errno);
		return -1;
	}
	tree = json_loadb(text, n, 0, NULL);
	free(text);
	*ret = json_is_object(tree) ? json_dumps(tree, JSON_COMPACT) : NULL;
	json_decref(tree);
	*ret_why = "is no JSON object";
	return *ret ? 0 : -1;
}
