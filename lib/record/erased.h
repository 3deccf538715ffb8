/* erased: people who were taken out of the tables, and whom nobody brings back: known by the hash of their number alone.
 */
#ifndef CALLPIPE_RECORD_ERASED_H
#define CALLPIPE_RECORD_ERASED_H

#include "db/db.h"

/* Can they be told? -1: db's fault, which is DB_DENIED if there are any and the key is not there, see phone_key(). */
int erased_key(struct db *db) MUST_USE;
/* Is it the number, in E.164, of one of them? -1: the same. Whoever makes a contact of it then holds TABLES_PEOPLE_LOCK,
 * shared, from before this to the end of the transaction. */
int erased_check(struct db *db, const char *number, bool *ret) MUST_USE;

#endif
