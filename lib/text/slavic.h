/* slavic: what Russian and Ukrainian have in common: numbers and nouns in agreement, ordinals with endings.
 */
#ifndef CALLPIPE_TEXT_SLAVIC_H
#define CALLPIPE_TEXT_SLAVIC_H

#include "text/language.h"

enum slavic_case { NOMINATIVE, GENITIVE };

struct slavic {
	const char *one[3], *two[3]; /* by gender */
	const char *units[20];       /* 0, 3 to 19; 1 and 2 unused */
	const char *tens[10];        /* 20 to 90 */
	const char *hundreds[10];    /* 100 to 900 */
	struct noun thousand, million, billion;
	/* ordinals: what comes before the ending; of 1 to 19, tens, hundreds, thousand */
	const char *ordinal_units[20], *ordinal_tens[10], *ordinal_hundreds[10];
	const char *ordinal_thousand,
		*ordinal_thousands_of[10]; /* of 1000; 2 to 9 thousand: двухтысячн */
	const char *whole[2];              /* one whole, several: "целая", "целых" */
	const char *parts[3][2];           /* one tenth, several; hundredth, thousandth */
	const char *point;                 /* before more decimals than have a name */
};

void slavic_say(const struct slavic *l, uint64_t n, enum gender gender, struct dynbuf *ret);
/* The form that a noun has behind n. */
const char *slavic_form(uint64_t n, const struct noun *noun);
void slavic_say_counted(
	const struct slavic *l, uint64_t n, const struct noun *noun, struct dynbuf *ret);
/* "две целых пять десятых". */
void slavic_say_decimals(
	const struct slavic *l, uint64_t n, const char *decimals, struct dynbuf *ret);
/* All but the last word of an ordinal, said as a number, and the stem of the last one, without its ending: "двадцать
 * перв". *ret_last: the number that the stem is of, 1 to 19, or tens, hundreds, 1000. */
void slavic_say_stem(const struct slavic *l, uint64_t n, struct dynbuf *ret, uint64_t *ret_last);

#endif
