/* hints: what the agent says is likely to be heard: phrases, a number of digits, or both.
 *
 * As JSON: {"phrases":["internet","mobile phone"],"digits":6,"digits_min":4}; digits 0 is a number of any length, without
 * digits_min there are exactly so many. What cannot be used counts as absent.
 */
#ifndef CALLPIPE_STT_HINTS_H
#define CALLPIPE_STT_HINTS_H

#include "codec/jline.h"

#define HINTS_DIGITS_MAX 32

enum { HINTS_NO_DIGITS = -1, HINTS_ANY_DIGITS = 0 };

struct hints {
	char **phrase;  /* as given, UTF-8 */
	size_t phrases; /* how many */
	int digits;     /* at most so many; HINTS_ANY_DIGITS: one or more; HINTS_NO_DIGITS: none */
	int digits_min; /* at least so many, if digits is a number of them */
};

/* From a checked JSON object. Memory that is not there leaves phrases out. */
void hints_parse(struct jspan obj, struct hints *ret);
void hints_free(struct hints *h);
static inline bool hints_any(const struct hints *h)
{
	return h->phrases > 0 || h->digits != HINTS_NO_DIGITS;
}

/* The same as JSON: phrases parted by '|', and digits (HINTS_NO_DIGITS: none). *ret is malloc'd, NULL if nothing is
 * hinted at. */
int hints_json(const char *phrases, int digits, char **ret) MUST_USE;
/* From a JSON file in a folder; the name is one of a file there, no path. *ret is malloc'd. -1 and *ret_why. */
int hints_load(const char *dir, const char *name, char **ret, const char **ret_why) MUST_USE;

#endif
