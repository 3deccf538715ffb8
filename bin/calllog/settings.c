/* What every command has: the options, and the database. */
#include "base/log.h"
#include "calllog.h"
#include "db/schema.h"

struct settings set = {.wait_s = 300,
	.spool = "/var/spool/callpipe",
	.raw = "7d",
	.recordings = "30d",
	.transcripts = "30d",
	.words = "90d",
	.numbers = "365d"};

enum exit_code say_database(const struct db *db, const char *what)
{
	log_error("cannot %s: %s", what, db->why);
	return db_exit(db->fault);
}

int open_database(struct db *db, enum exit_code *ret_code)
{
	if (db_open(db) == 0 && schema_check(db) == 0)
		return 0;
	*ret_code = say_database(db, "use the database");
	db_close(db);
	return -1;
}
