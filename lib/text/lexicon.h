/* lexicon: the words of a text, and the number words of a language, so that one finds the other: for number.c.
 */
#ifndef CALLPIPE_TEXT_LEXICON_H
#define CALLPIPE_TEXT_LEXICON_H

#include "text/language.h"

#define WORD_MAX 48 /* bytes of a folded word; longer ones mean nothing in a number */

/* A word in letters, or a number in digits. */
struct word {
	char folded[WORD_MAX]; /* a number: its digits; "" if it is too long */
	double value;          /* of a number in digits */
	size_t at, n;          /* bytes of the text */
	bool written;          /* it is in digits */
	bool hyphen;           /* a hyphen joins it to the word before */
	bool lettered;         /* digits: a letter stands right before or behind */
	bool parted;           /* there is punctuation before it */
};

/* Split a text into words, at most max; returns how many. */
size_t lexicon_words(const char *text, size_t n, const struct text_language *language,
	struct word *ret, size_t max);

/* The row of a folded word or phrase; NULL: it is in no number, or language is NULL. */
const struct number_row *lexicon_find(const struct text_language *language, const char *phrase);

#endif
