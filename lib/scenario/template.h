/* template: text with variables in it: "Your number is {{client.number | digits}}."
 *
 *	{{ path {| filter [argument]} }}     argument: a word, or a string in quotes
 *
 * Paths as in condition.h. What a filter does is told by the one who expands: it depends on the language. Only these
 * are done here: default TEXT (TEXT where the value is absent, null or ""), letters ("AB12" -> "A B 1 2"), number
 * ("0042" -> "42"). An absent value is "". Numbers are
 * written as JSON writes them, true and false as words, arrays with ", " between, objects as "".
 */
#ifndef CALLPIPE_SCENARIO_TEMPLATE_H
#define CALLPIPE_SCENARIO_TEMPLATE_H

#include <jansson.h>

#include "base/dynbuf.h"

#define TEMPLATE_MAX 16384        /* bytes of source */
#define TEMPLATE_RESULT_MAX 65536 /* bytes of what is made of it */

struct template; /* opaque */

/* Append to out what the filter `name` with this argument ("" if it has none) makes of the text `in`, in a language
 * (BCP 47). 0, or -1: it can make nothing of it, and `in` is taken as it is. */
typedef int template_filter(void *ctx, const char *name, const char *argument, const char *language,
	const char *in, struct dynbuf *out);

/* NULL: *ret_why and *ret_at as in condition_parse. Names of filters are checked against template_filters. */
struct template *template_parse(const char *text, const char **ret_why, size_t *ret_at) MUST_USE;
void template_free(struct template *t);
/* No variable in it: it is text_of as it stands. */
bool template_constant(const struct template *t);
const char *template_text(const struct template *t);
/* Append the text to out. vars may be NULL, filter too (every filter fails then). -1: out has failed. */
int template_expand(const struct template *t, const json_t *vars, const char *language,
	template_filter *filter, void *ctx, struct dynbuf *out) MUST_USE;
/* The value: of a template that is one variable without filters, the variable as it is (an object stays one; null if
 * absent), else a string. A new reference; NULL: no memory. Of a text longer than TEMPLATE_RESULT_MAX only what fits. */
json_t *template_value(const struct template *t, const json_t *vars, const char *language,
	template_filter *filter, void *ctx) MUST_USE;
/* The paths that are used, one by one: i from 0 until NULL. */
const char *template_path(const struct template *t, size_t i);

/* The names of filters; NULL at the end. */
extern const char *const template_filters[];

#endif
