/* sentence: a text in pieces that are said one at a time.
 *
 * A sentence ends behind . ! ? … ؟ ۔ (with what closes quotes and brackets behind it) before a blank, and at a line
 * feed; but not behind a period
 *   - of a title or abbreviation (Dr. M. ул. д.), an initial, a number that counts lines at the start of one (1. Unplug);
 *   - before a lower-case letter (approx. five); nor is ! or ? in quotes or brackets, there;
 *   - of an abbreviation that may stand last (etc. грн. p.m.), before anything but a capital or a letter without case.
 * Decimals, times, addresses have no blank behind the period. The same text is always split the same way. What has
 * no letter and no digit is left out.
 *
 * A sentence of more than SENTENCE_MAX bytes is cut behind the last comma, semicolon, colon or dash that fits, if
 * that leaves a quarter of it or more, otherwise between two words, otherwise between two characters.
 */
#ifndef CALLPIPE_TEXT_SENTENCE_H
#define CALLPIPE_TEXT_SENTENCE_H

#include "base/util.h"

#define SENTENCE_MAX 1024 /* bytes */

/* The next sentence of the n bytes of text. *pos starts at 0. True: *ret points into text, *ret_n bytes from 1 to
 * SENTENCE_MAX, without blanks at its ends. False: there is none. */
bool sentence_next(const char *text, size_t n, size_t *pos, const char **ret, size_t *ret_n);

/* The same of a text that goes on, n bytes of which have come, perhaps not the whole of a character at the end: a sentence
 * is given only if nothing that follows could change it. False: not yet; *pos is where to go on when there is more. When
 * there is no more, sentence_next gives the rest. */
bool sentence_sure(const char *text, size_t n, size_t *pos, const char **ret, size_t *ret_n);

/* Bytes of a sentence, cut between two words, that are heard in so much of the time that the whole takes. */
size_t sentence_heard(const char *text, size_t n, int64_t heard_ms, int64_t total_ms);

#endif
