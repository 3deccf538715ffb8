/* number: the numbers in a text, in words or digits, as a caller says them and a recogniser writes them.
 *
 *	"oh six, twelve, 34, double seven"             0  6  12  34  77
 *	"soixante-dix-sept mille deux cents"           77200
 *	"сто двадцать три сорок пять"                  123  45
 *	"مئة وخمسة وعشرون"                             125
 *
 * What belongs together by the rules of the language is one number, otherwise the next one begins.
 */
#ifndef CALLPIPE_TEXT_NUMBER_H
#define CALLPIPE_TEXT_NUMBER_H

#include "text/language.h"

#define NUMBER_DIGITS_MAX 24 /* digits of one number; a longer row of digits is several */
#define NUMBER_SIZE 25       /* bytes for them */
#define NUMBER_WORDS_MAX 512 /* words of a text that are looked at */

struct number {
	double value;
	char digits[NUMBER_SIZE]; /* as one writes it; "06" keeps its zero; "" if it is too large */
	/* The same if what stands behind the last hundred or thousand is a number of its own: "80012" of eight
	 * hundred twelve; "": nothing does. */
	char apart[NUMBER_SIZE];
	size_t at, n;   /* bytes of the text it was read from */
	bool article;   /* one word that may be something else: un, one; 4 of 4G */
	bool homophone; /* one word that only sounds like a digit */
	bool joined;    /* nothing but fillers and punctuation before it since the last one */
	bool parted;    /* there is punctuation before it */
	bool decimals;  /* joined by the word for the decimal point */
};

/* Read the numbers of a text, at most max; returns how many. language NULL: those in digits only. */
size_t number_read(const char *text, size_t n, const struct text_language *language,
	struct number *ret, size_t max);

#endif
