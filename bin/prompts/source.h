/* source: a file that a prompt is made of: what it is, whether all of it is there, and its sound. */
#ifndef CALLPIPE_PROMPTS_SOURCE_H
#define CALLPIPE_PROMPTS_SOURCE_H

#include <sys/stat.h>

#include "prompts.h"

#define HASH_MAX 65 /* SHA-256 in hexadecimal, and NUL */

struct source {
	const char *path;    /* the caller's */
	struct stat st;      /* as it was when it was opened */
	char hash[HASH_MAX]; /* of its bytes */
};

/* These return 0, or an exit code with the reason in why. */

/* What it is. A file that says in its header that it is longer was cut off: that is a failure. */
int source_open(const char *path, struct source *ret, char why[WHY_MAX]) MUST_USE;
/* Its samples at rate_hz, mono, 32768 is full scale; *ret is malloc'd. Fails if the file is not what source_open
 * has seen. */
int source_load(const struct source *s, int rate_hz, float **ret, size_t *ret_n,
	char why[WHY_MAX]) MUST_USE;

/* SHA-256 of a file from its beginning, wherever it stands; -1 with errno. */
int hash_file(int fd, char ret[HASH_MAX]) MUST_USE;

#endif
