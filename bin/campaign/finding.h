/* finding: what a check has found: what is there, what is missing, and what to do about it; in words or as JSON.
 */
#ifndef CAMPAIGN_FINDING_H
#define CAMPAIGN_FINDING_H

#include <jansson.h>

#include "base/util.h"

enum finding_state {
	FINDING_OK,
	FINDING_WARNING, /* it goes, but */
	FINDING_UNKNOWN, /* it could not be found out */
	FINDING_MISSING, /* it does not go like this */
};

struct findings {
	json_t *list; /* of {check, state, text, do}; NULL: none yet */
	int of[FINDING_MISSING + 1];
	bool failed; /* there was no memory for one */
};

/* check: one word; todo: what to do, a sentence without its end; NULL: nothing. */
void finding_add(struct findings *f, enum finding_state state, const char *check, const char *todo,
	const char *fmt, ...) PRINTF_LIKE(5, 6);
/* All of them to stdout: a line for each, and one for what to do. -1: it could not be written. */
int findings_write_text(const struct findings *f) MUST_USE;
/* {"ready": .., "findings": [..]}. */
int findings_write_json(const struct findings *f) MUST_USE;
void findings_free(struct findings *f);

#endif
