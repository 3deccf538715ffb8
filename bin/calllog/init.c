#include <stdio.h>

#include "base/log.h"
#include "base/opt.h"
#include "calllog.h"
#include "db/schema.h"

int command_init(char *const operands[])
{
	int status = opt_no_operands(operands), before;
	struct db db;

	if (status != -1)
		return status;
	if (db_open(&db) == -1 || schema_update(&db, &before) == -1)
		status = (int)say_database(&db, "make the tables");
	else if (before == schema_known())
		status = printf("the tables are of version %d already\n", before) < 0 ? EXIT_IO : 0;
	else
		status = printf("tables of version %d\n", schema_known()) < 0 ? EXIT_IO : 0;
	db_close(&db);
	return status;
}
