/* utf8: text as characters: reading and writing them.
 *
 * Source: RFC 3629 (no surrogates, no overlong forms); Unicode 15, 3.9 for what one U+FFFD stands for.
 */
#ifndef CALLPIPE_BASE_UTF8_H
#define CALLPIPE_BASE_UTF8_H

#include "base/util.h"

#define UTF8_BAD 0xfffd /* what is read where the bytes are no character */

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

/* What is no character becomes '?', a byte each: for what others say of themselves. */
void utf8_repair(char *text);

#endif
