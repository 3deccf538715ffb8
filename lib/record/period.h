/* period: from and to, as options say it, and as a condition.
 *
 * A day (2026-11-25) is meant as a whole, or a time of it (2026-11-25 14:30).
 */
#ifndef CALLPIPE_RECORD_PERIOD_H
#define CALLPIPE_RECORD_PERIOD_H

#include "base/util.h"

/* When that is over which a parameter names, text; NULL for NULL. */
#define PERIOD_END(to) \
	"CASE WHEN length(" to "::text) = 10 THEN " to \
	"::text::timestamptz + interval '1 day' ELSE " to "::text::timestamptz END"
/* A condition on a column: from and to are the parameters, text, NULL if there is no bound. */
#define PERIOD_OF(column, from, to) \
	"(" from "::text IS NULL OR " column " >= " from "::text::timestamptz) AND (" to \
	"::text IS NULL OR " column " < " PERIOD_END(to) ")"

/* The value of an option, NULL: it was not given. -1: it is no day and no time of one, which has been said. Whether there
 * is such a day the database knows. */
int period_check(const char *option, const char *value) MUST_USE;

#endif
