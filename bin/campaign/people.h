/* people: contacts as options name them.
 */
#ifndef CAMPAIGN_PEOPLE_H
#define CAMPAIGN_PEOPLE_H

#include "base/util.h"

/* The status of a contact that a word means: Leads for "lead", "Interested", "interesse"; NULL for NULL. -1: none, which
 * has been said. */
int people_status(const char *word, const char **ret) MUST_USE;
/* The same of n bytes without a message: NULL, there is none. */
const char *people_status_of(const char *word, size_t n);
/* " LIMIT N", as --limit says, or usual; 0: "". */
void people_limit(char *buf, size_t size, int64_t usual);
/* A telephone number as one types it, of --country, in E.164. -1: it is none, which has been said. */
int people_number(const char *word, char *ret, size_t size) MUST_USE;
/* The country of --country; NULL: there is none. -1: no such country; *ret_status is the exit code, and it has been said. */
int people_country(const char **ret, int *ret_status) MUST_USE;

#endif
