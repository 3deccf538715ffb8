/* language: what lib knows of a language: its numbers in words, how amounts, dates and times are said.
 *
 * One file holds one table (lang-en.c ...); a new language is such a file and its line in language.c. Words stand as
 * people write them; what is compared is compared folded (fold.h).
 */
#ifndef CALLPIPE_TEXT_LANGUAGE_H
#define CALLPIPE_TEXT_LANGUAGE_H

#include "base/dynbuf.h"

/* What a word is in a spoken number. */
enum number_kind {
	NUMBER_ZERO,
	NUMBER_UNIT,      /* 1 to 9 */
	NUMBER_ARTICLE,   /* the same; alone it may be an article or a pronoun (un, one) */
	NUMBER_TEEN,      /* 10 to 19 */
	NUMBER_TENS,      /* 20, 30 .. 90 */
	NUMBER_HUNDREDS,  /* 100, 200 .. 900 in one word */
	NUMBER_HUNDRED,   /* 100, or times 100 behind a unit */
	NUMBER_TIMES,     /* 1000 and more, or times that; a dozen */
	NUMBER_THOUSANDS, /* 2000 and more in one word: the dual */
	NUMBER_AND,       /* joins parts of a number */
	NUMBER_FILLER,    /* stands between the digits of a number and means nothing */
	NUMBER_DOUBLE,    /* value: how often the digit behind it is meant */
	NUMBER_MANY,      /* a digit's name in the plural: two zeros */
	NUMBER_TWICE,     /* a digit's name in the dual: صفرين */
	NUMBER_POINT,     /* the decimal point */
	NUMBER_HALF,      /* and a half */
	NUMBER_HOMOPHONE, /* sounds like a digit (to, for): one only among others */
};

struct number_row {
	uint64_t value;
	enum number_kind kind;
	const char *
		forms; /* words, or phrases of up to 3 words, "|" between; a `*` at an end: any ending */
};

struct text_language {
	const char *code; /* ISO 639-1 */

	/* numbers as they are heard */
	const struct number_row *numbers; /* forms NULL ends them */
	bool units_first;                 /* units stand before tens, with NUMBER_AND between */
	int wide_tens;     /* bits 1 << tens / 10: up to 19 may follow (soixante-douze) */
	bool tens_hundred; /* 11 to 99 hundred is said (twelve hundred) */
	char decimal;      /* '.' or ',': what stands before decimals */
	const char
		*prefix; /* letters that may be written onto a number and mean `and`, NULL: none */
};

extern const struct text_language text_en, text_fr, text_ar, text_ru, text_uk;

/* By BCP 47 tag ("fr-FR"); NULL if it is not known. */
const struct text_language *text_language(const char *tag);

#endif
