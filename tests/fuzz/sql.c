/* sql: any text as a file of statements. Exercises sql_parse: there are statements, each with names that differ, or a
 * reason in one line.
 */
#include "db/sql.h"

#include "base/dynbuf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sql_statement *st)
{
	MUST(st->text && *st->text && st->names <= SQL_PARAMETERS_MAX);
	for (size_t i = 0; i < st->names; i++) {
		const char *name = st->name[i];
		MUST(*name && strlen(name) < SQL_NAME_MAX && !strpbrk(name, " '\":;$"));
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(st->name[k], name) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[SQL_WHY_MAX], *text = strndup((const char *)data, size);
	struct sql_script *s = NULL;

	MUST(text);
	if (size <= SQL_TEXT_MAX && sql_parse(text, &s, why) == 0) {
		MUST(s->n >= 1 && s->n <= SQL_STATEMENTS_MAX);
		for (size_t i = 0; i < s->n; i++)
			check(&s->statement[i]);
	} else if (size <= SQL_TEXT_MAX) {
		MUST(strncmp(why, "line ", 5) == 0 && !strpbrk(why, "\r\n"));
	}
	sql_free(s);
	free(text);
	return 0;
}
