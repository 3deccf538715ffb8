/* phrase: patterns of words, as scenarios and the tables of languages have them, found in folded text.
 *
 *	internet            the word
 *	internet*           any word that begins so
 *	not * interested    up to three words between, or none
 *	^what$              nothing before, nothing behind
 *
 * A pattern is folded as text is, so it may be written as people write: "n'est pas d'accord".
 */
#ifndef AGENT_PHRASE_H
#define AGENT_PHRASE_H

#include "base/dynbuf.h"

#define PHRASE_WORDS_MAX 16 /* words of a pattern; one that is longer is found nowhere */
#define SAID_WORDS_MAX 512  /* words that are looked at */
#define PHRASE_GAP_MAX 3    /* words that a star stands for at most */

/* The words of folded text. */
struct said {
	const char *folded;          /* the text; must live as long */
	size_t n;                    /* words */
	uint16_t at[SAID_WORDS_MAX]; /* offset of a word, bytes */
	uint16_t bytes[SAID_WORDS_MAX];
};

struct pattern_word {
	uint16_t at, bytes; /* in the pattern's text */
	bool gap;           /* a star alone */
	bool prefix;        /* any ending fits */
};

struct pattern {
	const char *text; /* folded */
	struct pattern_word word[PHRASE_WORDS_MAX];
	size_t n;              /* words; 0: it is found nowhere */
	bool at_start, at_end; /* ^ and $ */
};

/* Folded text of at most 65535 bytes into words. */
void phrase_split(struct said *ret, const char *folded);

/* Append a phrase in the form that phrase_compile takes: its words folded, the signs kept. -1: ret has failed. */
int phrase_fold(const char *phrase, struct dynbuf *ret) MUST_USE;
/* The same for a list that ends in NULL and lives as long as the process: one behind the other, each with its NUL, an
 * empty one at the end. It is done once. NULL: no memory. */
const char *phrase_fold_list(const char *const *list);
/* The text must live as long as the pattern. */
void phrase_compile(struct pattern *ret, const char *folded);
/* How many words of said fit, from word i on; 0: none. Of several ways the shortest. */
size_t phrase_match(const struct said *said, size_t i, const struct pattern *p);

#endif
