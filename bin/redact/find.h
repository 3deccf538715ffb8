/* find: where a text has personal data: the kind, the place, and what it is when it is written plainly.
 *
 * Words are taken in the languages of the script they are in, whatever the language of the call: people mix them. What
 * was asked, and what is known of this call already, decides where the text alone does not.
 */
#ifndef REDACT_FIND_H
#define REDACT_FIND_H

#include "base/dynbuf.h"

enum pii {
	PII_NAME,
	PII_PHONE,
	PII_EMAIL,
	PII_CARD,
	PII_IBAN,
	PII_ADDRESS,
	PII_CUSTOMER,
	PII_KINDS
};

#define PII_BIT(kind) (1u << (kind))

struct known;

struct find_context {
	unsigned asked;   /* bits of enum pii: what a question before it was about */
	bool said_by_bot; /* a question is no answer */
	int customer_least,
		customer_most;     /* digits of a customer number; 0: they are no personal data */
	const struct known *known; /* of this call; NULL: nothing */
};

struct span {
	enum pii kind;
	size_t at, n; /* bytes of the text */
	size_t key;   /* offset in finds.keys: what it is, see known.h */
};

struct finds {
	struct span *span;  /* in order of the text, apart from one another */
	size_t n, size;     /* how many; room */
	struct dynbuf keys; /* NUL-terminated, one behind the other */
};

struct tongue;

/* Look for them; ret is reused, all zeros the first time. -1: no memory. */
int find_spans(const struct tongue *tongues, const struct find_context *c, const char *text,
	size_t n, struct finds *ret) MUST_USE;
void finds_free(struct finds *f);

/* What a text asks for: bits of enum pii. Whether it does say anything decides on *ret_any. -1: no memory. */
int find_asked(const struct tongue *tongues, const char *text, size_t n, unsigned *ret) MUST_USE;

/* As it stands in markers: NAME. */
const char *pii_name(enum pii kind);

#endif
