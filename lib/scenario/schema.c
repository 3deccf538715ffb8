/* JSON schema of the arguments of tools: as much of it as tools need, and no more. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/load.h"

#define DEPTH_MAX 8 /* arrays and objects within each other */

static double read_limit(
	struct loading *l, const struct where *at, json_t *v, const char *key, double fallback)
{
	json_t *limit = json_object_get(v, key);

	if (limit && !json_is_number(limit))
		mistake(l, MEMBER(at, key), "has to be a number");
	return json_is_number(limit) ? json_number_value(limit) : fallback;
}

static double read_size(
	struct loading *l, const struct where *at, json_t *v, const char *key, double fallback)
{
	return json_object_get(v, key) ? read_int(l, at, v, key, 0, 1000000, 0) : fallback;
}

static bool find_type(struct loading *l, const struct where *at, json_t *v, enum scenario_type *ret)
{
	const char *name = as_string(l, at, v);

	for (size_t i = 0; name && argument_types[i]; i++) {
		if (strcmp(name, argument_types[i]) == 0) {
			*ret = (enum scenario_type)i;
			return true;
		}
	}
	if (name)
		mistake(l, at, "has to be string, integer, number, boolean, array or object");
	return false;
}

/* A type, or one and "null". */
static bool read_type(
	struct loading *l, const struct where *at, json_t *v, struct scenario_argument *a)
{
	json_t *type = json_object_get(v, "type"), *null = json_array_get(type, 1);

	if (!type) {
		mistake(l, at, "'type' is missing");
		return false;
	}
	at = MEMBER(at, "type");
	if (!json_is_array(type))
		return find_type(l, at, type, &a->type);
	if (json_array_size(type) != 2 || !json_is_string(null) ||
		strcmp(json_string_value(null), "null") != 0) {
		mistake(l, at, "has to be one type, or a type and \"null\"");
		return false;
	}
	a->nullable = true;
	return find_type(l, ITEM(at, 0), json_array_get(type, 0), &a->type);
}

/* What expressions of other kinds have, and POSIX has not, would be a plain letter. */
static const regex_t *read_pattern(struct loading *l, const struct where *at, json_t *v)
{
	const char *s = json_string_value(v);

	for (; s && *s; s++) {
		if (*s != '\\')
			continue;
		s++;
		if (*s && strchr("dDpPuxtnrfv", *s)) {
			mistake(l, at, "'\\%c' means nothing in POSIX extended expressions%s", *s,
				*s == 'd' ? ": write [0-9]" : "");
			return NULL;
		}
		if (!*s)
			break;
	}
	return as_regex(l, at, v);
}

static void read_numbers(
	struct loading *l, const struct where *at, json_t *v, struct scenario_argument *a)
{
	double above = read_limit(l, at, v, "exclusiveMinimum", -INFINITY),
	       below = read_limit(l, at, v, "exclusiveMaximum", INFINITY);

	a->min = read_limit(l, at, v, "minimum", -INFINITY);
	a->max = read_limit(l, at, v, "maximum", INFINITY);
	a->above_min = isfinite(above) && above >= a->min;
	a->below_max = isfinite(below) && below <= a->max;
	a->min = a->above_min ? above : a->min;
	a->max = a->below_max ? below : a->max;
}

static void load_argument(struct loading *l, const struct where *at, json_t *v,
	struct scenario_argument *a, int depth);

static void read_required(struct loading *l, const struct where *at, json_t *v,
	struct scenario_argument *members, size_t n)
{
	json_t *required = json_object_get(v, "required");
	struct scenario_words names = {0};

	at = MEMBER(at, "required");
	if (required && !(json_is_array(required) && !json_array_size(required)))
		names = as_words(l, at, required);
	for (size_t i = 0; i < names.n; i++) {
		struct nearest near = {.name = names.word[i]};
		size_t k = 0;
		for (; k < n && strcmp(members[k].name, names.word[i]) != 0; k++)
			nearest_try(&near, members[k].name);
		if (k < n)
			members[k].required = true;
		else
			mistake(l, ITEM(at, i), "no argument is called '%s'%s", names.word[i],
				nearest_text(l, &near));
	}
}

/* properties, required, additionalProperties */
static void read_properties(struct loading *l, const struct where *at, json_t *v,
	struct scenario_argument *a, int depth)
{
	json_t *properties = json_object_get(v, "properties"), *property;
	const char *name;

	if (json_object_get(v, "additionalProperties") &&
		!json_is_false(json_object_get(v, "additionalProperties")))
		mistake(l, MEMBER(at, "additionalProperties"), "has to be false, or left out");
	if (properties && is_object(l, MEMBER(at, "properties"), properties, SCENARIO_LIST_MAX)) {
		a->members = MEMORY_ARRAY(
			l->memory, struct scenario_argument, json_object_size(properties));
		json_object_foreach(properties, name, property) {
			struct scenario_argument *m = &a->members[a->members_n++];
			*m = (struct scenario_argument){.name = name};
			if (!variable_valid(name))
				mistake(l, MEMBER(MEMBER(at, "properties"), name),
					"is no name of an argument");
			load_argument(
				l, MEMBER(MEMBER(at, "properties"), name), property, m, depth);
		}
	}
	read_required(l, at, v, a->members, a->members_n);
}

static void read_item(struct loading *l, const struct where *at, json_t *v,
	struct scenario_argument *a, int depth)
{
	json_t *items = json_object_get(v, "items");

	a->min = read_size(l, at, v, "minItems", -INFINITY);
	a->max = read_size(l, at, v, "maxItems", INFINITY);
	a->unique = read_bool(l, at, v, "uniqueItems", false);
	a->item = memory_get(l->memory, sizeof(*a->item));
	a->item->name = "";
	if (items)
		load_argument(l, MEMBER(at, "items"), items, a->item, depth);
	else
		mistake(l, at, "'items' is missing");
}

static void read_choices(
	struct loading *l, const struct where *at, json_t *choices, struct scenario_argument *a)
{
	char why[200];

	if (!is_array(l, at, choices))
		return;
	for (size_t i = 0; i < json_array_size(choices); i++) {
		if (scenario_argument_check(a, json_array_get(choices, i), NULL, why, sizeof(why)) <
			0)
			mistake(l, ITEM(at, i), "%s", why);
	}
	a->choices = choices;
}

static void load_argument(struct loading *l, const struct where *at, json_t *v,
	struct scenario_argument *a, int depth)
{
	static const char *const keys[] = {
		"type", "description", "title", "default", "examples", "enum", NULL};
	static const char *const of_type[][5] = {
		[SCENARIO_STRING] = {"pattern", "minLength", "maxLength", NULL},
		[SCENARIO_INTEGER] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
			NULL},
		[SCENARIO_NUMBER] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
			NULL},
		[SCENARIO_BOOLEAN] = {NULL},
		[SCENARIO_ARRAY] = {"items", "minItems", "maxItems", "uniqueItems", NULL},
		[SCENARIO_OBJECT] = {"properties", "required", "additionalProperties", NULL},
	};
	json_t *choices = json_object_get(v, "enum"), *pattern = json_object_get(v, "pattern");

	a->min = -INFINITY;
	a->max = INFINITY;
	if (depth > DEPTH_MAX) {
		mistake(l, at, "arguments within each other are more than %d", DEPTH_MAX);
		return;
	}
	if (!is_object(l, at, v, SIZE_MAX) || !read_type(l, at, v, a))
		return;
	read_keys(l, at, v, keys, of_type[a->type]);
	(void)read_string(l, at, v, "description");
	if (a->type == SCENARIO_STRING) {
		a->min = read_size(l, at, v, "minLength", -INFINITY);
		a->max = read_size(l, at, v, "maxLength", INFINITY);
		a->pattern = pattern ? read_pattern(l, MEMBER(at, "pattern"), pattern) : NULL;
	} else if (a->type == SCENARIO_INTEGER || a->type == SCENARIO_NUMBER) {
		read_numbers(l, at, v, a);
	} else if (a->type == SCENARIO_ARRAY) {
		read_item(l, at, v, a, depth + 1);
	} else if (a->type == SCENARIO_OBJECT) {
		read_properties(l, at, v, a, depth + 1);
	}
	if (a->min > a->max)
		mistake(l, at, "the least is more than the most");
	if (choices)
		read_choices(l, MEMBER(at, "enum"), choices, a);
}

void load_arguments(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	static const char *const keys[] = {"type", "properties", "required", "additionalProperties",
		"description", "title", "$schema", NULL};
	struct scenario_argument all = {.name = "", .type = SCENARIO_OBJECT};
	const char *type;

	if (!is_object(l, at, v, SIZE_MAX))
		return;
	read_keys(l, at, v, keys, NULL);
	type = read_string(l, at, v, "type");
	if (!type || strcmp(type, "object") != 0)
		mistake(l, MEMBER(at, "type"), "has to be \"object\"");
	read_properties(l, at, v, &all, 0);
	tool->schema = v;
	tool->arguments = all.members;
	tool->arguments_n = all.members_n;
}

const struct scenario_argument *find_argument(struct loading *l, const struct where *at,
	const struct scenario_tool *tool, const char *name)
{
	struct nearest near = {.name = name};

	for (size_t i = 0; i < tool->arguments_n; i++) {
		if (strcmp(tool->arguments[i].name, name) == 0)
			return &tool->arguments[i];
		nearest_try(&near, tool->arguments[i].name);
	}
	mistake(l, at, "the tool '%s' has no argument '%s'%s", tool->name, name,
		nearest_text(l, &near));
	return NULL;
}
