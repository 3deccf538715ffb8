/* show: a line for each prompt on stdout: of a table on a terminal, else of JSON. */
#ifndef CALLPIPE_PROMPTS_SHOW_H
#define CALLPIPE_PROMPTS_SHOW_H

#include "book.h"

/* status: "made", "same" or "failed"; name is NULL if it has none; e is NULL if nothing came of it, for
 * the reason why, which has been said on stderr. */
void show(const char *status, const char *name, const char *source, const struct entry *e,
	const char *why);

#endif
