#include "record/erased.h"

#include "base/log.h"
#include "record/phone-key.h"
#include "record/tables.h"

/* How many rows there are; -1: it has been said. */
static int64_t count(
	struct db *db, const char *sql, const char *const params[], int n, enum exit_code *ret_code)
{
	int64_t rows = db_count(db, sql, params, n);

	if (rows == -1)
		*ret_code = tables_say(db, "look for who was erased");
	return rows;
}

int erased_ready(struct db *db, enum exit_code *ret_code)
{
	int64_t rows = count(db, "SELECT FROM erasure LIMIT 1", NULL, 0, ret_code);

	if (rows <= 0 || phone_has_key())
		return rows == -1 ? -1 : 0;
	log_error(
		"people were erased, and the key that tells whom is not here: see --phone-key-file");
	*ret_code = EXIT_CONFIG;
	return -1;
}

int erased_check(struct db *db, const char *number, bool *ret, enum exit_code *ret_code)
{
	uint8_t hash[SHA256_BYTES];
	char hex[PHONE_HEX];
	int64_t rows;

	*ret = false;
	if (erased_ready(db, ret_code) == -1)
		return -1;
	if (!phone_hash(number, NULL, hash)) /* without a key nobody was erased */
		return 0;
	rows = count(db, "SELECT FROM erasure WHERE phone_hash = $1::bytea",
		(const char *const[]){phone_hex(hash, hex)}, 1, ret_code);
	*ret = rows > 0;
	return rows == -1 ? -1 : 0;
}
