#include "record/tables.h"

#include <stdio.h>

#include "base/log.h"
#include "base/opt.h"
#include "db/schema.h"

enum exit_code tables_say(const struct db *db, const char *what)
{
	log_error("cannot %s: %s", what, db->why);
	return db_exit(db->fault);
}

int tables_open(struct db *db, enum exit_code *ret_code)
{
	if (db_open(db) == 0 && schema_check(db) == 0)
		return 0;
	*ret_code = tables_say(db, "use the database");
	db_close(db);
	return -1;
}

int tables_init(char *const operands[])
{
	int status = opt_no_operands(operands), before;
	struct db db;

	if (status != -1)
		return status;
	if (db_open(&db) == -1 || schema_update(&db, &before) == -1)
		status = (int)tables_say(&db, "make the tables");
	else if (before == schema_known())
		status = printf("the tables are of version %d already\n", before) < 0 ? EXIT_IO : 0;
	else
		status = printf("tables of version %d\n", schema_known()) < 0 ? EXIT_IO : 0;
	db_close(&db);
	return status;
}
