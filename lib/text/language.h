/* language: what lib knows of a language: its numbers in words, and how amounts, dates and times are said.
 *
 * One file holds one table (lang-en.c ...); a new language is such a file and its line in language.c. Words stand as
 * people write them; what is compared is compared folded (fold.h).
 */
#ifndef CALLPIPE_TEXT_LANGUAGE_H
#define CALLPIPE_TEXT_LANGUAGE_H

#include "base/dynbuf.h"

/* ---- numbers as they are heard ---- */

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
	/* Words, or phrases of up to 3 words, "|" between; a `*` at an end: any ending. */
	const char *forms;
};

/* ---- what is said ---- */

#define SAY_MAX UINT64_C(999999999999) /* the largest number that is said in words */

enum gender { MASCULINE, FEMININE, NEUTER };

/* A noun that is counted. English and French have `one` and `many`; Russian and Ukrainian `one` (1, 21), `few` (2 to 4,
 * 22), `many` (5, 11) and `part` (2.5); Arabic `one`, `two` (the dual), `few` (3 to 10), `many` (11 to 99) and `part`
 * (100, 2.5). NULL: as `many`. */
struct noun {
	enum gender gender;
	const char *one, *few, *many, *part, *two;
};

/* A unit or a currency. */
struct unit {
	const char *signs; /* as written, "|" between; case counts */
	struct noun noun;
	struct noun cents; /* hundredths that have a name; one NULL: they have none */
};

/* An abbreviation or a sign that is said as words. */
struct abbreviation {
	const char *written; /* whole, with its period; case counts */
	const char *said;
};

struct time_of_day {
	int hour, minute;
	int half; /* 'a': a.m., 'p': p.m., 0: neither was written */
};

struct date {
	int year;         /* 0: none */
	int month;        /* 1 to 12 */
	int day;          /* 1 to 31 */
	bool month_first; /* it was written so: December 24 */
};

/* What may stand behind a year and is part of it: г., року. */
struct year_word {
	const char *written;
	const char *before; /* only behind this word, folded; NULL: behind any */
	const char *ending; /* of the ordinal that the year is said as */
	const char *said;
};

/* How the groups of a telephone number are said. */
enum phone_style { PHONE_DIGITS, PHONE_PAIRS, PHONE_HUNDREDS };

struct text_language {
	const char *code; /* ISO 639-1 */

	/* numbers as they are heard */
	const struct number_row *numbers; /* forms NULL ends them */
	bool units_first;                 /* units stand before tens, with NUMBER_AND between */
	int wide_tens;      /* bits 1 << tens / 10: up to 19 may follow (soixante-douze) */
	bool tens_hundred;  /* 11 to 99 hundred is said (twelve hundred) */
	char decimal;       /* '.' or ',': what stands before decimals */
	const char *prefix; /* what may be written onto a number and means `and`; NULL: nothing */

	/* what is said; functions append */
	/* A number, 0 to SAY_MAX, as one counts nouns of that gender. */
	void (*say)(uint64_t value, enum gender gender, struct dynbuf *ret);
	/* The same with the noun. */
	void (*say_counted)(uint64_t value, const struct noun *noun, struct dynbuf *ret);
	/* A number with decimals, which are written so. */
	void (*say_decimals)(uint64_t value, const char *decimals, struct dynbuf *ret);
	/* The ending of an ordinal in digits: "3rd"; NULL: it is written in words. */
	const char *(*ordinal_ending)(uint64_t value);
	/* The ending that was written decides on the form: "st", "-го". */
	void (*say_ordinal)(uint64_t value, const char *ending, struct dynbuf *ret);
	/* before: the word that stands before it, folded; "" if there is none. */
	void (*say_date)(const struct date *d, const char *before, struct dynbuf *ret);
	void (*say_time)(const struct time_of_day *t, const char *before, struct dynbuf *ret);

	const struct unit *units; /* signs NULL ends them */
	const struct unit *
		currencies; /* the same; signs: first that of the language, then others, last ISO 4217 */
	const struct abbreviation *abbreviations; /* written NULL ends them */
	const char *ordinals;                     /* endings of ordinals, "|" between */
	const char *months[12];                   /* "|" between; first as it is said in a date */
	const struct year_word *years;            /* written NULL ends them; NULL: none */
	const char *from;              /* before two times with a dash between; NULL: nothing */
	const char *am, *pm;           /* behind a time, "|" between; NULL: never */
	const char *cents_and;         /* between an amount and its hundredths */
	const char *minus, *to, *plus; /* -5, 5-10, +33 */
	const char *over;              /* 205/55 */
	const char *at, *dot, *dash, *underscore, *slash; /* in addresses */
	const char *pause; /* between the groups of a telephone number */
	enum phone_style phone;
};

extern const struct text_language text_en, text_fr, text_ar, text_ru, text_uk;

/* A BCP 47 tag ("fr-FR") is of the language with this code ("fr"); NULL is of none. */
bool text_tag_is(const char *tag, const char *code);
/* By BCP 47 tag ("fr-FR"); NULL if it is not known. */
const struct text_language *text_language(const char *tag);

#endif
