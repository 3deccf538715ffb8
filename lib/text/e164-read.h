/* e164-read: the digits and the extension of a telephone number in a text, as people and RFC 3966 write them.
 *
 * What belongs to the numbering plan of a country is not known here. The text may have words before the number ("Tel:"),
 * and anything but letters and digits behind it. Letters are digits of the keypad (E.161) if there are three or more, and
 * fillers if fewer. A second number behind a slash is left out if it is an extension ("x302/x2303").
 *
 * Source: the grammar of libphonenumber's parser, which is that of what people write; beyond it: blanks and signs of
 * direction of Unicode, which copying from a page or a messenger leaves behind.
 */
#ifndef CALLPIPE_TEXT_E164_READ_H
#define CALLPIPE_TEXT_E164_READ_H

#include "text/e164.h"

#define E164_TEXT_MAX 250 /* characters */

struct e164_spelling {
	bool plus;                          /* it began with + */
	uint8_t digits[E164_TEXT_MAX];      /* 0..9, behind the + */
	size_t n;                           /* of them */
	char extension[E164_EXTENSION_MAX]; /* "": none */
};

enum e164_fault e164_read(const char *text, size_t n, struct e164_spelling *ret);

#endif
