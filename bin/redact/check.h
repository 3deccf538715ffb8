/* check: numbers that carry their own check: payment cards and bank accounts.
 *
 * Source: ISO/IEC 7812-1 annex B (Luhn) and the ranges of the card schemes; ISO 13616 and the IBAN registry (release 99)
 * for the lengths, ISO 7064 mod 97-10.
 */
#ifndef REDACT_CHECK_H
#define REDACT_CHECK_H

#include "base/util.h"

#define CARD_DIGITS_LEAST 13
#define CARD_DIGITS_MOST 19
#define IBAN_MOST 34 /* letters and digits */

/* Are the n digits a card: its beginning, its length, its check digit? */
bool check_card(const char *digits, size_t n);
bool check_luhn(const char *digits, size_t n);
/* Letters and digits of an IBAN of that country, by its two capitals; 0: there are none. */
size_t check_iban_length(const char *country);
/* Are the n capitals and digits an IBAN? */
bool check_iban(const char *p, size_t n);

#endif
