#include "record/erased.h"

#include <stdio.h>

#include "record/phone-key.h"

int erased_key(struct db *db)
{
	int64_t rows;

	if (phone_has_key())
		return 0;
	rows = db_count(db, "SELECT FROM erasure LIMIT 1", NULL, 0);
	if (rows > 0) {
		db->fault = DB_DENIED;
		snprintf(db->why, sizeof(db->why),
			"people were erased, and the key that tells whom is not here: see --phone-key-file");
	}
	return rows == 0 ? 0 : -1;
}

int erased_check(struct db *db, const char *number, bool *ret)
{
	uint8_t hash[SHA256_BYTES];
	char hex[PHONE_HEX];
	int64_t rows;

	*ret = false;
	if (erased_key(db) == -1)
		return -1;
	if (!phone_hash(number, NULL, hash)) /* without a key nobody was erased */
		return 0;
	rows = db_count(db, "SELECT FROM erasure WHERE phone_hash = $1::bytea",
		(const char *const[]){phone_hex(hash, hex)}, 1);
	*ret = rows > 0;
	return rows == -1 ? -1 : 0;
}
