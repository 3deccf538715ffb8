/* utf8: kinds of characters, and their case, beside how they are read and written (base/utf8.h).
 *
 * Known for the scripts that are spoken here (Latin, Greek, Cyrillic, Arabic), after Unicode 15; letters of other
 * scripts have no case.
 */
#ifndef CALLPIPE_TEXT_UTF8_H
#define CALLPIPE_TEXT_UTF8_H

#include "base/utf8.h"

enum utf8_kind {
	UTF8_LETTER, /* all that is none of the others */
	UTF8_DIGIT,  /* ASCII, Arabic-Indic, Persian */
	UTF8_MARK, /* accents, Arabic vowel signs, tatweel, signs without width: no part of a word's identity */
	UTF8_PUNCT, /* punctuation, symbols, pictures */
	UTF8_BLANK, /* white space and control bytes */
};

enum utf8_kind utf8_kind(uint32_t code);
/* The value of a digit, 0 to 9; -1 if it is none. */
int utf8_digit(uint32_t code);
/* Its lower case; itself if it has none. */
uint32_t utf8_lower(uint32_t code);
/* Its upper case, of those that utf8_lower knows; itself if it has none. */
uint32_t utf8_upper(uint32_t code);
/* Letters that have another case only. */
bool utf8_is_upper(uint32_t code);
bool utf8_is_lower(uint32_t code);

#endif
