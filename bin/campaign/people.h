/* people: contacts as options name them.
 */
#ifndef CAMPAIGN_PEOPLE_H
#define CAMPAIGN_PEOPLE_H

#include "base/util.h"
#include "text/e164.h"

/* The status of a contact that a word means: Leads for "lead", "Interested", "interesse"; NULL for NULL. -1: none, which
 * has been said. */
int people_status(const char *word, const char **ret) MUST_USE;
/* The same of n bytes without a message: NULL, there is none. */
const char *people_status_of(const char *word, size_t n);
/* A telephone number as one types it, an operand or the value of an option ("caller-id"; NULL: an operand), of --country.
 * 0, or an exit code: it is none, or there is no such country, which has been said. */
int people_number(const char *word, const char *option, struct e164 *ret) MUST_USE;
/* The country of --country; NULL: there is none. -1: no such country; *ret_status is the exit code, and it has been said. */
int people_country(const char **ret, int *ret_status) MUST_USE;

#endif
