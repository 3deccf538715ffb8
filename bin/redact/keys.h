/* keys: numbers that a caller keys in: a journal has each key in a record of its own.
 *
 * Keys with at most KEYS_GAP_MS between two are one number. It is looked at as if it had been said.
 */
#ifndef REDACT_KEYS_H
#define REDACT_KEYS_H

#include "codec/jline.h"
#include "redactor.h"

#define KEYS_GAP_MS 6000
#define KEYS_MAX 64  /* of one number */
#define KEYS_LEAST 6 /* fewer are a choice, a customer number or the time */

/* A key that has to be masked. */
struct keys_masked {
	size_t line;            /* of the journal, from 1 */
	enum pii kind;          /* what it is part of */
	char key[KEYS_MAX + 1]; /* the whole of it */
};

struct keys {
	struct keys_masked *masked; /* in the order of the lines */
	size_t n, size;             /* how many; room */
	size_t line[KEYS_MAX];      /* of the number that is being keyed */
	char digit[KEYS_MAX + 1];
	size_t digits;
	int64_t last_ms; /* call time of its last key */
};

void keys_free(struct keys *k);
/* A checked record of the journal; what was asked before is in r. */
void keys_record(struct keys *k, struct redactor *r, struct jspan record, size_t line);
/* There are no more. */
void keys_end(struct keys *k, struct redactor *r);
/* What the key of that line is part of; NULL: nothing personal. */
const struct keys_masked *keys_find(const struct keys *k, size_t line);

#endif
