/* piece: a text in words, rows of digits and signs, and phrases found among them.
 *
 * A word is letters, folded (text/fold.h); an apostrophe parts words, as there. Phrases of a table stand as people
 * write them; a word of a phrase with a `*` at its end has any ending.
 */
#ifndef REDACT_PIECE_H
#define REDACT_PIECE_H

#include "base/dynbuf.h"

enum piece_kind { PIECE_WORD, PIECE_DIGITS, PIECE_SIGN };

struct piece {
	enum piece_kind kind;
	uint32_t sign;  /* of a sign: its character */
	size_t at, n;   /* bytes of the text */
	size_t folded;  /* of a word or of digits: offset of its folded form in pieces.folded */
	size_t letters; /* of a word */
	bool glued;     /* no blank before it */
	bool capital;   /* a word that begins with a capital */
	bool capitals;  /* a word of capitals only */
};

struct pieces {
	const char *text;     /* the caller's */
	size_t text_n;        /* its bytes */
	struct piece *p;      /* in order of the text */
	size_t n, size;       /* how many; room */
	struct dynbuf folded; /* NUL-terminated, one behind the other */
	bool capitals;        /* the text has words in both cases: names begin with a capital */
};

/* Split a text, which has to stay. -1: no memory. */
int pieces_split(const char *text, size_t n, struct pieces *ret) MUST_USE;
void pieces_free(struct pieces *s);

/* The folded form of piece i; "" of a sign, and behind the last one. */
const char *pieces_word(const struct pieces *s, size_t i);
bool pieces_is_sign(const struct pieces *s, size_t i, const char *signs);
bool pieces_is_word(const struct pieces *s, size_t i);
/* A single letter: of a word that is spelled. */
bool pieces_is_letter(const struct pieces *s, size_t i);

/* Phrases of a table, folded once. */
struct phrases;

/* list: NULL at the end. NULL: no memory. */
struct phrases *phrases_make(const char *const *list);
void phrases_free(struct phrases *l);
/* The longest phrase that begins at piece i: its pieces; 0: none. */
size_t phrases_at(const struct phrases *l, const struct pieces *s, size_t i);
/* The same, ending before piece i. */
size_t phrases_before(const struct phrases *l, const struct pieces *s, size_t i);
/* The same for one phrase that is folded already, a blank between its words. */
size_t phrases_match(const char *folded, const struct pieces *s, size_t i);
/* Is one anywhere in the pieces [from, to)? */
bool phrases_in(const struct phrases *l, const struct pieces *s, size_t from, size_t to);

#endif
