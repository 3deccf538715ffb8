/* known: the personal data of one call: each value once, with the number of its marker.
 *
 * A key is what a value is when it is written plainly: a name folded ("ruth cohen"), the digits of a telephone with +
 * before a country code, an address in lower case, card and account without blanks. Two keys may be of one value: a part
 * of a name, a telephone number with and without its country code.
 */
#ifndef REDACT_KNOWN_H
#define REDACT_KNOWN_H

#include "find.h"

struct known_value {
	enum pii kind;
	char *key;
	int number; /* of the marker, from 1; 0: none yet */
};

struct known {
	struct known_value *value;
	size_t n, size;       /* how many; room */
	int count[PII_KINDS]; /* markers given */
};

void known_free(struct known *k);
/* Remember a value. -1: no memory. */
int known_add(struct known *k, enum pii kind, const char *key) MUST_USE;
/* The number of the marker of a value, which is new or known. -1: no memory. */
int known_number(struct known *k, enum pii kind, const char *key) MUST_USE;
/* Are they of one value? */
bool known_same(enum pii kind, const char *a, const char *b);

#endif
