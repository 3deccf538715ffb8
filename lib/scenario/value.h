/* value: what conditions make of JSON values; the rules are those of condition.h. A value may be NULL: absent.
 */
#ifndef CALLPIPE_SCENARIO_VALUE_H
#define CALLPIPE_SCENARIO_VALUE_H

#include <jansson.h>

#include "base/util.h"

bool value_true(const json_t *v);
/* A number, or a string that is one. */
bool value_number(const json_t *v, double *ret);
bool value_equal(const json_t *a, const json_t *b);
/* False: there is no order between them. *ret as strcmp. */
bool value_order(const json_t *a, const json_t *b, int *ret);

#endif
