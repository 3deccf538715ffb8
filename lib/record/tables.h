/* tables: the database as the commands of a tool use it: found in order or said what is wrong, and made.
 */
#ifndef CALLPIPE_RECORD_TABLES_H
#define CALLPIPE_RECORD_TABLES_H

#include "db/db.h"

/* The advisory lock of who brings people into the tables, shared, and of who takes one out of them. */
#define TABLES_PEOPLE_LOCK "41218790331"
/* That of who puts people into queues or changes them by a file, and of who loads what was said in calls, shared: each locks
 * many contacts, in an order of its own. */
#define TABLES_QUEUE_LOCK "41218790333"

/* Connect to a database that has the tables of this program. -1: it has been said; *ret_code is the exit code. */
int tables_open(struct db *db, enum exit_code *ret_code) MUST_USE;
/* "cannot WHAT: why", and the exit code that it is worth. */
enum exit_code tables_say(const struct db *db, const char *what);
/* All of a command `init`: make the tables, or bring them up to date; says on stdout which they are. */
int tables_init(char *const operands[]) MUST_USE;

#endif
