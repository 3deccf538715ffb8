/* Tools that are statements: what is declared of them. */
#include <stdlib.h>

#include "scenario/load.h"
#include "scenario/tool.h"

#define ROWS 100 /* if it says nothing else */

static void undo_script(void *p)
{
	sql_free(p);
}

/* Every parameter is an argument. */
static void check_parameters(struct loading *l, const struct where *at,
	const struct scenario_tool *tool, const struct sql_script *script, bool *used)
{
	for (size_t i = 0; i < script->n; i++) {
		const struct sql_statement *st = &script->statement[i];
		for (size_t k = 0; k < st->names; k++) {
			const struct scenario_argument *a = find_argument(l, at, tool, st->name[k]);
			if (a)
				used[a - tool->arguments] = true;
		}
	}
}

static struct sql_script *read_script(struct loading *l, const struct where *at, const char *path)
{
	char why[SQL_WHY_MAX], *text = read_text(l, at, path, SQL_TEXT_MAX);
	struct sql_script *script = NULL;

	if (text && sql_parse(text, &script, why) < 0)
		mistake(l, at, "'%s': %s", path, why);
	free(text);
	if (script)
		memory_defer(l->memory, undo_script, script);
	return script;
}

const struct scenario_sql *load_sql(struct loading *l, const struct where *at, json_t *v,
	const struct scenario_tool *tool, bool *used)
{
	static const char *const keys[] = {"file", "dsn", "rows", "one", NULL};
	struct scenario_sql *sql = memory_get(l->memory, sizeof(*sql));
	const char *file;

	if (!is_object(l, at, v, SIZE_MAX))
		return NULL;
	read_keys(l, at, v, keys, NULL);
	file = read_string(l, at, v, "file");
	if (!json_object_get(v, "file"))
		mistake(l, at, "'file' is missing");
	sql->dsn = read_secret(l, at, v, "dsn");
	sql->rows = read_int(l, at, v, "rows", 1, 1000, ROWS);
	sql->one = read_bool(l, at, v, "one", false);
	if (!file || !is_plain(l, MEMBER(at, "file"), json_object_get(v, "file")))
		return sql;
	sql->file = beside(l, file);
	sql->script = read_script(l, MEMBER(at, "file"), sql->file);
	if (sql->script)
		check_parameters(l, MEMBER(at, "file"), tool, sql->script, used);
	return sql;
}
