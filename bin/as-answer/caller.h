/* caller: what is known of a call before it begins: who calls, whom, for which campaign, and
 * other variables.
 *
 * Only 16 bytes cross AudioSocket. The rest comes from a file that the dialplan wrote under the
 * call's UUID (one NAME=value a line), or is one number inside the UUID itself. All of it is the
 * caller's own text: it is bounded, made printable, and never leaves as anything but a JSON
 * string.
 */
#ifndef AS_ANSWER_CALLER_H
#define AS_ANSWER_CALLER_H

#include "base/dynbuf.h"

#define CALLER_NAME_MAX 33 /* bytes, with the NUL */
#define CALLER_VALUE_MAX 257
#define CALLER_VARS_MAX 32
#define CALLER_FILE_MAX 16384 /* bytes of the file that are read */

struct caller_var {
	char name[CALLER_NAME_MAX];   /* [A-Za-z_][A-Za-z0-9_]* */
	char value[CALLER_VALUE_MAX]; /* no control characters */
};

struct caller {
	struct caller_var var[CALLER_VARS_MAX]; /* from, to and campaign are among them */
	size_t vars;                            /* how many */
	size_t ignored;                         /* lines that are no variable, or one too many */
};

/* The number in a UUID of the form ca11NNNN-NNNN-NNNN-NNNf-DDDDDDDDDDDD: fifteen N that are
 * digits, padded with f on the left, twelve D that are digits. Nothing is set for another UUID,
 * or without a number. */
void caller_from_uuid(struct caller *c, const char *uuid);

/* The variables of a text; of one set twice the last counts. */
void caller_parse(struct caller *c, const char *text, size_t n);

/* The same for the file dir/uuid, a regular file; -1 with errno. */
int caller_load(struct caller *c, const char *dir, const char *uuid) MUST_USE;

/* Value of a variable, NULL if it is not set. */
const char *caller_get(const struct caller *c, const char *name);

/* Add the members "from", "to", "campaign" (those that are set) and "vars" (the others) to an
 * object that has some already, such that it grows to at most max bytes; returns how many
 * variables did not fit. */
size_t caller_json(const struct caller *c, struct dynbuf *b, size_t max);

#endif
