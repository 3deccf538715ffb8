/* import: what `campaign import` does in the database, in its transaction.
 */
#ifndef CAMPAIGN_IMPORT_H
#define CAMPAIGN_IMPORT_H

#include "db/db.h"
#include "row.h"

struct import_counts {
	bool known;                      /* the file was imported before: nothing is done */
	int64_t rows;                    /* of the file, blank ones left out */
	int64_t good, bad;               /* of them */
	int64_t new, updated, unchanged; /* contacts; updated and unchanged only with --update */
	int64_t dup;                    /* rows with a number that another one, or a contact, has */
	int64_t dnc;                    /* of new and updated: numbers that are not to be called */
	int64_t contacts, contacts_new; /* in all; of status New */
};

/* Time zones, if they are wanted, and people who were erased: what rows are held against. Takes the lock that keeps an
 * erasure apart. -1: it has been said; *ret_code. */
int import_lists(
	struct db *db, bool zones, struct row_lists *ret, enum exit_code *ret_code) MUST_USE;
void import_lists_free(struct row_lists *l);
/* Contacts of the rows in pg_temp.row, which is of that import; n->rows, good and bad are known. update: contacts that are
 * there are changed; zones: also their time zone, as the file names it. */
int import_merge(
	struct db *db, const char *id, bool update, bool zones, struct import_counts *n) MUST_USE;

/* Commands of their own. */
enum exit_code import_undo(int64_t id) MUST_USE;
/* The lines that were not taken; id 0: all imports. */
enum exit_code import_show(int64_t id) MUST_USE;

#endif
