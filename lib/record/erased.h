/* erased: people who were taken out of the tables, and whom nobody brings back: known by the hash of their number alone.
 */
#ifndef CALLPIPE_RECORD_ERASED_H
#define CALLPIPE_RECORD_ERASED_H

#include "db/db.h"

/* Can they be told? Not if there are any and the key is not there, see phone_key(). -1: it has been said; *ret_code. */
int erased_ready(struct db *db, enum exit_code *ret_code) MUST_USE;
/* Is it the number, in E.164, of one of them? -1: it has been said; *ret_code. Whoever makes a contact of it then holds
 * TABLES_PEOPLE_LOCK, shared, from before this to the end of the transaction. */
int erased_check(struct db *db, const char *number, bool *ret, enum exit_code *ret_code) MUST_USE;

#endif
