/* merge: rows of calls into the tables, whole or not at all.
 *
 * A call that is there already is replaced if what comes knows more of it: a longer journal, or other files beside it.
 * What was erased, or is past its time, is not put back.
 */
#ifndef CALLLOG_MERGE_H
#define CALLLOG_MERGE_H

#include "db/db.h"
#include "rows.h"

/* One call of those that are loaded together. */
struct merged {
	struct rows rows;
	bool loaded; /* it is in the tables as it is in rows; false: it was, or is not to be */
};

/* Once for a connection. */
int merge_begin(struct db *db) MUST_USE;
/* In one transaction. The calls have different ids. */
int merge(struct db *db, struct merged *calls[], size_t n) MUST_USE;
/* Which of these calls are in the tables as they are now: ids and sources, n of each. */
int merge_known(struct db *db, const char *const ids[], const char *const sources[],
	bool ret_known[], size_t n) MUST_USE;

#endif
