/* phone-key: telephone numbers as names of people: compared by their digits, and hashed with a key.
 *
 * "+33 6 12 34 56 78", "0033612345678" and "33612345678" are one; with the country code set, so is "0612345678". The
 * hash says nothing of the number to whom has not the key, and is the same on every host that has it.
 */
#ifndef CALLPIPE_RECORD_PHONE_KEY_H
#define CALLPIPE_RECORD_PHONE_KEY_H

#include "base/hmac.h"

#define PHONE_DIGITS_MAX 31
#define PHONE_HEX (2 * SHA256_BYTES + 3) /* bytes of a hash as text, with its NUL */

/* The digits of a number, NUL-terminated; false: it is none (withheld, shorter than 3 digits). country: the calling code
 * of numbers that begin with one 0; NULL or "": there are none. */
bool phone_digits(const char *number, const char *country, char ret[PHONE_DIGITS_MAX + 1]);
/* The same of a column, in SQL; country: the parameter that has the country code, "" or NULL if there is none. */
#define PHONE_DIGITS_OF(column, country) \
	"(SELECT CASE WHEN d LIKE '00%' THEN substr(d, 3) WHEN " country \
	"::text <> '' AND d LIKE '0%' AND " column " NOT LIKE '%+%' THEN " country \
	"::text || substr(d, 2) ELSE d END FROM regexp_replace(" column \
	", '[^0-9]', '', 'g') AS d)"

/* Read the key of that file; NULL: phones.key of the spool, which is made, if it is not there and make is set. A key that
 * was not named and is not there is none. -1: it has been said. */
int phone_key(const char *file, const char *spool, bool make) MUST_USE;
/* Is there a key? */
bool phone_has_key(void);
/* The hash of a number; false: it is none, or there is no key. */
bool phone_hash(const char *number, const char *country, uint8_t ret[SHA256_BYTES]);
/* The hash as the database writes it, \x0a1b...; returns buf. */
const char *phone_hex(const uint8_t hash[SHA256_BYTES], char buf[PHONE_HEX]);

#endif
