/* condition: a question about variables, answered with yes or no: `client.found and attempts < 3`.
 *
 *	or     := and {"or" and}
 *	and    := not {"and" not}
 *	not    := "not" not | test
 *	test   := value [("==" | "!=" | "<" | "<=" | ">" | ">=") value]
 *	value  := path | string | number | "true" | "false" | "null" | "(" or ")"
 *	path   := name {"." (name | number)}      letters, digits, '_'; a number is a place in an array, from 0
 *	string := '"' ... '"' or "'" ... "'"      the other quote inside, no escapes
 *
 * Variables are one JSON object; a path that leads nowhere is null. A value alone is true unless it is null,
 * false, 0, "", [] or {}. Where one side is a number and the other a string that is a number from its first to its
 * last byte, numbers are compared ("0042" == 42); otherwise values of different types are unequal. < and its kin
 * hold between two numbers or two strings (bytewise), and between nothing else. Source: callpipe-scenario(5).
 */
#ifndef CALLPIPE_SCENARIO_CONDITION_H
#define CALLPIPE_SCENARIO_CONDITION_H

#include <jansson.h>

#include "base/util.h"

#define CONDITION_MAX 1024     /* bytes of text */
#define CONDITION_DEPTH 16     /* parentheses and nots within each other */
#define CONDITION_PATH_MAX 128 /* bytes of a path */

struct condition; /* opaque */

/* Parse n bytes. NULL: *ret_why says what is wrong, *ret_at at which byte (from 0); or, with errno ENOMEM and
 * *ret_why set all the same, that there is no memory. */
struct condition *condition_parse(
	const char *text, size_t n, const char **ret_why, size_t *ret_at) MUST_USE;
void condition_free(struct condition *c);
/* vars: an object, may be NULL. */
bool condition_eval(const struct condition *c, const json_t *vars);
/* The paths that are asked for, one by one: i from 0 until NULL. */
const char *condition_path(const struct condition *c, size_t i);

/* The value at a path, borrowed; NULL if it leads nowhere. */
json_t *scenario_lookup(const json_t *vars, const char *path);
/* True if text is a path as above. */
bool scenario_path_valid(const char *path);

#endif
