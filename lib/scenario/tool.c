/* Tools: programs that answer with JSON, and what they may be asked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario/load.h"
#include "scenario/value.h"

#define TIMEOUT_MS 5000 /* if it says nothing else */

static const char *const type_names[] = {
	[SCENARIO_STRING] = "string",
	[SCENARIO_INTEGER] = "integer",
	[SCENARIO_NUMBER] = "number",
	[SCENARIO_BOOLEAN] = "boolean",
};

/* v as the type, or NULL. A new reference. */
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

/* What is wrong with a value of the right type; NULL: nothing. */
static const char *range_mistake(const struct scenario_argument *a, const json_t *v)
{
	const char *s = json_string_value(v);
	double size = s ? (double)characters(s) : json_number_value(v);

	if (a->choices && !is_choice(a->choices, v))
		return "is none of the values it may have";
	if (json_is_boolean(v))
		return NULL;
	if (size < a->min)
		return s ? "is too short" : "is too small";
	if (size > a->max)
		return s ? "is too long" : "is too large";
	if (s && a->pattern && regexec(a->pattern, s, 0, NULL, 0) != 0)
		return "does not match its pattern";
	return NULL;
}

int scenario_argument_check(
	const struct scenario_argument *a, json_t *v, json_t **ret, char *why, size_t why_size)
{
	json_t *value = convert(a->type, v);
	const char *wrong = value ? range_mistake(a, value) : NULL;

	if (!value)
		snprintf(why, why_size, "the argument '%s' has to be of the type %s", a->name,
			type_names[a->type]);
	else if (wrong)
		snprintf(why, why_size, "the argument '%s' %s", a->name, wrong);
	if (!value || wrong || !ret) {
		json_decref(value);
		return value && !wrong ? 0 : -1;
	}
	*ret = value;
	return 0;
}

static const struct scenario_argument *argument_find(
	const struct scenario_tool *tool, const char *name)
{
	for (size_t i = 0; i < tool->arguments_n; i++) {
		if (strcmp(tool->arguments[i].name, name) == 0)
			return &tool->arguments[i];
	}
	return NULL;
}

int scenario_arguments(
	const struct scenario_tool *tool, json_t *given, json_t **ret, char *why, size_t why_size)
{
	json_t *all = json_object(), *v, *value;
	const char *name;

	json_object_foreach(given, name, v) {
		const struct scenario_argument *a = argument_find(tool, name);
		if (!a) {
			snprintf(why, why_size, "no argument is called '%s'", name);
			goto fail;
		}
		if (json_is_null(v) && !a->required)
			continue;
		if (scenario_argument_check(a, v, &value, why, why_size) < 0)
			goto fail;
		if (json_object_set_new(all, name, value) < 0) {
			snprintf(why, why_size, "no memory");
			goto fail;
		}
	}
	for (size_t i = 0; i < tool->arguments_n; i++) {
		if (tool->arguments[i].required && !json_object_get(all, tool->arguments[i].name)) {
			snprintf(why, why_size, "the argument '%s' is missing",
				tool->arguments[i].name);
			goto fail;
		}
	}
	*ret = all;
	return all ? 0 : -1;
fail:
	json_decref(all);
	return -1;
}

static double read_limit(
	struct loading *l, const struct where *at, json_t *v, const char *key, double fallback)
{
	json_t *limit = json_object_get(v, key);

	if (limit && !json_is_number(limit))
		mistake(l, MEMBER(at, key), "has to be a number");
	return json_is_number(limit) ? json_number_value(limit) : fallback;
}

static bool find_type(struct loading *l, const struct where *at, json_t *v, enum scenario_type *ret)
{
	const char *name = read_string(l, at, v, "type");

	if (!json_object_get(v, "type"))
		mistake(l, at, "'type' is missing");
	for (size_t i = 0; name && i < ARRAY_LEN(type_names); i++) {
		if (strcmp(name, type_names[i]) == 0) {
			*ret = (enum scenario_type)i;
			return true;
		}
	}
	if (name)
		mistake(l, MEMBER(at, "type"), "has to be string, integer, number or boolean");
	return false;
}

static void load_argument(
	struct loading *l, const struct where *at, json_t *v, struct scenario_argument *a)
{
	static const char *const keys[] = {"type", "description", "enum", NULL};
	static const char *const of_type[][4] = {
		[SCENARIO_STRING] = {"pattern", "minLength", "maxLength", NULL},
		[SCENARIO_INTEGER] = {"minimum", "maximum", NULL},
		[SCENARIO_NUMBER] = {"minimum", "maximum", NULL},
		[SCENARIO_BOOLEAN] = {NULL},
	};
	json_t *choices = json_object_get(v, "enum"), *pattern = json_object_get(v, "pattern");
	char why[200];

	if (!is_object(l, at, v, SIZE_MAX) || !find_type(l, at, v, &a->type))
		return;
	read_keys(l, at, v, keys, of_type[a->type]);
	(void)read_string(l, at, v, "description");
	bool text = a->type == SCENARIO_STRING;
	a->min = read_limit(l, at, v, text ? "minLength" : "minimum", -INFINITY);
	a->max = read_limit(l, at, v, text ? "maxLength" : "maximum", INFINITY);
	if (a->min > a->max)
		mistake(l, at, "the least is more than the most");
	if (pattern && text)
		a->pattern = as_regex(l, MEMBER(at, "pattern"), pattern);
	if (!choices || !is_array(l, MEMBER(at, "enum"), choices))
		return;
	for (size_t i = 0; i < json_array_size(choices); i++) {
		if (scenario_argument_check(a, json_array_get(choices, i), NULL, why, sizeof(why)) <
			0)
			mistake(l, ITEM(MEMBER(at, "enum"), i), "%s", why);
	}
	a->choices = choices;
}

static void read_required(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	json_t *required = json_object_get(v, "required");
	struct scenario_words names = {0};

	at = MEMBER(at, "required");
	if (required && !(json_is_array(required) && !json_array_size(required)))
		names = as_words(l, at, required);
	for (size_t i = 0; i < names.n; i++) {
		struct nearest near = {.name = names.word[i]};
		size_t k = 0;
		for (; k < tool->arguments_n && strcmp(tool->arguments[k].name, names.word[i]) != 0;
			k++)
			nearest_try(&near, tool->arguments[k].name);
		if (k < tool->arguments_n)
			tool->arguments[k].required = true;
		else
			mistake(l, ITEM(at, i), "no argument is called '%s'%s", names.word[i],
				nearest_text(l, &near));
	}
}

static void load_arguments(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	static const char *const keys[] = {
		"type", "properties", "required", "additionalProperties", "description", NULL};
	json_t *properties = json_object_get(v, "properties"), *property;
	const char *name, *type;

	if (!is_object(l, at, v, SIZE_MAX))
		return;
	read_keys(l, at, v, keys, NULL);
	type = read_string(l, at, v, "type");
	if (!type || strcmp(type, "object") != 0)
		mistake(l, MEMBER(at, "type"), "has to be \"object\"");
	if (json_object_get(v, "additionalProperties") &&
		!json_is_false(json_object_get(v, "additionalProperties")))
		mistake(l, MEMBER(at, "additionalProperties"), "has to be false, or left out");
	tool->schema = v;
	if (properties && is_object(l, MEMBER(at, "properties"), properties, SCENARIO_LIST_MAX)) {
		tool->arguments = MEMORY_ARRAY(
			l->memory, struct scenario_argument, json_object_size(properties));
		json_object_foreach(properties, name, property) {
			struct scenario_argument *a = &tool->arguments[tool->arguments_n++];
			*a = (struct scenario_argument){
				.name = name, .min = -INFINITY, .max = INFINITY};
			if (!variable_valid(name))
				mistake(l, MEMBER(MEMBER(at, "properties"), name),
					"is no name of an argument");
			load_argument(l, MEMBER(MEMBER(at, "properties"), name), property, a);
		}
	}
	read_required(l, at, v, tool);
}

/* A program with a slash in its name is beside the file that names it. */
static const char *find_program(struct loading *l, const struct where *at, const char *name)
{
	if (!strchr(name, '/'))
		return name;
	name = beside(l, name);
	if (!strchr(name, '/')) /* execvp would look for it in PATH */
		name = memory_format(l->memory, "./%s", name);
	if (access(name, X_OK) < 0)
		mistake(l, at, "cannot run '%s'", name);
	return name;
}

static void load_command(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	if (!v)
		mistake(l, at, "is missing");
	if (!v || !is_array(l, at, v))
		return;
	tool->command = MEMORY_ARRAY(l->memory, const char *, json_array_size(v) + 1);
	for (size_t i = 0; i < json_array_size(v); i++) {
		json_t *word = json_array_get(v, i);
		if (!is_plain(l, ITEM(at, i), word))
			continue;
		if (!json_is_string(word) || (i == 0 && !json_string_length(word)))
			mistake(l, ITEM(at, i), "has to be a string");
		else
			tool->command[i] = json_string_value(word);
	}
	if (tool->command[0])
		tool->command[0] = find_program(l, ITEM(at, 0), tool->command[0]);
}

static void load_tool(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	static const char *const keys[] = {
		"command", "description", "timeout_ms", "effect", "arguments", "failure", NULL};
	json_t *arguments = json_object_get(v, "arguments");

	tool->timeout_ms = TIMEOUT_MS;
	if (!is_object(l, at, v, SIZE_MAX))
		return;
	read_keys(l, at, v, keys, NULL);
	load_command(l, MEMBER(at, "command"), json_object_get(v, "command"), tool);
	tool->description = read_string(l, at, v, "description");
	tool->timeout_ms = read_int(l, at, v, "timeout_ms", 100, 600000, TIMEOUT_MS);
	tool->effect = read_bool(l, at, v, "effect", false);
	tool->failure = json_object_get(v, "failure");
	if (arguments)
		load_arguments(l, MEMBER(at, "arguments"), arguments, tool);
}

void load_tools(struct loading *l, const struct where *at, json_t *v)
{
	const char *name;
	json_t *tool;

	if (v && !is_object(l, at, v, SCENARIO_LIST_MAX))
		v = NULL;
	names_init(l, &l->tools, "tool", at, v);
	l->sc->tools = MEMORY_ARRAY(l->memory, struct scenario_tool, json_object_size(v));
	json_object_foreach(v, name, tool) {
		struct scenario_tool *t = &l->sc->tools[l->sc->tools_n++];
		*t = (struct scenario_tool){.name = name};
		load_tool(l, MEMBER(at, name), tool, t);
	}
}
