/* audit: who removed what, a row for each run: begun before anything is removed, finished at the end.
 */
#ifndef CALLLOG_AUDIT_H
#define CALLLOG_AUDIT_H

#include "db/db.h"
#include "wipe.h"

struct audit {
	char id[24]; /* of the row */
};

/* class and cutoff of retain, hash (32 bytes as \x..) of erase; NULL: none. */
int audit_begin(struct db *db, struct audit *ret, const char *action, const char *class,
	const char *cutoff, const char *hash) MUST_USE;
int audit_end(
	struct db *db, const struct audit *a, const struct wiped *files, int64_t rows) MUST_USE;

/* Take the words of calls away: the condition is on call c, with its parameters. Adds the rows. */
int audit_words(struct db *db, const char *where, const char *const params[], int n,
	int64_t *rows) MUST_USE;

#endif
