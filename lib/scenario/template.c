#include "scenario/template.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/condition.h"
#include "text/utf8.h"

#define FILTERS_MAX 8 /* of one variable */

const char *const template_filters[] = {"date", "default", "digits", "letters", "money", "number",
	"ordinal", "phone", "time", NULL};

struct filter_call {
	char *name;
	char *argument; /* "" if it has none */
};

/* A piece of text, or a variable. */
struct part {
	char *text; /* NULL: a variable */
	char *path;
	struct filter_call filters[FILTERS_MAX];
	size_t filters_n;
};

struct template
{
	char *source;
	struct part *parts;
	size_t parts_n;
	bool constant; /* no variables */
};

struct parse {
	struct template *t;
	const char *start, *p; /* the text, and where one is in it */
	const char *why;       /* what is wrong; NULL: nothing */
	const char *at;        /* where */
};

static int wrong(struct parse *s, const char *at, const char *why)
{
	s->why = why;
	s->at = at;
	return -1;
}

static char *copy(struct parse *s, const char *p, size_t n)
{
	char *c = strndup(p, n);

	if (!c)
		wrong(s, p, "no memory");
	return c;
}

static struct part *add_part(struct parse *s)
{
	struct part *more = realloc(s->t->parts, (s->t->parts_n + 1) * sizeof(*more));

	if (!more) {
		wrong(s, s->p, "no memory");
		return NULL;
	}
	s->t->parts = more;
	more += s->t->parts_n++;
	*more = (struct part){0};
	return more;
}

static int parse_text(struct parse *s, size_t n)
{
	struct part *part = n ? add_part(s) : NULL;

	if (!n)
		return 0;
	if (!part || !(part->text = copy(s, s->p, n)))
		return -1;
	s->p += n;
	return 0;
}

static void skip_blanks(struct parse *s)
{
	s->p += strspn(s->p, " \t\r\n");
}

static size_t word_bytes(const char *p)
{
	return strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
}

static bool known_filter(const char *name)
{
	for (size_t i = 0; template_filters[i]; i++) {
		if (strcmp(template_filters[i], name) == 0)
			return true;
	}
	return false;
}

static int parse_argument(struct parse *s, struct filter_call *call)
{
	const char *first = s->p;
	size_t n;

	if (*first == '"' || *first == '\'') {
		const char *last = strchr(first + 1, *first);
		if (!last)
			return wrong(s, first, "a string without its end");
		s->p = last + 1;
		call->argument = copy(s, first + 1, (size_t)(last - first - 1));
	} else {
		n = word_bytes(first);
		s->p += n;
		call->argument = copy(s, first, n);
	}
	return call->argument ? 0 : -1;
}

static int parse_filter(struct parse *s, struct part *part)
{
	struct filter_call *call = &part->filters[part->filters_n];

	skip_blanks(s);
	const char *name = s->p;
	size_t n = word_bytes(name);
	if (!n)
		return wrong(s, name, "the name of a filter is missing");
	if (part->filters_n == FILTERS_MAX)
		return wrong(s, name, "too many filters");
	part->filters_n++;
	call->name = copy(s, name, n);
	if (!call->name)
		return -1;
	if (!known_filter(call->name))
		return wrong(s, name, "no filter has this name");
	s->p += n;
	skip_blanks(s);
	if (parse_argument(s, call) < 0)
		return -1;
	if (strcmp(call->name, "default") == 0 && !*call->argument && s->p[-1] != '"' &&
		s->p[-1] != '\'')
		return wrong(s, name, "'default' without a text");
	return 0;
}

static int parse_variable(struct parse *s)
{
	struct part *part = add_part(s);

	if (!part)
		return -1;
	s->p += 2;
	skip_blanks(s);
	const char *path = s->p;
	size_t n = word_bytes(path);
	part->path = copy(s, path, n);
	if (!part->path)
		return -1;
	if (n > CONDITION_PATH_MAX || !scenario_path_valid(part->path))
		return wrong(
			s, path, n ? "no name of a variable" : "the name of a variable is missing");
	s->p += n;
	for (skip_blanks(s); *s->p == '|'; skip_blanks(s)) {
		s->p++;
		if (parse_filter(s, part) < 0)
			return -1;
	}
	if (s->p[0] != '}' || s->p[1] != '}')
		return wrong(s, s->p, "'|' or '}}' is missing");
	s->p += 2;
	s->t->constant = false;
	return 0;
}

static int parse(struct parse *s)
{
	s->t->constant = true;
	s->t->source = copy(s, s->p, strlen(s->p));
	if (!s->t->source)
		return -1;
	if (strlen(s->p) > TEMPLATE_MAX)
		return wrong(s, s->p, "longer than 16384 bytes");
	while (*s->p) {
		const char *open = strstr(s->p, "{{"), *close = strstr(s->p, "}}");
		if (close && (!open || close < open))
			return wrong(s, close, "'}}' without '{{'");
		if (parse_text(s, open ? (size_t)(open - s->p) : strlen(s->p)) < 0)
			return -1;
		if (open && parse_variable(s) < 0)
			return -1;
	}
	return 0;
}

struct template *template_parse(const char *text, const char **ret_why, size_t *ret_at)
{
	struct parse s = {.start = text, .p = text, .t = calloc(1, sizeof(*s.t))};

	errno = 0;
	if (s.t ? parse(&s) == 0 : wrong(&s, text, "no memory") == 0)
		return s.t;
	template_free(s.t);
	*ret_why = s.why;
	*ret_at = (size_t)(s.at - text);
	if (strcmp(s.why, "no memory") == 0)
		errno = ENOMEM;
	return NULL;
}

void template_free(struct template *t)
{
	for (size_t i = 0; t && i < t->parts_n; i++) {
		struct part *part = &t->parts[i];
		for (size_t k = 0; k < part->filters_n; k++) {
			free(part->filters[k].name);
			free(part->filters[k].argument);
		}
		free(part->text);
		free(part->path);
	}
	if (t) {
		free(t->parts);
		free(t->source);
	}
	free(t);
}

bool template_constant(const struct template *t)
{
	return t->constant;
}

const char *template_text(const struct template *t)
{
	return t->source;
}

const char *template_path(const struct template *t, size_t i)
{
	for (size_t k = 0; k < t->parts_n; k++) {
		if (t->parts[k].path && i-- == 0)
			return t->parts[k].path;
	}
	return NULL;
}

/* A value as text. */
static void add_value(struct dynbuf *out, const json_t *v)
{
	char *text;

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_STRING:
		dynbuf_add(out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		text = json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
		out->failed |= !text || dynbuf_adds(out, text) < 0;
		free(text);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		dynbuf_adds(out, json_is_true(v) ? "true" : "false");
		break;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_array_size(v); i++) {
			const json_t *item = json_array_get(v, i);
			if (i)
				dynbuf_adds(out, ", ");
			if (!json_is_array(item))
				add_value(out, item);
		}
		break;
	default:
		break;
	}
}

/* "AB12" -> "A B 1 2": said one by one. */
static int add_letters(const struct dynbuf *text, struct dynbuf *out)
{
	size_t k;
	uint32_t code;

	for (size_t i = 0; i < text->n; i += k) {
		k = utf8_next(text->p + i, text->n - i, &code);
		if (utf8_kind(code) != UTF8_LETTER && utf8_kind(code) != UTF8_DIGIT)
			continue;
		if (out->n)
			dynbuf_adds(out, " ");
		dynbuf_add(out, text->p + i, k);
	}
	return 0;
}

/* "0042" -> "42": said as an amount. */
static int add_number(const struct dynbuf *text, struct dynbuf *out)
{
	size_t zeros = strspn(text->p, "0");

	if (!text->n || strspn(text->p, "0123456789") != text->n)
		return -1;
	return dynbuf_adds(out, text->p + zeros - (zeros == text->n));
}

/* What all filters make of it, in *text; `other` is where the next one puts it. */
static void apply(const struct part *part, const char *language, template_filter *filter, void *ctx,
	struct dynbuf *text, struct dynbuf *other)
{
	for (size_t i = 0; i < part->filters_n; i++) {
		const struct filter_call *call = &part->filters[i];
		int done = -1;
		dynbuf_reset(other);
		if (strcmp(call->name, "default") == 0)
			done = text->n ? -1 : dynbuf_adds(other, call->argument);
		else if (strcmp(call->name, "letters") == 0)
			done = add_letters(text, other);
		else if (strcmp(call->name, "number") == 0)
			done = add_number(text, other);
		else if (filter)
			done = filter(ctx, call->name, call->argument, language, text->p, other);
		if (done == 0 && !dynbuf_failed(other)) {
			struct dynbuf swap = *text;
			*text = *other;
			*other = swap;
		}
	}
}

int template_expand(const struct template *t, const json_t *vars, const char *language,
	template_filter *filter, void *ctx, struct dynbuf *out)
{
	struct dynbuf text, other;

	dynbuf_init(&text, TEMPLATE_RESULT_MAX);
	dynbuf_init(&other, TEMPLATE_RESULT_MAX);
	for (size_t i = 0; i < t->parts_n; i++) {
		const struct part *part = &t->parts[i];
		if (part->text) {
			dynbuf_adds(out, part->text);
			continue;
		}
		dynbuf_reset(&text);
		add_value(&text, scenario_lookup(vars, part->path));
		apply(part, language, filter, ctx, &text, &other);
		out->failed |= dynbuf_failed(&text);
		dynbuf_add(out, text.p, text.n);
	}
	dynbuf_free(&text);
	dynbuf_free(&other);
	return dynbuf_failed(out) ? -1 : 0;
}

json_t *template_value(const struct template *t, const json_t *vars, const char *language,
	template_filter *filter, void *ctx)
{
	struct dynbuf out;
	json_t *v = NULL;

	if (t->parts_n == 1 && t->parts[0].path && !t->parts[0].filters_n) {
		v = scenario_lookup(vars, t->parts[0].path);
		return v ? json_incref(v) : json_null();
	}
	dynbuf_init(&out, TEMPLATE_RESULT_MAX);
	/* of what is too long as much as fits: a caller who says much is no reason to end the call */
	(void)!template_expand(t, vars, language, filter, ctx, &out);
	v = json_stringn(out.p, out.n);
	dynbuf_free(&out);
	return v;
}
