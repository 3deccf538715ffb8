/* Tools: programs, requests and statements that answer with JSON, and what they may be asked. */
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "scenario/load.h"
#include "scenario/tool.h"

#define TIMEOUT_MS 5000 /* if it says nothing else */

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

static const char **load_command(struct loading *l, const struct where *at, json_t *v)
{
	const char **command;

	if (!is_array(l, at, v))
		return NULL;
	command = MEMORY_ARRAY(l->memory, const char *, json_array_size(v) + 1);
	for (size_t i = 0; i < json_array_size(v); i++) {
		json_t *word = json_array_get(v, i);
		if (!is_plain(l, ITEM(at, i), word))
			continue;
		if (!json_is_string(word) || (i == 0 && !json_string_length(word)))
			mistake(l, ITEM(at, i), "has to be a string");
		else
			command[i] = json_string_value(word);
	}
	if (command[0])
		command[0] = find_program(l, ITEM(at, 0), command[0]);
	return command;
}

const char *read_secret(struct loading *l, const struct where *at, json_t *object, const char *key)
{
	const char *name = read_string(l, at, object, key);

	if (!json_object_get(object, key))
		mistake(l, at, "'%s' is missing", key);
	if (!name)
		return NULL;
	if (!secret_name_valid(name)) {
		mistake(l, MEMBER(at, key),
			"has to be the name of a secret, such as SHOP_KEY, and not the secret");
		return NULL;
	}
	return name;
}

/* What is declared and used nowhere is probably a slip, or forgotten. */
static void check_used(struct loading *l, const struct where *at, const struct scenario_tool *tool,
	const bool *used)
{
	at = MEMBER(MEMBER(at, "arguments"), "properties");
	for (size_t i = 0; i < tool->arguments_n; i++)
		if (!used[i])
			mistake(l, MEMBER(at, tool->arguments[i].name),
				"is used nowhere in the tool");
}

static void load_kind(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	json_t *command = json_object_get(v, "command"), *http = json_object_get(v, "http"),
	       *sql = json_object_get(v, "sql");
	bool *used = MEMORY_ARRAY(l->memory, bool, tool->arguments_n + 1);

	if ((command != NULL) + (http != NULL) + (sql != NULL) != 1)
		mistake(l, at, "has to have one of 'command', 'http' and 'sql'");
	if (command)
		tool->command = load_command(l, MEMBER(at, "command"), command);
	if (http)
		tool->http = load_http(l, MEMBER(at, "http"), http, tool, used);
	if (sql)
		tool->sql = load_sql(l, MEMBER(at, "sql"), sql, tool, used);
	if ((tool->http && *tool->http->url) || (tool->sql && tool->sql->script))
		check_used(l, at, tool, used);
}

static void undo_json(void *p)
{
	json_decref(p);
}

/* The schema without them. */
static json_t *schema_for_others(struct loading *l, const struct scenario_tool *tool)
{
	json_t *schema = json_deep_copy(tool->schema), *required, *name;
	size_t i;

	if (!schema)
		memory_none(l->memory);
	memory_defer(l->memory, undo_json, schema);
	required = json_object_get(schema, "required");
	for (size_t k = 0; k < tool->given.n; k++) {
		json_object_del(json_object_get(schema, "properties"), tool->given.member[k].name);
		json_array_foreach(required, i, name) {
			if (strcmp(json_string_value(name), tool->given.member[k].name) != 0)
				continue;
			json_array_remove(required, i);
			break;
		}
	}
	return schema;
}

/* Arguments that the tool gives itself. */
static void read_given(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	char why[200];

	tool->given = read_members(l, at, v, "given");
	at = MEMBER(at, "given");
	for (size_t i = 0; i < tool->given.n; i++) {
		const struct scenario_member *m = &tool->given.member[i];
		const struct scenario_argument *a = find_argument(
			l, MEMBER(at, m->name), tool, m->name);
		if (a && m->value.constant &&
			scenario_argument_check(a, m->value.constant, NULL, why, sizeof(why)) < 0)
			mistake(l, MEMBER(at, m->name), "%s", why);
	}
	if (tool->given.n && tool->schema && !l->m->n)
		tool->schema = schema_for_others(l, tool);
}

static void load_tool(
	struct loading *l, const struct where *at, json_t *v, struct scenario_tool *tool)
{
	static const char *const keys[] = {"command", "http", "sql", "description", "timeout_ms",
		"effect", "arguments", "given", "failure", "limits", NULL};
	static const char *const limits[] = {"turn", "call", NULL};
	json_t *arguments = json_object_get(v, "arguments"), *limit = json_object_get(v, "limits");

	tool->timeout_ms = TIMEOUT_MS;
	if (!is_object(l, at, v, SIZE_MAX))
		return;
	read_keys(l, at, v, keys, NULL);
	tool->description = read_string(l, at, v, "description");
	tool->timeout_ms = read_int(l, at, v, "timeout_ms", 100, 600000, TIMEOUT_MS);
	tool->effect = read_bool(l, at, v, "effect", false);
	tool->failure = json_object_get(v, "failure");
	if (limit && is_object(l, MEMBER(at, "limits"), limit, SIZE_MAX)) {
		read_keys(l, MEMBER(at, "limits"), limit, limits, NULL);
		tool->turn_max = read_int(l, MEMBER(at, "limits"), limit, "turn", 1, 1000, 0);
		tool->call_max = read_int(l, MEMBER(at, "limits"), limit, "call", 1, 1000, 0);
	}
	if (arguments)
		load_arguments(l, MEMBER(at, "arguments"), arguments, tool);
	read_given(l, at, v, tool);
	load_kind(l, at, v, tool);
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
		struct scenario_tool *t = &l->sc->tools[l->sc->tools_n];
		*t = (struct scenario_tool){.name = name, .index = l->sc->tools_n++};
		load_tool(l, MEMBER(at, name), tool, t);
	}
}

const char *scenario_tool_limit(const struct scenario_tool *tool, int in_turn, int in_call)
{
	if (tool->turn_max && in_turn >= tool->turn_max)
		return "it has been called too often in this turn";
	if (tool->call_max && in_call >= tool->call_max)
		return "it has been called too often in this call";
	return NULL;
}
