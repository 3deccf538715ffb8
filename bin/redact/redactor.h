/* redactor: the personal data of one call, found and masked, text after text.
 *
 * A call is gone through twice: first to learn, so that a name that a tool returned late is masked from the first word
 * on, then to mask. What a question asked for goes from a text of the bot to those of the caller behind it.
 */
#ifndef REDACT_REDACTOR_H
#define REDACT_REDACTOR_H

#include "find.h"
#include "known.h"
#include "tongue.h"

struct keys_masked;

#define REDACTOR_TEXT_MAX (1 << 20) /* bytes of one text: a line, or a string of JSON */

enum said_by { SAID_BY_NOBODY, SAID_BY_BOT, SAID_BY_CALLER };

struct redactor {
	struct tongue tongues[TONGUES];
	struct phrases *name_states; /* states in which the caller says a name */
	bool partial;                /* masks that leave a part; else markers */
	int customer_least, customer_most;

	struct known known; /* of this call */
	struct finds finds; /* of the last text */
	bool learning;      /* the first time */
	unsigned asked;     /* bits of enum pii, by the bot since the caller spoke last */
	bool answered;      /* the caller has spoken since */
	const struct keys_masked
		*keyed;  /* the record is a key of this; NULL: of nothing personal */
	bool name_state; /* the dialogue is in one of name_states */
	bool failed;     /* no memory */
	bool too_long;   /* a text of more than REDACTOR_TEXT_MAX was not looked at */
};

/* states: NULL at the end. -1: no memory. */
int redactor_open(struct redactor *r, const char *const *states) MUST_USE;
void redactor_close(struct redactor *r);

/* Forget the call before. */
void redactor_reset(struct redactor *r);
/* Begin to go through it: to learn, or to mask. */
void redactor_begin(struct redactor *r, bool learning);
/* The dialogue has come to a state. */
void redactor_state(struct redactor *r, const char *state, size_t n);

/* Find what is in a text: r->finds; learning, it is remembered. */
void redactor_find(struct redactor *r, enum said_by who, const char *text, size_t n);
/* The same, all of the text being one value of that kind. */
void redactor_whole(struct redactor *r, enum pii kind, const char *text, size_t n);
/* Add what stands for a span of the text that was looked at last. */
void redactor_mask(struct redactor *r, const char *text, const struct span *s, struct dynbuf *to);
/* The text with masks, or nothing while learning. */
void redactor_text(
	struct redactor *r, enum said_by who, const char *text, size_t n, struct dynbuf *to);

#endif
