/* Mistakes and names. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "scenario/load.h"

#define LINE_MAX_BYTES 1024 /* of a mistake */

static void write_path(const struct where *at, struct dynbuf *b)
{
	if (!at)
		return;
	write_path(at->up, b);
	if (!at->key)
		dynbuf_addf(b, "[%zu]", at->index);
	else
		dynbuf_addf(b, "%s%.80s", at->up ? "." : "", at->key);
}

const char *where_path(struct loading *l, const struct where *at)
{
	struct dynbuf b;

	dynbuf_init(&b, 4096);
	write_path(at, &b);
	char *path = memory_format(l->memory, "%s", b.p);
	dynbuf_free(&b);
	return path;
}

/* One line, whatever is in the names. */
static char *one_line(const char *s)
{
	char *line = strdup(s);

	for (char *p = line; p && *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	}
	return line;
}

static void add_line(struct loading *l, const char *line)
{
	struct scenario_mistakes *m = l->m;

	if (m->n > SCENARIO_MISTAKES_MAX)
		return;
	if (m->n == SCENARIO_MISTAKES_MAX)
		line = "and more mistakes, which are not shown";
	char **more = realloc(m->line, (m->n + 1) * sizeof(*more));
	if (more)
		m->line = more;
	char *copy = more ? one_line(line) : NULL;
	if (!copy)
		memory_none(l->memory);
	m->line[m->n++] = copy;
}

static __attribute__((format(printf, 4, 0))) void add_mistake(
	struct loading *l, const char *file, const char *path, const char *fmt, va_list ap)
{
	char line[LINE_MAX_BYTES];
	int n = snprintf(line, sizeof(line), "%.200s: %.400s%s", file, path, *path ? ": " : "");

	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	add_line(l, line);
}

void mistake(struct loading *l, const struct where *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_mistake(l, l->file, where_path(l, at), fmt, ap);
	va_end(ap);
}

void mistake_at(struct loading *l, const char *file, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_mistake(l, file, path, fmt, ap);
	va_end(ap);
}

void scenario_mistakes_free(struct scenario_mistakes *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->line[i]);
	free(m->line);
	*m = (struct scenario_mistakes){0};
}

void nearest_try(struct nearest *n, const char *name)
{
	size_t d = near_distance(n->name, name), most = strlen(n->name) / 3;

	if (d <= (most < 1 ? 1 : most) && d < strlen(n->name) && (!n->best || d < n->distance)) {
		n->best = name;
		n->distance = d;
	}
}

const char *nearest_text(struct loading *l, const struct nearest *n)
{
	return n->best ? memory_format(l->memory, " (did you mean '%s'?)", n->best) : "";
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

bool name_valid(const char *name)
{
	size_t n = strspn(name, letters);

	return n && n < SCENARIO_NAME_MAX && !name[n];
}

bool variable_valid(const char *name)
{
	static const char *const words[] = {"and", "or", "not", "true", "false", "null"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], name) == 0)
			return false;
	}
	return name_valid(name) && scenario_path_valid(name);
}

void names_init(struct loading *l, struct names *n, const char *kind, const struct where *at,
	json_t *object)
{
	const char *key;
	json_t *v;

	*n = (struct names){.kind = kind, .index = json_object(), .used = json_object()};
	if (!n->index || !n->used)
		memory_none(l->memory);
	json_object_foreach(object, key, v) {
		if (!name_valid(key))
			mistake(l, MEMBER(at, key),
				"a name is 1 to 64 letters, digits, '_' or '-'");
		if (json_object_set_new(n->index, key,
			    json_integer((json_int_t)json_object_size(n->index))) < 0)
			memory_none(l->memory);
	}
}

void names_free(struct names *n)
{
	json_decref(n->index);
	json_decref(n->used);
}

int names_find(
	struct loading *l, struct names *n, const struct where *at, const char *name, int *ret_near)
{
	json_t *found = json_object_get(n->index, name), *v;
	struct nearest near = {.name = name};
	const char *key;

	if (!found) {
		json_object_foreach(n->index, key, v)
			nearest_try(&near, key);
		mistake(l, at, "no %s is called '%s'%s", n->kind, name,
			json_object_size(n->index) ? nearest_text(l, &near) : ": there are none");
		if (ret_near)
			*ret_near = near.best
				? (int)json_integer_value(json_object_get(n->index, near.best))
				: -1;
		name = near.best;
	}
	if (name && json_object_set_new(n->used, name, json_true()) < 0)
		memory_none(l->memory);
	return found ? (int)json_integer_value(found) : -1;
}
