/* words: a command line that stands in a setting, cut into words without a shell.
 *
 * Blanks divide words; '...' and "..." keep them, and each may hold the other. {NAME} is replaced, but in single quotes;
 * one that nobody knows stays as it is. Nothing else means anything: no variables, no backslash, no pipes.
 */
#ifndef CALLPIPE_BASE_WORDS_H
#define CALLPIPE_BASE_WORDS_H

#include "base/util.h"

#define WORDS_MAX 64
#define WORDS_BYTES_MAX 4096
#define WORDS_WHY_MAX 256

struct words {
	char *argv[WORDS_MAX + 1];   /* the words, NULL at the end; they point into bytes */
	size_t n;                    /* of them */
	char bytes[WORDS_BYTES_MAX]; /* each with its NUL */
	size_t used;                 /* bytes of it */
};

/* What {NAME} stands for. */
struct words_value {
	const char *name; /* NULL ends the list */
	const char *
		value; /* n bytes: not empty, no '-' first, no control characters; else it is a mistake */
	size_t n; /* bytes of it */
};

/* Cut line. values may be NULL. -1: why says why, as the end of a message ("the command has too many words"). */
int words_split(const char *line, const struct words_value *values, struct words *ret,
	char why[WORDS_WHY_MAX]) MUST_USE;

#endif
