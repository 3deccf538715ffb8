/* speakable: a sentence as it is said: digits and signs become words.
 *
 *	"You owe $12.50 by 24/12/2026 at 14:30." ->
 *	"You owe twelve dollars and fifty cents by the twenty-fourth of December twenty twenty-six at two thirty p.m."
 *
 * Amounts of money, dates (ISO, 24/12/2026, 24 December), times, telephone numbers and other long numbers (digit by
 * digit, or in pairs where the language does so), ordinals, percent, units, decimals, whole numbers, addresses of
 * mail and web, usual abbreviations; with the agreement that the language wants (одна гривня, две гривны; quatre-vingts,
 * quatre-vingt-un). All other text stays as it is. In a language that is not known nothing is changed.
 *
 * Numbers with leading zeros, and those of more digits than an amount would have without separators, are read
 * digit by digit; so is a row of single digits ("4 2 1 7"), which stays a row.
 */
#ifndef CALLPIPE_TEXT_SPEAKABLE_H
#define CALLPIPE_TEXT_SPEAKABLE_H

#include "base/dynbuf.h"

/* Empty *ret and put the text there. language: BCP 47 ("fr", "ru-RU"). -1: the buffer has failed. At most 64 bytes for
 * one of text. */
int speakable(const char *text, const char *language, struct dynbuf *ret) MUST_USE;

/* Append what a filter of a scenario makes of a value: text that people can read, and that speakable says so:
 *	digits          "4217" -> "4 2 1 7"
 *	letters         "AB12" -> "A B 1 2"
 *	number          "0042" -> "42", "1234567" -> "1,234,567"
 *	ordinal         "3" -> "3rd"
 *	money CURRENCY  "12.5", "EUR" -> "€12.50", as the language writes it; "": the language's own
 *	date            "2026-12-24", "2026-12-24T14:30:00Z" -> "24 December 2026"
 *	time            "14:30:00", "2026-12-24T14:30:00Z" -> "14:30"
 *	phone           "+33612345678" -> "+33 6 12 34 56 78"
 * 0, or -1: there is no such filter or no such language, the value is nothing it could be used on, or *ret has
 * failed. */
int speakable_filter(const char *name, const char *argument, const char *language, const char *in,
	struct dynbuf *ret) MUST_USE;

#endif
