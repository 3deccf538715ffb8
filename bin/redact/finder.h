/* finder: what the detectors share: one text, seen in one language.
 */
#ifndef REDACT_FINDER_H
#define REDACT_FINDER_H

#include "find.h"
#include "piece.h"
#include "text/number.h"
#include "tongue.h"

/* A number of the text. */
struct element {
	size_t at, n;             /* bytes */
	size_t from, to;          /* pieces it is in */
	char digits[NUMBER_SIZE]; /* at least one */
	bool written;             /* in digits */
	bool single;              /* one word for one digit, or for one several times */
	bool joined;  /* with the one before, by rules of number.h and signs that may be between */
	bool amount;  /* a price, a date, a time, a part of a code: never of anything personal */
	bool article; /* it may be no number: a, one */
	bool homophone; /* it only sounds like one: to, for */
};

struct finder {
	const struct find_context *context;
	const struct tongue *tongues; /* all */
	const struct tongue *tongue;  /* the one it is seen in */
	struct pieces s;
	struct element *element; /* in the language of tongue */
	size_t elements, elements_size;
	struct finds *ret;
	bool failed; /* no memory */
};

/* Is a phrase of the list at piece i: its pieces. */
static inline size_t at_phrase(const struct finder *f, enum tongue_list list, size_t i)
{
	return phrases_at(f->tongue->list[list], &f->s, i);
}

/* The same in any language of the same script: for words that end something, where nobody knows which it is. */
static inline size_t at_any(const struct finder *f, enum tongue_list list, size_t i)
{
	size_t longest = 0;

	for (size_t t = 0; t < TONGUES; t++)
		if (f->tongues[t].table->script == f->tongue->table->script) {
			size_t n = phrases_at(f->tongues[t].list[list], &f->s, i);
			longest = n > longest ? n : longest;
		}
	return longest;
}

/* A span of the pieces [from, to), or of bytes. */
void finder_add(struct finder *f, enum pii kind, size_t from, size_t to, const char *key);
void finder_add_bytes(struct finder *f, enum pii kind, size_t at, size_t n, const char *key);
/* The same with the words of the pieces as its key. */
void finder_add_words(struct finder *f, enum pii kind, size_t from, size_t to);

/* How many pieces before `from` a phrase of the list ends, up to `most`, in the same sentence; SIZE_MAX: none. */
size_t finder_back(const struct finder *f, enum tongue_list list, size_t from, size_t most);
/* Does a sentence end before piece i? */
bool finder_starts(const struct finder *f, size_t i);
/* The number that begins at piece i, or ends before it; NULL: none. */
const struct element *finder_element(const struct finder *f, size_t i);
const struct element *finder_element_before(const struct finder *f, size_t i);

/* Fill in the numbers. */
void digits_read(struct finder *f);

/* The detectors. */
void digits_find(struct finder *f);
void iban_find(struct finder *f);
void email_find(struct finder *f);
void person_find(struct finder *f);
void place_find(struct finder *f);
void familiar_find(struct finder *f); /* what is known already */

#endif
