/* ledger: which utterances are open: asked for, and not yet closed by a `played`.
 *
 * Kept from the journal as it goes by, so that, should as-speak die, each can be closed as failed.
 */
#ifndef AS_ANSWER_LEDGER_H
#define AS_ANSWER_LEDGER_H

#include "codec/jline.h"

#define LEDGER_ID_MAX 65     /* bytes, with the NUL */
#define LEDGER_OPEN_MAX 4096 /* open utterances; as-speak has room for fewer */

struct ledger_entry {
	char id[LEDGER_ID_MAX];
	int64_t heard_ms; /* audio of it that is known to have been on the line */
};

struct ledger {
	struct ledger_entry *open; /* oldest first */
	size_t n, size;            /* used and allocated */
};

void ledger_free(struct ledger *l);
/* A journal record went by: synthesize and playing open an utterance, played closes it. -1: no
 * room for one more. */
int ledger_record(struct ledger *l, const char *type, struct jspan data) MUST_USE;
/* So much of an open utterance has been heard. */
void ledger_heard(struct ledger *l, const char *id, int64_t heard_ms);
/* Take the oldest open utterance out; false if there is none. */
bool ledger_take(struct ledger *l, struct ledger_entry *ret);

#endif
