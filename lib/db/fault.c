/* What an error of PostgreSQL means, whoever has it. */
#include <stdio.h>
#include <string.h>

#include "db/db.h"

void db_first_line(const char *text, char *ret, size_t size)
{
	static const char *const prefixes[] = {"ERROR:", "FATAL:", "PANIC:"};
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (strncmp(text, prefixes[i], strlen(prefixes[i])) == 0)
			text += strlen(prefixes[i]) + strspn(text + strlen(prefixes[i]), " ");
	n = strcspn(text, "\n");
	snprintf(ret, size, "%.*s", (int)(n < size ? n : size - 1), text);
}

enum db_fault db_fault_of(const char *state)
{
	static const struct {
		const char *state; /* SQLSTATE, or its class */
		enum db_fault fault;
	} kinds[] = {
		{"08", DB_GONE},
		{"57P", DB_GONE},
		{"53300", DB_GONE},
		{"55P03", DB_CONFLICT},
		{"40", DB_CONFLICT},
		{"28", DB_DENIED},
		{"3D", DB_DENIED},
		{"42501", DB_DENIED},
		{"25006", DB_DENIED},
		{"42P01", DB_VERSION},
		{"42703", DB_VERSION},
		{"3F", DB_VERSION},
		{"22", DB_DATA},
		{"23", DB_DATA},
		{"53", DB_FULL},
		{"54", DB_DATA},
		{"58", DB_FULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strncmp(state, kinds[i].state, strlen(kinds[i].state)) == 0)
			return kinds[i].fault;
	return DB_FAILED;
}

enum exit_code db_exit(enum db_fault fault)
{
	switch (fault) {
	case DB_FINE:
		return EXIT_OK;
	case DB_GONE:
	case DB_CONFLICT:
		return EXIT_TRY_AGAIN;
	case DB_DENIED:
	case DB_VERSION:
		return EXIT_CONFIG;
	case DB_DATA:
		return EXIT_DATA;
	case DB_FULL:
		return EXIT_IO;
	default:
		return EXIT_BUG;
	}
}
