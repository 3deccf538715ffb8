/* utf8: characters of a text: reading, writing, kinds, case.
 *
 * Source: RFC 3629 (no surrogates, no overlong forms); Unicode 15, 3.9 for what one U+FFFD stands for. Case and
 * kind are known for the scripts that are spoken here (Latin, Greek, Cyrillic, Arabic); letters of other scripts
 * have no case.
 */
#ifndef CALLPIPE_TEXT_UTF8_H
#define CALLPIPE_TEXT_UTF8_H

#include "base/util.h"

#define UTF8_BAD 0xfffd /* what is read where the bytes are no character */

enum utf8_kind {
	UTF8_LETTER, /* all that is none of the others */
	UTF8_DIGIT,  /* ASCII, Arabic-Indic, Persian */
	UTF8_MARK, /* accents, Arabic vowel signs, tatweel, signs without width: no part of a word's identity */
	UTF8_PUNCT, /* punctuation, symbols, pictures */
	UTF8_BLANK, /* white space and control bytes */
};

/* Read the character at p, n > 0 bytes: its bytes, or minus the bytes that *ret_code, UTF8_BAD, stands for. */
int utf8_decode(const char *p, size_t n, uint32_t *ret_code);

/* The same where it does not matter whether it was malformed: bytes taken, 1 to 4. */
size_t utf8_next(const char *p, size_t n, uint32_t *ret_code);

/* The character that ends at p + n (n > 0); returns its bytes. */
size_t utf8_previous(const char *p, size_t n, uint32_t *ret_code);

/* Write a character; returns its bytes, 1 to 4. */
size_t utf8_encode(uint32_t code, char out[4]);

bool utf8_valid(const char *p, size_t n);

/* Bytes of the longest beginning of p that has at most max bytes and ends between two characters. */
size_t utf8_cut(const char *p, size_t n, size_t max);

enum utf8_kind utf8_kind(uint32_t code);
/* The value of a digit, 0 to 9; -1 if it is none. */
int utf8_digit(uint32_t code);
/* Its lower case; itself if it has none. */
uint32_t utf8_lower(uint32_t code);
/* Letters that have another case only. */
bool utf8_is_upper(uint32_t code);
bool utf8_is_lower(uint32_t code);

#endif
