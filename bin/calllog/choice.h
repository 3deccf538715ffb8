/* choice: which calls: what the options say, as a condition and its parameters.
 */
#ifndef CALLLOG_CHOICE_H
#define CALLLOG_CHOICE_H

#include "record/phone-key.h"

#define CHOICE_PARAMS 7

struct choice {
	const char *params[CHOICE_PARAMS]; /* $1 to $7 of the condition */
	char status[64]; /* as it is compared: lower case, '_' for blanks and '-' */
	char phone[PHONE_DIGITS_MAX + 1]; /* its digits */
};

/* For a statement on the table call: $1 to $7. */
extern const char choice_where[];
/* From the options. -1: one of them cannot be, which has been said. */
int choice_make(struct choice *ret) MUST_USE;

#endif
