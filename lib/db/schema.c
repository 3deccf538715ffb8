#include "db/schema.h"

#include <stdio.h>
#include <stdlib.h>

#define LOCK \
	"41218790331" /* any number that nobody else takes: of the advisory lock of an update */

/* The file as a string. */
#define INCLUDED(name, file) \
	".pushsection .rodata\n" name ":\n.incbin \"" file "\"\n.byte 0\n.popsection\n"

extern const char schema_001[];
__asm__(INCLUDED("schema_001", "lib/db/001-calls.sql"));
extern const char schema_002[];
__asm__(INCLUDED("schema_002", "lib/db/002-campaign.sql"));

static const struct {
	const char *name; /* for people */
	const char *sql;
} steps[] = {
	{"calls", schema_001},
	{"campaigns", schema_002},
};

int schema_known(void)
{
	return (int)ARRAY_LEN(steps);
}

/* 0: there are no tables. */
static int version(struct db *db, int *ret)
{
	PGresult *result;

	if (db_query(db, "SELECT coalesce(max(version), 0) FROM schema_version", NULL, 0,
		    &result) == -1)
		return -1;
	*ret = atoi(PQgetvalue(result, 0, 0));
	PQclear(result);
	return 0;
}

static int other_version(struct db *db, int is)
{
	db->fault = DB_VERSION;
	if (is > schema_known())
		snprintf(db->why, sizeof(db->why),
			"its tables are of version %d, and this program knows %d: it is too old",
			is, schema_known());
	else if (is > 0)
		snprintf(db->why, sizeof(db->why),
			"its tables are of version %d, and %d is wanted: run 'calllog init'", is,
			schema_known());
	else
		snprintf(db->why, sizeof(db->why), "it has no tables: run 'calllog init'");
	return -1;
}

static int take(struct db *db, int step)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", step + 1);
	if (db_run(db, steps[step].sql) == -1)
		return -1;
	return db_query(db, "INSERT INTO schema_version (version, name) VALUES ($1, $2)",
		(const char *const[]){number, steps[step].name}, 2, NULL);
}

static int take_all(struct db *db, int *ret_before)
{
	if (db_run(db, "SELECT pg_advisory_xact_lock(" LOCK ")") == -1 ||
		db_run(db,
			"CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY,"
			" name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())") ==
			-1 ||
		version(db, ret_before) == -1)
		return -1;
	if (*ret_before > schema_known())
		return other_version(db, *ret_before);
	for (int step = *ret_before; step < schema_known(); step++)
		if (take(db, step) == -1)
			return -1;
	return db_run(db, "COMMIT");
}

int schema_update(struct db *db, int *ret_before)
{
	struct db fault;

	if (db_run(db, "BEGIN") == -1)
		return -1;
	if (take_all(db, ret_before) == 0)
		return 0;
	fault = *db;
	(void)!db_run(db, "ROLLBACK");
	*db = fault;
	return -1;
}

int schema_check(struct db *db)
{
	int is;

	if (version(db, &is) == -1)
		return db->fault == DB_VERSION ? other_version(db, 0) : -1;
	return is == schema_known() ? 0 : other_version(db, is);
}
