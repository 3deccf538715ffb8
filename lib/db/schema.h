/* schema: the tables, as numbered steps: lib/db/NNN-NAME.sql, in the table of schema.c.
 *
 * A step that was released is never changed: another one is added behind it. The table schema_version has a row for
 * each that was taken.
 */
#ifndef CALLPIPE_DB_SCHEMA_H
#define CALLPIPE_DB_SCHEMA_H

#include "db/db.h"

/* The last step this program knows. */
int schema_known(void);
/* Take all steps that were not taken, or none; any number of programs may do so at once. A database that has taken
 * more than we know is refused: DB_VERSION. */
int schema_update(struct db *db, int *ret_before) MUST_USE;
/* Are the tables there, and those we know? -1: DB_VERSION, or the connection's own fault. */
int schema_check(struct db *db) MUST_USE;

#endif
