/* calllog: its commands, and what the command line says to all of them.
 */
#ifndef CALLLOG_CALLLOG_H
#define CALLLOG_CALLLOG_H

#include "db/db.h"

struct settings {
	int64_t wait_s;    /* so long a database that is gone is waited for */
	const char *spool; /* where calls are kept */
	const char
		*key_file; /* secret that numbers are hashed with; NULL: phones.key of the spool */
	const char
		*country; /* calling code of numbers that begin with one 0; NULL: there are none */
};
extern struct settings set;

/* Connect to a database that has the tables of this program. -1: it has been said; *ret_code is the exit code. */
int open_database(struct db *db, enum exit_code *ret_code) MUST_USE;
/* "cannot WHAT: why", and the exit code that it is worth. */
enum exit_code say_database(const struct db *db, const char *what);

/* Each gets its operands, NULL at the end, and returns an exit code. */
int command_init(char *const operands[]) MUST_USE;
int command_load(char *const operands[]) MUST_USE;

#endif
