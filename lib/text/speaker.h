/* speaker: the parts of speakable: each reads one kind of thing at one place and says it.
 *
 * A reader gets the offset of a digit (or of the sign before it) and returns the offset behind what it has said, or 0:
 * there is no such thing there, and nothing was appended.
 */
#ifndef CALLPIPE_TEXT_SPEAKER_H
#define CALLPIPE_TEXT_SPEAKER_H

#include "text/language.h"

#define AMOUNT_DIGITS 12 /* digits before the decimal point that are said in words */

struct speaker {
	const struct text_language *language;
	bool month_first; /* 12/24/2026 */
	const char *p;    /* the text: digits and blanks are ASCII, NUL-terminated */
	size_t n;         /* its bytes */
	char before[48];  /* the word that stands before, folded; "" if it is none or long */
	struct dynbuf *ret;
};

/* A number as written: 1,234.50. */
struct amount {
	uint64_t value;
	size_t digits;     /* before the point */
	char decimals[8];  /* behind it; "": none */
	bool grouped;      /* its thousands are parted */
	bool leading_zero; /* 0042 */
	size_t end;        /* offset behind it */
};

/* ---- looking, speaker.c ---- */

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at i; false: none, or it is too long. */
bool speaker_amount(const struct speaker *s, size_t i, struct amount *ret);
/* From least to most digits at i: their value; *ret_end is behind them. -1: fewer, or more. */
int speaker_digits(const struct speaker *s, size_t i, int least, int most, size_t *ret_end);
/* The bytes of a text of the list ("a|b|c") that stands at i, the longest; 0: none. whole: no letter may follow its last
 * one. */
size_t speaker_listed(const struct speaker *s, size_t i, const char *list, bool whole);
/* True if a letter, or a letter or digit, stands at i. */
bool speaker_letter(const struct speaker *s, size_t i);
bool speaker_in_word(const struct speaker *s, size_t i);
/* An offset behind one blank at i, or i. */
static inline size_t speaker_blank(const struct speaker *s, size_t i)
{
	return i < s->n && s->p[i] == ' ' ? i + 1 : i;
}

/* ---- readers ---- */

size_t moment_read_date(struct speaker *s, size_t i);
size_t moment_read_month(struct speaker *s, size_t i); /* i: a letter; "December 24, 2026" */
size_t moment_read_year(struct speaker *s, size_t i);  /* в 1990 г. */
size_t moment_read_time(struct speaker *s, size_t i);
/* True if a time is there and another one behind a dash. */
bool moment_is_range(const struct speaker *s, size_t i);
size_t phone_read(struct speaker *s, size_t i);
size_t amount_read_sign_first(struct speaker *s, size_t i); /* i: the sign of a currency */
size_t amount_read_with_unit(struct speaker *s, size_t i);
size_t amount_read_ordinal(struct speaker *s, size_t i);
size_t amount_read(struct speaker *s, size_t i);  /* any other number */
size_t address_read(struct speaker *s, size_t i); /* mail or web, i: the beginning of a word */

/* A telephone number with blanks where one pauses; -1: it is none. */
int phone_format(const struct text_language *language, const char *in, struct dynbuf *ret) MUST_USE;

#endif
