/* table: what a query finds, for people or programs: a table, a JSON object a line, or CSV.
 *
 * On a terminal it is a table, otherwise JSON, unless the command line says which. CSV is that of RFC 4180, and what a
 * spreadsheet would take for a formula stands behind an apostrophe. In a table, what is no character for a terminal is
 * shown as a question mark.
 */
#ifndef CALLPIPE_DB_TABLE_H
#define CALLPIPE_DB_TABLE_H

#include <stdio.h>

#include "db/db.h"

enum table_form { TABLE_TEXT, TABLE_JSON, TABLE_CSV };

/* As the options --json and --csv say, or else what stdout is. */
enum table_form table_form(bool json, bool csv);
/* Write what the query finds; upright: as a table, a line a column, of one row. */
int table_write(struct db *db, const char *sql, const char *const params[], int n,
	enum table_form form, bool upright, FILE *out) MUST_USE;

/* Write what was found already. -1: it cannot be written. */
int table_put(const PGresult *result, enum table_form form, bool upright, FILE *out) MUST_USE;

/* A text on a terminal. */
void table_plain(FILE *out, const char *s);

#endif
