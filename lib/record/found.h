/* found: what a query finds, written to a file or stdout: all that a command that lists or exports has to do.
 */
#ifndef CALLPIPE_RECORD_FOUND_H
#define CALLPIPE_RECORD_FOUND_H

#include "db/table.h"

/* What was said on a call c, on one line; what nobody heard is left out. */
#define FOUND_TRANSCRIPT \
	"(SELECT string_agg(CASE speaker WHEN 'bot' THEN 'BOT: ' ELSE 'CLIENT: ' END || " \
	"regexp_replace(coalesce(heard_text, text), '\\s+', ' ', 'g'), ' | ' ORDER BY turn_number)" \
	" FROM call_turn t WHERE t.call_id = c.call_id AND coalesce(heard_text, text) <> '')"

struct found {
	const char *sql; /* one query */
	const char *const *params;
	int n;                /* of params */
	enum table_form form; /* see table.h */
	bool upright;
	const char *output; /* file, which is whole or not there; NULL or "-": stdout */
	const char *what;   /* "find calls": for a message */
};

/* Connects to the database for it; what goes wrong has been said. */
enum exit_code found_write(const struct found *f) MUST_USE;

#endif
