/* Arguments of tools: what is given is put into their types, and checked. What they may be: schema.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/load.h"
#include "scenario/value.h"

#define PLACE_MAX 120
#define CHOICES_MAX 120 /* bytes of the values that are told */

const char *const argument_types[] = {
	[SCENARIO_STRING] = "string",
	[SCENARIO_INTEGER] = "integer",
	[SCENARIO_NUMBER] = "number",
	[SCENARIO_BOOLEAN] = "boolean",
	[SCENARIO_ARRAY] = "array",
	[SCENARIO_OBJECT] = "object",
	NULL,
};

/* Where in the arguments one is, and where to say what is wrong. */
struct checking {
	char place[PLACE_MAX]; /* "items[2].sku" */
	size_t place_bytes;    /* of it */
	char *why;
	size_t why_size; /* of it */
};

/* name NULL: item number index. Returns what leave wants. */
static size_t enter(struct checking *c, const char *name, size_t index)
{
	size_t before = c->place_bytes, left = sizeof(c->place) - before;
	int n = name ? snprintf(c->place + before, left, "%s%s", before ? "." : "", name)
		     : snprintf(c->place + before, left, "[%zu]", index);

	if (n > 0)
		c->place_bytes += (size_t)n < left ? (size_t)n : left - 1;
	return before;
}

static void leave(struct checking *c, size_t before)
{
	c->place_bytes = before;
	c->place[before] = '\0';
}

static json_t *wrong(struct checking *c, const char *what)
{
	snprintf(c->why, c->why_size, "the argument '%s' %s", c->place, what);
	return NULL;
}

/* v as a type that has nothing in it, or NULL. A new reference. */
static json_t *convert(enum scenario_type type, json_t *v)
{
	double d;

	switch (type) {
	case SCENARIO_STRING:
		if (json_is_integer(v)) {
			char text[32];
			snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
			return json_string(text);
		}
		return json_is_string(v) ? json_incref(v) : NULL;
	case SCENARIO_INTEGER:
		if (json_is_integer(v))
			return json_incref(v);
		if (!value_number(v, &d) || d != floor(d) || fabs(d) > 9e15)
			return NULL;
		return json_integer((json_int_t)d);
	case SCENARIO_NUMBER:
		if (json_is_number(v))
			return json_incref(v);
		return value_number(v, &d) ? json_real(d) : NULL;
	case SCENARIO_BOOLEAN:
		if (json_is_string(v) && strcmp(json_string_value(v), "true") == 0)
			return json_true();
		if (json_is_string(v) && strcmp(json_string_value(v), "false") == 0)
			return json_false();
		return json_is_boolean(v) ? json_incref(v) : NULL;
	case SCENARIO_ARRAY:
	case SCENARIO_OBJECT:
		break;
	}
	return NULL;
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static bool is_choice(json_t *choices, const json_t *v)
{
	for (size_t i = 0; i < json_array_size(choices); i++) {
		if (value_equal(json_array_get(choices, i), v))
			return true;
	}
	return false;
}

static json_t *no_choice(struct checking *c, json_t *choices)
{
	char *text = json_dumps(choices, JSON_COMPACT), what[CHOICES_MAX + 60];

	snprintf(what, sizeof(what), "is none of the values it may have%s%s",
		text && strlen(text) <= CHOICES_MAX ? ": " : "",
		text && strlen(text) <= CHOICES_MAX ? text : "");
	free(text);
	return wrong(c, what);
}

/* What is wrong with a value of the right type; NULL: nothing. */
static const char *range_mistake(const struct scenario_argument *a, const json_t *v)
{
	const char *s = json_string_value(v);
	double size = s            ? (double)characters(s)
		: json_is_array(v) ? (double)json_array_size(v)
				   : json_number_value(v);

	if (json_is_boolean(v) || json_is_object(v))
		return NULL;
	if (size < a->min || (a->above_min && size == a->min))
		return s ? "is too short" : json_is_array(v) ? "has too few items" : "is too small";
	if (size > a->max || (a->below_max && size == a->max))
		return s ? "is too long" : json_is_array(v) ? "has too many items" : "is too large";
	if (s && a->pattern && regexec(a->pattern, s, 0, NULL, 0) != 0)
		return "does not match its pattern";
	return NULL;
}

static json_t *fit(struct checking *c, const struct scenario_argument *a, json_t *v);

static json_t *fit_items(struct checking *c, const struct scenario_argument *a, json_t *v)
{
	json_t *all = json_array(), *item;
	size_t i, before;

	json_array_foreach(v, i, item) {
		before = enter(c, NULL, i);
		item = fit(c, a->item, item);
		if (item && a->unique && is_choice(all, item)) {
			json_decref(item);
			item = wrong(c, "is there twice");
		}
		leave(c, before);
		if (!item || json_array_append_new(all, item) < 0) {
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

static const struct scenario_argument *member_find(
	const struct scenario_argument *members, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
}

/* An optional one that is null, and may not be, is not given. */
static bool left_out(const struct scenario_argument *a, const json_t *v)
{
	return json_is_null(v) && !a->required && !a->nullable;
}

static json_t *fit_members(
	struct checking *c, const struct scenario_argument *members, size_t n, json_t *given)
{
	json_t *all = json_object(), *v, *value;
	const char *name;
	size_t before;

	json_object_foreach(given, name, v) {
		const struct scenario_argument *a = member_find(members, n, name);
		if (a && left_out(a, v))
			continue;
		before = enter(c, a ? a->name : "", 0);
		value = a ? fit(c, a, v) : NULL;
		leave(c, before);
		if (!a && c->place_bytes)
			snprintf(c->why, c->why_size,
				"in the argument '%s' nothing is called '%.40s'", c->place, name);
		else if (!a)
			snprintf(c->why, c->why_size, "no argument is called '%.40s'", name);
		if (!value || json_object_set_new(all, name, value) < 0)
			goto fail;
	}
	for (size_t i = 0; i < n; i++) {
		if (!members[i].required || json_object_get(all, members[i].name))
			continue;
		before = enter(c, members[i].name, 0);
		wrong(c, "is missing");
		leave(c, before);
		goto fail;
	}
	return all;
fail:
	json_decref(all);
	return NULL;
}

/* v as a says, a new reference; NULL: it cannot be, why is said. */
static json_t *fit(struct checking *c, const struct scenario_argument *a, json_t *v)
{
	const char *mistake = NULL;
	json_t *value = NULL;
	char what[60];

	if (a->nullable && json_is_null(v))
		return json_null();
	if (a->type == SCENARIO_ARRAY && json_is_array(v))
		value = fit_items(c, a, v);
	else if (a->type == SCENARIO_OBJECT && json_is_object(v))
		value = fit_members(c, a->members, a->members_n, v);
	else if ((value = convert(a->type, v)) == NULL) {
		snprintf(what, sizeof(what), "has to be of the type %s", argument_types[a->type]);
		return wrong(c, what);
	}
	if (value && a->choices && !is_choice(a->choices, value)) {
		json_decref(value);
		return no_choice(c, a->choices);
	}
	if (value)
		mistake = range_mistake(a, value);
	if (mistake) {
		json_decref(value);
		return wrong(c, mistake);
	}
	return value;
}

int scenario_argument_check(
	const struct scenario_argument *a, json_t *v, json_t **ret, char *why, size_t why_size)
{
	struct checking c = {.why = why, .why_size = why_size};
	json_t *value;

	snprintf(why, why_size, "no memory");
	(void)enter(&c, a->name, 0);
	value = fit(&c, a, v);
	if (ret)
		*ret = value;
	else
		json_decref(value);
	return value ? 0 : -1;
}

int scenario_arguments(
	const struct scenario_tool *tool, json_t *given, json_t **ret, char *why, size_t why_size)
{
	struct checking c = {.why = why, .why_size = why_size};

	snprintf(why, why_size, "no memory");
	if (!json_is_object(given)) {
		snprintf(why, why_size, "the arguments have to be an object");
		return -1;
	}
	*ret = fit_members(&c, tool->arguments, tool->arguments_n, given);
	return *ret ? 0 : -1;
}
